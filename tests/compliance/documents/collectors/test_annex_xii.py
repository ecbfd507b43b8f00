from averment.compliance.documents.filled import Status
from averment.compliance.documents.kinds import field_ids
from tests.compliance.documents.builders import Place, facts


def test_what_was_supplied_is_told_from_what_was_not(place: Place) -> None:
    fields = place.make("annex-xii").fields
    assert fields["XII.1.a"].blocks[0].text == "Supplied by the provider of Qwen3-8B: Text generation"
    assert "Not supplied by the provider of the model" in fields["XII.2.c"].reason
    derived = {**facts().model_dump()["model"], "annex_xii": {"2c": {"status": "derived", "text": "Web pages"}}}
    fields = place.make("annex-xii", system=facts(model=derived)).fields
    assert "not supplied as such: Web pages" in fields["XII.2.c"].blocks[0].text


def test_without_a_model_card_every_field_says_that_it_was_not_supplied(place: Place) -> None:
    fields = place.make("annex-xii", system=facts(model=None)).fields
    assert list(fields) == field_ids("annex-xii")
    assert {(f.status, f.reason.startswith("Not supplied")) for f in fields.values()} == {(Status.MISSING, True)}
