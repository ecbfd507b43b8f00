import pytest

from averment.core.testing.clock import FixedClock
from averment.pipelines.ingestion.pace import Pace, duration


def test_pages_a_second_and_the_time_left_are_told() -> None:
    clock, told = FixedClock(), list[tuple[int, int, str]]()
    pace = Pace(40, clock=clock, on_progress=lambda *now: told.append(now))
    clock.advance(20.0)
    pace.advance(10, n_pages=50)
    clock.advance(60.0)
    pace.advance(30, n_pages=150)
    assert told == [
        (10, 40, "50 pages, 2.5 pages/s, about 1 min left"),
        (40, 40, "200 pages, 2.5 pages/s"),
    ]


def test_nobody_needs_to_listen() -> None:
    Pace(1, clock=FixedClock(), on_progress=None).advance(1, n_pages=1)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "0 s"), (59.6, "1 min"), (200, "3 min 20 s"), (7_500, "2 h 5 min"), (273_600, "3 d 4 h")],
)
def test_a_length_of_time_has_two_units_at_most(seconds: float, words: str) -> None:
    assert duration(seconds) == words
