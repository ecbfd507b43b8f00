"""Labels then and now, groups by name where it is known, and who was seen to act with them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from averment.compliance.readership import LABELS, Readership, cited_documents, document_readers, who_could_see
from averment.core.audit import AuditEvent, EventType
from averment.core.errors import UsageError
from tests.compliance.oversight.office import Office, open_office
from tests.compliance.samples import SAMPLES


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    opened = open_office(tmp_path)
    yield opened
    opened.recorder.close()


def relabel(office: Office, *readers: str) -> None:
    data: dict[str, Any] = {"document_id": "d1", "readers": list(readers), "n_readers": len(readers)}
    data |= {"tenant": "default", "is_final": True}
    office.recorder.append(AuditEvent(type=EventType.DOCUMENT_RELABELLED, subject="sys", data=data))


def search(office: Office, subject: str, *groups: str) -> None:
    data: dict[str, Any] = {
        "channel": "api",
        "groups": list(groups),
        "top_k": 1,
        "passages": [],
        "n_passages": 0,
        "duration_ms": 1,
    }
    office.recorder.append(AuditEvent(type=EventType.SEARCH_EXECUTED, subject=subject, data=data))


def seen(office: Office, **known: Any) -> Readership:
    return who_could_see(
        office.record, "a-1", subject="officer", groups=known.get("groups", ()), subjects=known.get("subjects", ())
    )


def test_then_is_what_was_in_force_before_the_question_and_now_what_is(office: Office) -> None:
    relabel(office, "everyone")
    relabel(office, "legal", "secret-project")
    search(office, "bert", "secret-project")
    office.answer("a-1", subject="anna", groups=("legal",))
    relabel(office, "tax")
    search(office, "carl", "tax")
    search(office, "dora", "sales")
    found = seen(office, groups=("everyone", "tax"), subjects=("anna", "carl", "nobody-known"))
    (document,) = found.documents
    assert document.then is not None
    assert document.now is not None
    assert (document.document_id, document.then.n_groups, document.now.groups) == ("d1", 2, ("tax",))
    digest = office.record.keyed("secret-project")
    assert set(document.then.groups) == {"legal", digest}  # legal is named by the question itself
    assert document.then.entry < found.entry < document.now.entry
    bert = office.record.pseudonym("bert")
    assert {one.who: (one.groups, one.then, one.now) for one in found.seen} == {
        "anna": (("legal",), True, False),
        "carl": (("tax",), False, True),
        bert: ((digest,), True, False),
    }
    assert office.data(EventType.ACCESS_READ)[-1]["reason"] == "who-could-see"


def test_a_document_of_which_no_entry_says_who_may_read_it_is_not_guessed(office: Office) -> None:
    office.answer("a-1")
    (document,) = seen(office).documents
    assert (document.then, document.now) == (None, None)
    assert seen(office).seen == ()
    with pytest.raises(UsageError):
        who_could_see(office.record, "a-2", subject="officer", groups=(), subjects=())


def test_reading_a_document_states_its_readers(office: Office) -> None:
    leaf: dict[str, Any] = {"seq": 3, "time": "t", "data": {**SAMPLES[EventType.DOCUMENT_INGESTED]["data"]}}  # type: ignore[dict-item]  # a sample is a mapping
    found = document_readers([leaf], "d-1", entry=4, names={})
    assert found.then is not None
    assert found.then.n_groups == 1
    assert EventType.DOCUMENT_INGESTED in LABELS
    older = {**leaf, "data": {"document_id": "d-1"}}
    assert document_readers([older], "d-1", entry=4, names={}).then is None
    assert replace(found, then=None).now == found.then


def test_cited_documents_are_those_of_claims_and_operands_each_once() -> None:
    cited = {"document_id": "d1"}
    answer = {
        "claims": [
            {"citations": [cited, {"document_id": "d2"}], "calculation": None},
            {"citations": [], "calculation": {"operands": [{"citation": {"document_id": "d3"}}, cited]}},
        ],
        "coverage": {"document_id": "never"},
    }
    assert cited_documents(answer) == ["d1", "d2", "d3"]
