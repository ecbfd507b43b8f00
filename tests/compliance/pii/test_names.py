"""Names told by their place, what is no name, and where a name comes again."""

import pytest

from averment.compliance.pii.kinds import settled
from averment.compliance.pii.names import find_given_names, find_names, is_name, repeated

NAMED = [
    ("Mr. John A. Smith shall", "John A. Smith"),
    ("Frau Anna von der Heide, geb. am", "Anna von der Heide"),
    ("Herrn Dr. jur. Hans-Peter Müller", "Hans-Peter Müller"),
    ("By: ____________\nName: Robert Q. Public\nTitle: President", "Robert Q. Public"),
    ("/s/ JANE DOE\n", "JANE DOE"),
    ("gez. Karl Krause", "Karl Krause"),
    ("________________\nMaria Lopez, Chief Executive Officer", "Maria Lopez"),
    ("Attention: Mary O'Neil\n", "Mary O'Neil"),
    ("z. Hd. Herrn Uwe Lang", "Uwe Lang"),
    ("and Peter Green (the “Lender”)", "Peter Green"),
    ("und Sabine Vogt, wohnhaft in Köln", "Sabine Vogt"),
    ("Paul Weber, its Vice President, signs", "Paul Weber"),
    ("vertreten durch den Geschäftsführer Jan Brandt", "Jan Brandt"),
    ("Frau Zoë Größmann-Weiß und", "Zoë Größmann-Weiß"),
]
GIVEN = ["Tobias Yılmaz", "Katharina Weiß", "Hans-Peter zu Hohenberg", "Peter J. O'Neil", "Anna Maria McCarthy"]
NO_NAMES = [
    "By: Acme Holdings, Inc.",
    "Name: Beispiel Handels GmbH",
    "Effective Date, as President",
    "Attention: General Counsel",
    "Frau und Herr",
    "Prof. und Partner",
    "the Common Stock (the “Shareholder",
    "By: Smith Jones LLP",
]


def found(text: str) -> list[str]:
    return [text[span.start : span.end] for span in settled(find_names(text))]


@pytest.mark.parametrize(("text", "name"), NAMED)
def test_a_name_is_told_by_its_place(text: str, name: str) -> None:
    assert found(text) == [name]


@pytest.mark.parametrize("name", GIVEN)
def test_a_common_given_name_begins_a_name(name: str) -> None:
    text = f"Das Darlehen erhält {name} im Mai; Peter Holdings Inc. and Anna Street do not."
    assert {text[span.start : span.end] for span in find_given_names(text)} == {name}


@pytest.mark.parametrize("text", NO_NAMES)
def test_what_stands_there_and_is_no_name_is_left_alone(text: str) -> None:
    assert found(text) == []


def test_a_name_comes_again_in_full_in_capitals_and_by_its_surname() -> None:
    text = "Mr. John A. Smith sells. Smith warrants. JOHN A. SMITH signs; smithing, Smith GmbH and a@Smith.de do not."
    again = [text[span.start : span.end] for span in repeated(text, settled(find_names(text)))]
    assert again == ["John A. Smith", "Smith", "JOHN A. SMITH"]


def test_a_surname_that_the_text_uses_as_a_word_is_not_looked_for_alone() -> None:
    text = "Mr. Tom Baker sells to any baker. Baker warrants."
    assert [text[span.start : span.end] for span in repeated(text, settled(find_names(text)))] == ["Tom Baker"]


@pytest.mark.parametrize("text", ["john smith", "Smith", "John Smith 2", "Effective Date", "John\nSmith", "A. B."])
def test_what_can_be_no_name(text: str) -> None:
    assert not is_name(text, 0, end=len(text))
