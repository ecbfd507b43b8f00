"""What is read off a question before anything is searched."""

import time

import pytest

from averment.pipelines.retrieval.question import read_question


def words(text: str) -> set[str]:
    question = read_question(text)
    return {question.text[name.start : name.end] for name in question.names}


def test_names_are_capital_words_inside_a_sentence() -> None:
    assert words(
        "Consider the Supply Agreement between Nordwind Energie GmbH and drkoop.com, inc. Is it exclusive?"
    ) >= {
        "Supply",
        "Agreement",
        "Nordwind",
        "Energie",
        "GmbH",
        "drkoop.com",
    }
    assert words("Is there a cap on liability?") == set()
    assert words("What happens on March 3, 2024 in 30 days?") == set()


def test_quoted_words_are_asked_about_and_name_nothing() -> None:
    question = read_question('In the Acme NDA, what does the clause headed "Entire Agreement" provide?')
    assert question.quoted == ("Entire Agreement",)
    assert {question.text[n.start : n.end] for n in question.names} == {"Acme", "NDA"}


def test_forms_periods_and_dates() -> None:
    question = read_question(
        "According to Acme's Form 10-Q for Q3 2023 and the quarter ended June 30, 2023, what rose?"
    )
    assert question.forms == ("10-Q",)
    assert question.labels == ("2023-Q3",)
    assert question.dates == ("2023-06-30",)
    assert read_question("What does its latest quarterly report say?").is_latest
    assert read_question("What does its latest quarterly report say?").forms == ("10-Q",)


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("Which contracts in the collection are governed by the law of Ohio?", "list"),
        ("In how many agreements is there a cap?", "list"),
        ("Welche Verträge enden 2025?", "list"),
        ("Compare the Acme lease with the Beta lease.", "compare"),
        ("What is the term of the Acme lease?", "one"),
        ("In wie vielen Verträgen ist die Haftung begrenzt?", "list"),
        ("In welchen unserer Mietverträge gibt es eine Mindestabnahme?", "list"),
        ("Alle Vereinbarungen mit Wettbewerbsverbot", "list"),
        ("Nenne die Dokumente mit Gerichtsstand Hamburg.", "list"),
        ("Show all supply agreements with a price cap.", "list"),
        ("Stelle den Mietvertrag von Acme dem von Beta gegenüber.", "one"),
        ("Vergleiche die Kündigungsfristen von Acme und Beta.", "compare"),
        ("Wodurch unterscheiden sich die Haftungsgrenzen von Acme und Beta?", "compare"),
        ("Welche Frist gilt im Vertrag von Acme?", "one"),
    ],
)
def test_what_is_wanted(text: str, want: str) -> None:
    assert read_question(text).want == want


@pytest.mark.parametrize(
    ("text", "is_across"),
    [
        ("Compare the notice periods across our contracts.", True),
        ("Compare the notice periods across all the supply agreements.", True),
        ("How do payment terms compare between the leases?", True),
        ("Vergleiche die Fristen über alle Verträge hinweg.", True),
        ("Vergleiche die Fristen in den Verträgen.", True),
        ("Compare the Acme lease with the Beta lease.", False),
        ("Is there a cap across all agreements?", False),
    ],
)
def test_a_comparison_over_whatever_there_is(text: str, is_across: bool) -> None:
    assert read_question(text).is_across is is_across


def test_initials_of_names() -> None:
    assert "csa" in read_question("In the Cloud Service Agreement, what is a user?").acronyms


@pytest.mark.parametrize("unit", ["A ", "(", '"', "Q1 ", "\x00", "Aa&", "a.*", "in the "])
def test_any_text_is_read_quickly(unit: str) -> None:
    begin = time.perf_counter()
    read_question(unit * (100_000 // len(unit)))
    assert time.perf_counter() - begin < 5
