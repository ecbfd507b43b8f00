"""German nouns are told from names."""

import pytest

from averment.pipelines.retrieval.german_nouns import noun_kind
from averment.pipelines.retrieval.question import read_question


@pytest.mark.parametrize(
    "word",
    ["Kündigungsfrist", "Gerichtsstand", "Haftung", "Verträgen", "Recht", "Auftragnehmers", "Quartal", "Umsatzerlöse"],
)
def test_common_nouns(word: str) -> None:
    assert noun_kind(word) == "common"


@pytest.mark.parametrize("word", ["Halden", "Corvid", "Utah", "Bayern", "Nordwind", "Siemens", "Zürich", "Allianz"])
def test_names(word: str) -> None:
    assert noun_kind(word) is None


@pytest.mark.parametrize("word", ["Mietvertrag", "Rahmenvereinbarung", "Quartalsbericht", "Lizenzvertrages"])
def test_titles(word: str) -> None:
    assert noun_kind(word) == "title"


def test_a_german_question_names_companies_and_places_only() -> None:
    def named(text: str) -> set[str]:
        question = read_question(text)
        return {question.text[name.start : name.end] for name in question.names if not name.is_generic}

    assert named("Welche Kündigungsfrist gilt im Mietvertrag der Halden AG?") == {"Halden"}
    assert named("In wie vielen Verträgen gilt das Recht von Utah?") == {"Utah"}
    assert named("Wie hoch ist die Haftung des Auftragnehmers nach dem Vertrag mit Nordwind Energie GmbH?") >= {
        "Nordwind"
    }
    assert named("Which Recht is the Stand of Haftung?") == {"Recht", "Stand", "Haftung"}
