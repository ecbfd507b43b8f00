from averment.compliance.documents.collectors.shared import short
from tests.compliance.documents.builders import DIGEST, Place, facts


def test_digests_are_shortened_and_nothing_else_is() -> None:
    assert short(DIGEST) == "sha256:" + "a" * 12 + "…"
    assert short("hmac-" + DIGEST) == "hmac-sha256:" + "a" * 12 + "…"
    assert (short("contract"), short("")) == ("contract", "")


def test_a_model_that_is_not_used_is_not_said_to_answer(place: Place) -> None:
    unused = {**facts().model_dump()["model"], "is_used": False}
    blocks = place.make("annex-iv", system=facts(model=unused)).fields["IV.2.a"].blocks
    assert blocks[0].text.startswith("No language model answers")
