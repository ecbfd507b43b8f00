"""The access request: logged first, complete for the person, and silent about others."""

import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from averment.compliance import subject_export
from averment.compliance.marks.formats import detect
from averment.compliance.recorder import EvidenceRecorder
from averment.compliance.subject_export import AccessRequest, export_person
from averment.core.answers import SentenceKind
from averment.core.audit import EventType
from averment.core.erasure import NamedDocument
from averment.core.errors import AuditWriteFailed, UsageError
from averment.core.testing.backend import an_answer
from tests.compliance.evidence import entries_of, question_event
from tests.compliance.marks.files import SIGNER
from tests.compliance.test_answer_record import record
from tests.compliance.test_recorder import open_new

NAME = "Anna Schmidt"
LEASE = NamedDocument(document_id="d-1", source_uri="file:///lease.txt", title="Lease", n_places=1)


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[EvidenceRecorder]:
    with open_new(tmp_path) as opened:
        opened.append(question_event("My own question", subject="anna"))
        opened.append(question_event(f"{'x' * 900} secret of Ben {'y' * 900} {NAME}'s rent", subject="ben"))
        yield opened


def export(recorder: EvidenceRecorder, out: Path, names: tuple[str, ...] = (NAME,)) -> int:
    return export_of(recorder, "anna", out, names=names, documents=(LEASE,))


def export_of(
    recorder: EvidenceRecorder,
    identity: str,
    out: Path,
    *,
    names: tuple[str, ...],
    documents: tuple[NamedDocument, ...] = (),
) -> int:
    request = AccessRequest(identity=identity, names=names, documents=documents, subject="officer")
    return export_person(recorder, request, out=out, signer=SIGNER)


def read(path: Path) -> dict[str, dict[str, object]]:
    with zipfile.ZipFile(path) as archive:
        return {name: json.loads(archive.read(name)) for name in archive.namelist() if name.endswith(".json")}


def test_all_that_is_the_persons_is_in_it_and_nothing_that_is_others(
    recorder: EvidenceRecorder, tmp_path: Path
) -> None:
    assert export(recorder, tmp_path / "anna.zip") == 2
    found = read(tmp_path / "anna.zip")
    assert sorted(found) == ["documents.json", "entries/4.json", "entries/5.json", "named.json", "person.json"]
    assert found["entries/5.json"]["texts"] == {"question": "My own question"}
    assert found["person.json"]["identity"] == "anna"
    named = json.dumps(found["named.json"])
    assert NAME in named
    assert "secret of Ben" not in named
    assert "d-1" in json.dumps(found["documents.json"])


def test_files_of_people_are_listed_and_a_page_says_what_is_what(recorder: EvidenceRecorder, tmp_path: Path) -> None:
    folder = recorder.evidence_dir.parent / "compliance"
    folder.mkdir()
    (folder / "fria.yaml").write_text(f"owner: {NAME}", encoding="utf-8")
    export(recorder, tmp_path / "anna.zip")
    assert read(tmp_path / "anna.zip")["documents.json"]["files"] == ["compliance/fria.yaml"]
    with zipfile.ZipFile(tmp_path / "anna.zip") as archive:
        page = archive.read("README.txt").decode()
        assert all(name.split("/")[0] in page for name in archive.namelist() if name != "README.txt")


def test_two_people_in_one_text_each_get_what_is_around_their_own_name(
    recorder: EvidenceRecorder, tmp_path: Path
) -> None:
    both = f"{NAME} pays. {'x' * 900} Carla Brandt does not."
    recorder.append(question_event(both, subject="ben"))
    found = {}
    for identity, name in (("anna", NAME), ("carla", "Carla Brandt")):
        export_of(recorder, identity, tmp_path / "x.zip", names=(name,))
        found[name] = json.dumps(read(tmp_path / "x.zip")["named.json"])
    assert "Carla" in found["Carla Brandt"]
    assert NAME not in found["Carla Brandt"]
    assert "Carla" not in found[NAME]


def test_it_is_in_the_log_before_it_is_written(
    recorder: EvidenceRecorder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_out: Path, _content: bytes) -> None:
        recorder.seal()
        entry = entries_of(recorder.evidence_dir / "log")[-1]
        assert entry["type"] == EventType.ACCESS_EXPORTED
        raise AuditWriteFailed("stop here")

    monkeypatch.setattr(subject_export, "_write_private", fail)
    with pytest.raises(AuditWriteFailed, match="stop here"):
        export(recorder, tmp_path / "anna.zip")
    assert not list(tmp_path.glob("anna.zip"))


def test_entry_and_archive_state_that_nothing_is_masked(recorder: EvidenceRecorder, tmp_path: Path) -> None:
    export(recorder, tmp_path / "anna.zip")
    recorder.seal()
    stated = entries_of(recorder.evidence_dir / "log")[-1]["data"]
    assert isinstance(stated, dict)
    assert (stated["masking"], stated["marking"]) == ("none", "nothing-generated")
    assert read(tmp_path / "anna.zip")["person.json"]["masking"] == "none"


def test_an_archive_with_a_sentence_of_a_model_is_marked(recorder: EvidenceRecorder, tmp_path: Path) -> None:
    answer = an_answer("0198a1b2-aaaa")
    written = replace(answer.sentences[0], kind=SentenceKind.STATEMENT)
    record(recorder, replace(answer, sentences=(written,), receipt=None))
    export(recorder, tmp_path / "anna.zip")
    assert detect((tmp_path / "anna.zip").read_bytes(), keys=[SIGNER.verifier]).verdict == "valid"
    recorder.seal()
    exported, marked = entries_of(recorder.evidence_dir / "log")[-2:]
    assert isinstance(exported["data"], dict)
    assert (exported["data"]["marking"], marked["type"]) == ("marked", EventType.MARK_APPLIED)


def test_a_file_with_personal_data_is_for_its_owner_alone(recorder: EvidenceRecorder, tmp_path: Path) -> None:
    export(recorder, tmp_path / "anna.zip")
    assert (tmp_path / "anna.zip").stat().st_mode & 0o077 == 0


def test_somebody_unknown_needs_a_spelling(recorder: EvidenceRecorder, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nobody is known"):
        export_of(recorder, "carl", tmp_path / "c.zip", names=())
