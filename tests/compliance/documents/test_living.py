import pytest

from averment.compliance.documents import living
from averment.compliance.documents.facts import fingerprints
from averment.compliance.documents.filled import FilledDocument, Status
from averment.compliance.documents.kinds import template_versions
from averment.compliance.documents.report import current_fingerprints, current_processing, file_document
from averment.core.audit import EventType
from tests.compliance.documents.builders import DIGEST, Place, facts

OTHER = "sha256:" + "c" * 64
SOURCE = {"name": "mail", "kind": "imap", "readers": 1, "classification": "internal"}
MODEL = {**facts().model_dump()["model"], "digest": OTHER}


def found(place: Place, **changes: object) -> list[living.Mismatch]:
    document = place.make("annex-iv")
    present = current_fingerprints(facts(**changes), place.installation.evidence_dir)
    return living.mismatches({"annex-iv en": document}, present=present, store=place.installation.store())


def test_documents_fit_what_runs_until_it_changes(place: Place) -> None:
    assert found(place) == []


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"model": MODEL}, "model"),
        ({"settings": {**facts().settings, "retrieval.top_k": "9"}}, "setting/retrieval.top_k"),
        ({"connectors": [SOURCE]}, "connector/mail"),
        ({"components": []}, "component/embedder"),
        (
            {"prompts": [{"place": "software", "path": "prompts/plan.j2", "sha256": DIGEST}]},
            "prompt/plan.j2",
        ),
        (
            {"evaluations": [{"file": {"place": "installation", "path": "r.json", "sha256": DIGEST}, "kind": "answers",
                              "created": ""}]},
            "evaluation/r.json",
        ),
    ],
)  # fmt: skip
def test_each_change_of_the_system_is_named(place: Place, changes: dict[str, object], what: str) -> None:
    assert [mismatch.what for mismatch in found(place, **changes)] == [what]


def test_other_weights_are_named(place: Place) -> None:
    document = place.make("annex-iv")
    present = {**fingerprints(facts()), **template_versions(), "weights/language": OTHER}
    (mismatch,) = living.mismatches({"a": document}, present=present, store=place.installation.store())
    assert (mismatch.what, mismatch.found) == ("weights/language", OTHER)


def test_evidence_that_went_is_named_with_its_field(place: Place) -> None:
    document = place.make("annex-xii")
    (place.installation.folder / document.evidence["E1"].path).unlink()  # type: ignore[union-attr]  # a file
    present = current_fingerprints(facts(), place.installation.evidence_dir)
    gone = living.mismatches({"a": document}, present=present, store=place.installation.store())
    assert "evidence of XII.1.a" in [mismatch.what for mismatch in gone]


def test_evidence_is_looked_at_where_the_peoples_part_is_missing_too(place: Place) -> None:
    document = place.make("instructions")
    assert document.fields["13.3.e"].status is Status.MISSING
    (cited,) = {document.evidence[name].path for name in document.fields["13.3.e"].blocks[0].evidence}  # type: ignore[union-attr]  # a file
    (place.installation.folder / cited).write_text("other")
    present = current_fingerprints(facts(), place.installation.evidence_dir)
    broken = living.mismatches({"a": document}, present=present, store=place.installation.store())
    assert "evidence of 13.3.e" in [mismatch.what for mismatch in broken]


def test_processing_that_no_record_names_is_a_mismatch_until_the_record_is_exported_anew(place: Place) -> None:
    def unnamed(*documents: FilledDocument, **changes: object) -> list[str]:
        running = current_processing(facts(**changes), place.installation.evidence_dir)
        return [mismatch.what for mismatch in living.undocumented(documents, running)]

    assert "processing/source/filesystem" in unnamed(place.make("annex-iv"))
    record = place.make("gdpr-30")
    assert unnamed(record) == []
    assert unnamed(record, connectors=[SOURCE]) == ["processing/source/mail"]
    newer = place.make("gdpr-30", system=facts(connectors=[SOURCE]))
    assert unnamed(record, newer, connectors=[SOURCE]) == []
    present = current_fingerprints(facts(), place.installation.evidence_dir)
    assert living.mismatches({"a": record}, present=present, store=place.installation.store()) == []


def test_only_the_newest_of_a_kind_counts(place: Place) -> None:
    old = place.make("annex-v")
    place.append(EventType.MODEL_LOADED)
    new = place.make("annex-v")
    file_document(old, place.installation.folder)
    assert living.newest([old, new]) == {"annex-v en": new}
