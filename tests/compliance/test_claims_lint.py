"""No generated document claims conformity while no standard is cited in the Official Journal (R19)."""

import pytest

from averment.compliance.claims_lint import FORBIDDEN, ForbiddenClaim, forbidden_claims, refuse_claims
from averment.compliance.obligations import Status, regulation, status
from averment.core.errors import UsageError


def cited() -> Status:
    """Return the state in which one standard is cited."""
    first, *others = status().standards
    return status().model_copy(update={"standards": (first.model_copy(update={"ojeu_cited": True}), *others)})


@pytest.mark.parametrize(
    "text",
    [
        "The system enjoys a presumption of conformity.",
        "The system is presumed to be in conformity with Article 15.",
        "Averment is AI-Act-compliant.",
        "A CERTIFIED system",
        "presumption\n   of\tconformity",
        "com\N{SOFT HYPHEN}pliant",
        "Das System ist DSGVO-konform.",
        "Es gilt die Konformitätsvermutung.",
        "Das System ist zertifiziert.",
    ],
)
def test_a_claim_is_found_and_refused(text: str) -> None:
    assert forbidden_claims([text], status=status())
    with pytest.raises(UsageError, match="may not say"):
        refuse_claims(["Nothing here.", text], status=status())


@pytest.mark.parametrize(
    "text",
    [
        "Solutions adopted under Annex IV point 7.",
        "compliance officer",
        "declaration of conformity",
        "certificate: none",
    ],
)
def test_what_claims_nothing_passes(text: str) -> None:
    refuse_claims([text], status=status())


def test_the_place_of_a_claim_is_told() -> None:
    assert forbidden_claims(["fine", "is compliant"], status=status()) == [ForbiddenClaim(words="compliant", text=1)]


def test_a_quotation_of_the_law_is_no_claim_and_what_stands_beside_it_is() -> None:
    law = "shall be presumed to be in conformity with the requirements"
    text = f"Article 40(1): “systems {law}”."
    refuse_claims([text], status=status(), quoted=[law])
    with pytest.raises(UsageError):
        refuse_claims([f"{text} We are compliant."], status=status(), quoted=[law])


def test_once_a_standard_is_cited_the_words_may_be_used() -> None:
    refuse_claims(["presumption of conformity"], status=cited())


def test_our_own_data_about_the_law_claims_nothing() -> None:
    texts = [row.what for row in regulation().obligations]
    assert not [text for text in texts if FORBIDDEN.search(text)]
