import pytest

from averment.core.analysis import Admission
from averment.core.errors import PurposeNotUsable
from averment.core.testing.backend import an_answer
from averment.core.testing.gate import OpenGate, plain_recording


def test_the_double_admits_as_told_and_keeps_what_it_was_asked() -> None:
    gate = OpenGate(Admission(outcome="flagged"))
    assert gate.admit("q", purpose="p").outcome == "flagged"
    assert gate.asked == [("q", "p")]
    with pytest.raises(PurposeNotUsable):
        OpenGate(error=PurposeNotUsable("no")).admit("q", purpose="p")


def test_the_recording_states_the_id_and_marks_with_a_word() -> None:
    recording = plain_recording()
    assert recording.record(an_answer("a-1")) == {"answer_id": "a-1"}
    assert recording.mark(an_answer("a-1"), "m").text == "marked m"
