import pytest

from averment.compliance.documents import report
from averment.compliance.documents.filled import Language, Status, parse_document
from averment.compliance.documents.kinds import kind_of, kinds
from averment.core.audit import AuditEvent, EventType
from averment.core.errors import UsageError
from tests.compliance.documents.builders import PROVIDED, Place, an_explanation, facts, peoples_yaml


@pytest.mark.parametrize("code", [code for code, kind in kinds().items() if not kind.about])
def test_every_kind_is_made_and_no_field_is_without_a_status(place: Place, code: str) -> None:
    document = place.make(code)
    assert list(document.fields) == [spec.id for spec in kind_of(code).fields]
    assert all(field.reason or field.blocks for field in document.fields.values())
    assert sum(report.counts(document).values()) == len(document.fields)


def test_the_same_state_of_the_log_makes_the_same_bytes(place: Place) -> None:
    assert place.make("annex-iv").to_json() == place.make("annex-iv").to_json()
    first = place.make("annex-iv").to_json()
    place.clock.advance(3600)
    place.append(EventType.MODEL_LOADED)
    assert place.make("annex-iv").to_json() != first
    assert place.make("annex-iv", as_of="2026-11-01T09:30:00Z").to_json() == first


def test_a_field_that_another_document_answers_is_provided_once_that_was_exported(place: Place) -> None:
    assert "averment report risk-register" in place.make("annex-iv").fields["IV.5"].reason
    report.file_document(place.make("risk-register"), place.installation.folder)
    unfinished = place.make("annex-iv").fields["IV.5"]
    assert unfinished.status is Status.MISSING
    assert "missing or stale: 9.2, 9.2.c, 9.5, 9.8" in unfinished.reason
    filled = dict.fromkeys(("9.2", "9.5", "9.8"), PROVIDED)
    filled["9.2.c"] = "{status: not_applicable, reason: nothing was found}"
    place.people("risk-register.yaml", peoples_yaml("risk-register", filled))
    path = report.file_document(place.make("risk-register"), place.installation.folder)
    field = place.make("annex-iv").fields["IV.5"]
    assert field.status is Status.PROVIDED
    assert field.blocks[0].text.startswith('See the document "Risk register"')
    assert parse_document(path.read_bytes(), name="filed").kind == "risk-register"


def test_what_people_say_is_shown_as_theirs_and_no_signature_is_claimed(place: Place) -> None:
    place.people("annex-iv.yaml", peoples_yaml("annex-iv", {"IV.1.a": PROVIDED}))
    document = place.make("annex-iv")
    field = document.fields["IV.1.a"]
    assert (field.status, field.owner, field.date) == (Status.PROVIDED, "Head of legal", "2026-10-01")
    assert [block.text for block in field.blocks if block.made_by == "people"] == ["Words of people."]
    assert any("no signature" in line and "IV.1.a" in line for line in document.not_established)


def test_the_second_branch_is_taken_while_no_standard_is_cited(place: Place) -> None:
    fields = place.make("annex-iv").fields
    assert fields["IV.7.1"].status is Status.NOT_APPLICABLE
    assert "second branch" in fields["IV.7.1"].reason
    assert "no presumption is claimed" in fields["IV.7.2"].blocks[0].text


def test_the_log_takes_what_is_stated_of_an_export(place: Place) -> None:
    document = place.make("annex-v")
    with place.recorder() as recorder:
        stated = AuditEvent(type=EventType.ACCESS_EXPORTED, subject="anna", data=report.export_facts(document))
        assert recorder.append(stated) == document.log.size + 1  # behind the entry of anna's key


def test_what_leaves_is_linted_but_for_the_law_and_words_of_answers(place: Place) -> None:
    made = an_explanation(words="The parties are certified.", kind="statement")
    release = report.release_of(place.make("explanation", subject="a-1", explanation=made), subject="anna")
    assert (release.marking, release.facts.answer_id, release.exported["masking"]) == ("marked", "a-1", "none")
    assert not any("certified" in text for text in release.says)
    place.people(
        "annex-v.yaml", peoples_yaml("annex-v", {"1": PROVIDED.replace("Words of people", "We are compliant")})
    )
    release = report.release_of(place.make("annex-v"), subject="anna")
    assert release.marking == "nothing-generated"
    assert "We are compliant." in release.says
    asks = kind_of("annex-v").fields[0].asks
    assert asks in release.quoted


@pytest.mark.parametrize(
    ("code", "language", "subject", "message"),
    [
        ("annex-iv", "de", "", "does not exist in 'de'"),
        ("explanation", "en", "", "is about one answer"),
        ("annex-iv", "en", "x", "about the whole installation"),
    ],
)
def test_a_request_that_the_kind_does_not_know_is_refused(
    place: Place, code: str, language: Language, subject: str, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        place.make(code, language=language, subject=subject)


def test_the_newest_filed_document_is_found(place: Place) -> None:
    folder = place.installation.folder
    report.file_document(place.make("annex-v"), folder)
    place.append(EventType.MODEL_LOADED)
    newer = place.make("annex-v")
    report.file_document(newer, folder)
    assert report.newest_filed(folder)["annex-v"].size == newer.log.size
    assert [document.log.size for _, document in report.filed_documents(folder)] == [newer.log.size - 1, newer.log.size]


def test_fingerprints_name_the_weights_that_were_loaded(place: Place) -> None:
    present = report.current_fingerprints(facts(), place.installation.evidence_dir)
    assert present["weights/language"].startswith("sha256:")
