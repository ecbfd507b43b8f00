"""The desk over a real log: nobody brings what they were not given, and the log has it first."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from averment.compliance import audit
from averment.compliance.averment_verify import main as verify
from averment.compliance.index import EntryFilter
from averment.compliance.purposes.record import new_record
from averment.compliance.purposes.store import PurposeStore
from averment.core.access import Principal
from averment.core.analysis import AnalysisRequest
from averment.core.answers import Answer
from averment.core.errors import UsageError
from averment.core.settings import ModelSettings, Settings
from averment.core.settings_file import LoadedSettings
from averment.service.install import initialise
from averment.service.runtime import Runtime, open_runtime

ASKER = Principal(subject="ada", groups=("everyone",), roles=("reviewer",))


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    root = tmp_path_factory.mktemp("desk")
    settings = Settings(data_dir=root / "data", model=ModelSettings(enabled=False))
    initialise(LoadedSettings(settings=settings, origins={}, path=None, root=root), source=None, subject="ada")
    with open_runtime(settings) as opened:
        yield opened


@pytest.fixture(scope="module")
def answer(runtime: Runtime) -> Answer:
    return runtime.analyse(AnalysisRequest(question="What is the term?", principal=ASKER))


def entries(runtime: Runtime, answer: Answer, kind: str) -> list[dict[str, object]]:
    """Return the sealed entries of a kind that name an answer."""
    runtime.record.verify_log().raise_on_failure()
    return list(audit.show(runtime.data_dir.evidence, EntryFilter(types=(kind,), answer_id=answer.id)))


def test_feedback_is_an_entry_that_follows_the_answers_and_holds_no_words(runtime: Runtime, answer: Answer) -> None:
    assert answer.receipt is not None
    runtime.desk.take_feedback(answer.id, "wrong", comment="The cap was raised.", subject="ada")
    runtime.desk.take_feedback(answer.id, "correct", comment=None, subject="ada")
    wrong, correct = entries(runtime, answer, "feedback.given")
    assert wrong["data"] == {"answer_id": answer.id, "verdict": "wrong"}
    assert wrong["parents"] == [answer.receipt.index]
    assert [item["name"] for item in wrong["commitments"]] == ["comment"]  # type: ignore[attr-defined]  # a list
    assert correct["commitments"] == []
    assert "cap" not in json.dumps(wrong)


def test_nobody_judges_or_takes_out_an_answer_of_somebody_elses(runtime: Runtime, answer: Answer) -> None:
    stranger = Principal(subject="eve", groups=("everyone",))
    before = runtime.record.verify_log().size
    with pytest.raises(UsageError):
        runtime.desk.take_feedback(answer.id, "wrong", comment=None, subject="eve")
    with pytest.raises(UsageError):
        runtime.desk.export(answer, "json", principal=stranger)
    assert runtime.record.verify_log().size == before


def test_what_is_taken_out_proves_itself_and_is_in_the_log(runtime: Runtime, answer: Answer, tmp_path: Path) -> None:
    policy = runtime.data_dir.evidence / "policy.tlog-policy"
    for file_format in ("json", "receipt"):
        made = runtime.desk.export(answer, file_format, principal=ASKER)
        path = tmp_path / made.file_name
        path.write_bytes(made.content)
        assert verify([str(path), "--policy", str(policy)]) == 0
    report = runtime.desk.export(answer, "html", principal=ASKER)
    assert b"What is the term?" in report.content
    assert report.media_type.startswith("text/html")
    assert [entry["data"] for entry in entries(runtime, answer, "access.read")] == [
        {"answer_id": answer.id, "reason": "export"}
    ] * 3


def test_purposes_that_may_not_be_used_are_not_offered(runtime: Runtime) -> None:
    store = PurposeStore(runtime.data_dir.purposes)
    for code in ("review", "old"):
        store.write(new_record(code, description=f"The {code}", owner="Legal", intended_use="Reading"))
    old = store.record("old")
    store.write(old.model_copy(update={"is_retired": True}))
    about = runtime.desk.about(ASKER)
    assert [(one.code, one.status) for one in about.purposes] == [("review", "unassessed"), ("trial", "unassessed")]
    assert (about.mode, about.default_purpose, about.roles) == ("trial", "trial", ("reviewer",))
    store.path("review").write_text("no: record", encoding="utf-8")
    assert [one.code for one in runtime.desk.about(ASKER).purposes] == ["trial"]
