import pytest

from averment.core.testing.clock import FixedClock
from averment.pipelines.ingestion.changes import MEMBER_MARK
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


def test_the_pages_of_a_long_document_are_told_while_it_is_read() -> None:
    clock, told = FixedClock(), list[tuple[int, int, str]]()
    pace = Pace(2, clock=clock, on_progress=lambda *now: told.append(now))
    tell, tell_inner = pace.watch("files:a.zip"), pace.watch("files:b.pdf")
    clock.advance(50.0)
    tell(100, 400)
    tell_inner(1, 1)
    clock.advance(50.0)
    tell(200, 400)
    pace.advance(2, n_pages=401, uris=("files:a.zip", "files:b.pdf"))
    assert told == [
        (0, 2, "100 pages, 2.0 pages/s, about 5 min 50 s left"),
        (0, 2, "101 pages, 2.0 pages/s, about 2 min 29 s left"),
        (0, 2, "201 pages, 2.0 pages/s, about 1 min 40 s left"),
        (2, 2, "401 pages, 4.0 pages/s"),
    ]


def test_files_inside_a_file_count_as_parts_of_it() -> None:
    clock, told = FixedClock(), list[str]()
    pace = Pace(1, clock=clock, on_progress=lambda done, total, phrase: told.append(phrase))
    first, second = (pace.watch(f"files:a.zip{MEMBER_MARK}{name}") for name in ("a.pdf", "b.pdf"))
    clock.advance(10.0)
    first(10, 10)
    second(0, 10)
    pace.advance(1, n_pages=20, uris=("files:a.zip",))
    assert told == ["10 pages, 1.0 pages/s", "10 pages, 1.0 pages/s, about 10 s left", "20 pages, 2.0 pages/s"]


def test_nobody_needs_to_listen() -> None:
    Pace(1, clock=FixedClock(), on_progress=None).advance(1, n_pages=1)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "0 s"), (59.6, "1 min"), (200, "3 min 20 s"), (7_500, "2 h 5 min"), (273_600, "3 d 4 h")],
)
def test_a_length_of_time_has_two_units_at_most(seconds: float, words: str) -> None:
    assert duration(seconds) == words
