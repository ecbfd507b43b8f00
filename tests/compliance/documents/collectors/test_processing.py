from averment.compliance.documents.facts import ConnectorFacts
from tests.compliance.documents.builders import Place, facts


def test_a_new_source_appears_in_the_record_of_processing(place: Place) -> None:
    source = ConnectorFacts(name="mailbox", kind="imap", readers=2, classification="internal")
    rows = [row for block in place.make("gdpr-30", system=facts(connectors=(source,))).fields["flows"].blocks
            for row in block.rows]  # fmt: skip
    assert ("mailbox", "imap", "2", "internal") in rows


def test_a_model_elsewhere_is_a_recipient(place: Place) -> None:
    remote = {**facts().model_dump()["model"], "placement": "remote"}
    here = place.make("gdpr-30").fields["30.1.d"].blocks[0].text
    there = place.make("gdpr-30", system=facts(model=remote)).fields["30.1.d"].blocks[0].text
    assert "runs elsewhere" in there
    assert "runs elsewhere" not in here


def test_literacy_measures_name_their_system(place: Place) -> None:
    assert place.make("literacy").fields["4.systems"].blocks
