"""What the record holds of a person: own entries, and the places of others' texts that name them, in bytes."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from averment.compliance.person_record import PersonRecord
from averment.compliance.recorder import EvidenceRecorder
from averment.core.audit import AuditEvent, EventType, Payload
from tests.compliance.evidence import question_event
from tests.compliance.samples import DATA
from tests.compliance.test_recorder import open_new


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[EvidenceRecorder]:
    with open_new(tmp_path) as opened:
        opened.append(question_event("Größe? Anna Müller, and Anna\nMüller", subject="ben"))
        opened.append(question_event("I am Anna Müller", subject="anna"))
        opened.seal()
        yield opened


def record(recorder: EvidenceRecorder) -> PersonRecord:
    return PersonRecord(recorder.evidence_dir, recorder.subjects)


def test_a_persons_entries_are_found_with_their_texts(recorder: EvidenceRecorder) -> None:
    found = record(recorder).entries(recorder.people.actor("anna"))
    assert [leaf["type"] for leaf in found] == ["key.created", "analysis.started"]
    (payload,) = record(recorder).payloads(found)
    assert (payload.name, payload.opened.content) == ("question", "I am Anna Müller".encode())


def test_what_a_reviewer_wrote_of_a_persons_answer_is_theirs_too(recorder: EvidenceRecorder) -> None:
    asked = replace(question_event("May I?", subject="cleo"), data={**question_event().data, "answer_id": "a-1"})
    recorder.append(asked)
    for answer_id in ("a-1", "a-2"):
        data = DATA[EventType.REVIEW_CLOSED] | {"answer_id": answer_id}
        payloads = (Payload(name="correction", content=b"No, Cleo Moss may not."),)
        recorder.append(AuditEvent(type=EventType.REVIEW_CLOSED, subject="dora", data=data, payloads=payloads))  # type: ignore[arg-type]  # JSON values
    recorder.seal()
    cleo = recorder.people.actor("cleo")
    found = record(recorder).entries(cleo)
    assert [leaf["type"] for leaf in found] == ["key.created", "analysis.started", "review.closed"]
    assert [payload.name for payload in record(recorder).payloads(found)] == ["question", "correction"]
    (other,) = record(recorder).naming(["Cleo Moss"], besides=cleo)
    assert dict(other.payload.leaf["data"])["answer_id"] == "a-2"  # type: ignore[call-overload]  # a JSON object


def test_places_are_byte_offsets_and_the_persons_own_texts_are_left_out(recorder: EvidenceRecorder) -> None:
    (found,) = record(recorder).naming(["Anna Müller"], besides=recorder.people.actor("anna"))
    content = found.payload.opened.content
    assert [content[start:end].decode() for start, end in found.spans] == ["Anna Müller", "Anna\nMüller"]
    assert len(record(recorder).naming(["Anna Müller"])) == 2
    assert record(recorder).naming([]) == []


def test_what_cannot_be_opened_any_more_is_left_out(recorder: EvidenceRecorder) -> None:
    recorder.subjects.destroy(recorder.people.actor("anna"))
    assert len(record(recorder).naming(["Anna Müller"])) == 1
    (found,) = record(recorder).naming(["Anna Müller"])
    record(recorder).path(found.payload.commitment).unlink()
    assert record(recorder).naming(["Anna Müller"]) == []
