import pytest

from averment.compliance.documents.log_view import LogView
from averment.core.audit import EventType
from averment.core.errors import UsageError
from tests.compliance.documents.builders import EVENTS, Place


def test_a_view_shows_the_state_at_its_checkpoint(place: Place) -> None:
    with LogView(place.installation.evidence_dir) as view:
        assert view.state.origin == "tests.example/log"
        assert view.state.time == view.entry(view.state.size - 1).time
        assert view.state.note.startswith(f"tests.example/log\n{view.state.size}\n{view.state.root}\n")
        assert [view.count(kind) for kind in EVENTS] == [1] * len(EVENTS)
        (loaded,) = view.entries(EventType.MODEL_LOADED)
    assert (loaded.fact("role"), loaded.fact("quantisation"), loaded.fact("absent")) == ("language", "", "")


def test_an_earlier_time_shows_the_checkpoint_kept_before_it(place: Place) -> None:
    with LogView(place.installation.evidence_dir) as view:
        before = view.state
    place.clock.advance(3600)
    place.append(EventType.MODEL_LOADED)
    with LogView(place.installation.evidence_dir) as view:
        assert (view.state.size, view.count(EventType.MODEL_LOADED)) == (before.size + 1, 2)
    with LogView(place.installation.evidence_dir, as_of="2026-11-01T09:30:00Z") as view:
        assert (view.state, view.count(EventType.MODEL_LOADED)) == (before, 1)
        assert len(view.entries(EventType.MODEL_LOADED, newest=5)) == 1


def test_a_time_before_every_checkpoint_is_refused(place: Place) -> None:
    with pytest.raises(UsageError, match="no checkpoint was kept before '2020-01-01'"):
        LogView(place.installation.evidence_dir, as_of="2020-01-01")
