"""Names of a statement are those of its quotes; its subject may name the document, misspelt by a letter at most."""

import pytest

from averment.pipelines.reasoning.name_checks import names_hold, subject_end

QUOTED = "This Agreement shall be governed by the laws of the State of Texas."
NAMING = "CONSULTING AGREEMENT Gianluca Rotino Kiromic, Inc., a Delaware corporation"


@pytest.mark.parametrize(
    "text",
    [
        "The Consulting Agreement between Kiromic, Inc and Gianluca Rotino is governed by the law of Texas.",
        "The Consulting Agreement between Kriomic, Inc and Gianluca Rotino is governed by the law of Texas.",
        "The Consulting Agreement between Kiromik and Gianluca Rotino is governed by the law of Texas.",
        "It is governed by the law of Texas.",
        "Texas law is what governs it.",
    ],
)
def test_what_names_the_document_or_stands_in_the_quotes_holds(text: str) -> None:
    assert names_hold(text, quoted=QUOTED, naming=NAMING)


@pytest.mark.parametrize(
    "text",
    [
        "The Consulting Agreement between Kiromic, Inc and Gianluca Rotino is governed by the law of Delaware.",
        "The Consulting Agreement between Kiromic, Inc and Gianluca Rotino is governed by the law of Texos.",
        "The Consulting Agreement between Kriomic, Inc and Gianluca Rotini is governed by the law of Texas.",
        "The Supply Agreement of Kriomic, Inc is governed by the law of Texas.",
        "The agreement between Kolibri, Inc and Gianluca Rotino is governed by the law of Texas.",
        "The agreement of Gianluca Rotina is governed by the law of Texas.",
        "The agreement of ACME and Gianluca Rotino is governed by the law of Texas.",
    ],
)
def test_another_name_does_not(text: str) -> None:
    assert not names_hold(text, quoted=QUOTED, naming=NAMING)


def test_a_short_name_is_not_misspelt_but_another() -> None:
    text = "The agreement of Gianluca Rotino and Opal is governed by the law of Texas."
    assert not names_hold(text, quoted=QUOTED, naming=f"{NAMING} Opel")


def test_the_subject_ends_at_the_verb() -> None:
    assert subject_end("The lease is governed by law.") == len("The lease ")
    assert subject_end("Governed by law.") == 0
