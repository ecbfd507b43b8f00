"""What leaves is marked and logged, or does not leave (R34)."""

from dataclasses import replace

import pytest

from averment.compliance.marks.formats import detect
from averment.compliance.marks.release import Release, release_file, release_of_answers
from averment.core.answers import Sentence, SentenceKind
from averment.core.audit import EventType
from averment.core.errors import AuditWriteFailed, UsageError
from averment.core.testing.audit import MemoryAuditSink
from averment.core.testing.backend import an_answer
from tests.compliance.marks.files import FACTS, HTML, SIGNER

EXPORTED: dict[str, str | int] = {"kind": "answers", "n_entries": 1, "includes_policy": False}
OUTSIDE = Release(is_generated=True, classification="public", facts=FACTS, subject="ada", exported=EXPORTED)


def released(release: Release, sink: MemoryAuditSink) -> bytes:
    return release_file(HTML, release, signer=SIGNER, audit=sink)


def test_generated_content_leaves_with_its_mark_and_the_log_has_it() -> None:
    sink = MemoryAuditSink()
    raw = released(OUTSIDE, sink)
    assert detect(raw, keys=[SIGNER.verifier]).verdict == "valid"
    exported, event = sink.events
    assert (exported.type, exported.data["marking"]) == (EventType.ACCESS_EXPORTED, "marked")
    assert (event.type, event.data["format"], event.data["answer_id"]) == (EventType.MARK_APPLIED, "html", "a-1")


def test_copies_alone_leave_as_they_are_and_the_log_says_why() -> None:
    sink = MemoryAuditSink()
    assert released(replace(OUTSIDE, is_generated=False), sink) == HTML
    (exported,) = sink.events
    assert exported.data == {**EXPORTED, "marking": "nothing-generated"}


def test_a_claim_of_conformity_does_not_leave_but_the_law_may_be_quoted() -> None:
    sink = MemoryAuditSink()
    claiming = replace(OUTSIDE, says=["The system is certified."])
    with pytest.raises(UsageError, match="may not say 'certified'"):
        released(claiming, sink)
    assert sink.events == []
    released(replace(claiming, quoted=["is certified"]), sink)


def test_without_a_mark_it_stays_inside() -> None:
    sink = MemoryAuditSink()
    bare = replace(OUTSIDE, wants_mark=False)
    with pytest.raises(UsageError, match="without its mark"):
        released(bare, sink)
    assert sink.events == []
    assert released(replace(bare, classification="internal"), sink) == HTML
    assert [event.data["marking"] for event in sink.events] == ["internal"]


def test_nothing_leaves_when_the_log_fails() -> None:
    with pytest.raises(AuditWriteFailed):
        released(OUTSIDE, MemoryAuditSink(fail_from=0))


def test_a_file_of_answers_is_marked_where_one_was_written_by_a_model() -> None:
    sink = MemoryAuditSink()
    copied = an_answer("a-1")
    assert released(release_of_answers([copied], subject="ada"), sink) == HTML
    said = Sentence(kind=SentenceKind.STATEMENT, text="So it is.")
    written = replace(copied, id="a-2", sentences=(*copied.sentences, said))
    raw = released(release_of_answers([copied, written], subject="ada"), sink)
    found = detect(raw, keys=[SIGNER.verifier])
    assert found.facts is not None
    assert (found.verdict, found.facts.answer_id, len(sink.events)) == ("valid", "a-2", 3)
