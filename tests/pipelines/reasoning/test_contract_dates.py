"""Dates of contracts worked out from what they print, in English and German, with what is missing named."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from averment.core.access import Filters
from averment.core.answers import Answer, SentenceKind
from tests.pipelines.reasoning.contracts_in_force import FIRST, MASTER

LAST_DAY = "What is the last day to give notice of non-renewal?"
GERMAN = """LIEFERVERTRAG

Dieser Liefervertrag wird am 15. März 2023 zwischen der Halden Logistik AG und der Opal Werke GmbH geschlossen und \
tritt am 1. April 2023 in Kraft.

§ 1 Laufzeit

Die Laufzeit dieses Vertrages beträgt zwei (2) Jahre ab Inkrafttreten. Der Vertrag verlängert sich um jeweils ein \
weiteres Jahr, sofern nicht eine Partei ihn mit einer Frist von drei (3) Monaten zum Ende der jeweiligen Laufzeit \
kündigt.

§ 2 Recht

Dieser Vertrag unterliegt dem Recht der Bundesrepublik Deutschland.
"""
LEASE = """OFFICE LEASE

This Office Lease (the "Lease") is made as of March 2, 2024 by and between Northwind Estates Inc. and Larkspur Tools \
LLC.

1. Term. The term of this Lease shall commence on April 1, 2024 and shall continue until December 31, 2026.

2. Renewal. This Lease shall automatically renew for successive periods of one (1) year unless Tenant gives written \
notice of non-renewal at least ten (10) business days prior to the expiration of the term.

3. Governing Law. This Lease shall be governed by the laws of the State of New York.
"""


@pytest.fixture
def ask(new_desk: type[Any]) -> Any:
    def asked(question: str, text: str = MASTER, **options: Any) -> Answer:
        desk = new_desk()
        desk.corpus.add_contract("contract", text)
        answer: Answer = desk.ask(question, **options)
        return answer

    return asked


def expression(answer: Answer) -> str:
    """Return the expression of the one calculation of an answer."""
    (calculation,) = [claim.calculation for claim in answer.claims if claim.calculation is not None]
    return calculation.expression


@pytest.mark.parametrize(
    ("as_of", "day", "written"),
    [
        (date(2023, 5, 1), "2024-11-11", "deadline(add(d1, n1), n2)"),
        (date(2024, 11, 11), "2024-11-11", "deadline(add(d1, n1), n2)"),
        (date(2024, 11, 12), "2025-11-11", "deadline(add(d1, n1, n2), n3)"),
        (date(2026, 11, 23), "2027-11-11", "deadline(add(d1, n1, n2, n2, n2), n3)"),
    ],
)
def test_the_last_day_for_a_notice_is_that_of_the_term_then_current(
    ask: Any, as_of: date, day: str, written: str
) -> None:
    answer = ask(LAST_DAY, as_of=as_of)
    assert (answer.status, answer.method, answer.value.type, answer.value.value) == ("answered", "rules", "date", day)
    assert expression(answer) == written
    assert {claim.verdict.value for claim in answer.claims} == {"supported"}
    assert "run to the same day of the month" in answer.text
    assert answer.sentences[0].kind is SentenceKind.VALUE
    assert any("at least sixty (60) days prior to the end" in sentence.text for sentence in answer.sentences)


def test_the_end_of_the_term_is_computed_from_its_printed_parts(ask: Any) -> None:
    first = ask("When does the initial term of the agreement expire?", as_of=date(2022, 6, 1))
    assert (first.value.value, expression(first)) == ("2025-01-10", "add(d1, n1)")
    assert [operand.citation.quote for operand in first.claims[0].calculation.operands] == [
        "January 10, 2022",
        "three (3) years",
    ]
    later = ask("When does the agreement expire?", as_of=date(2026, 11, 23))
    assert (later.value.value, expression(later)) == ("2027-01-10", "add(d1, n1, n2, n2)")
    assert "2 renewals" in later.text


def test_days_and_months_between_dates_are_counted(ask: Any) -> None:
    days = ask("How many days are between the effective date and the initial expiration date?")
    assert (days.value.type, days.value.value, days.value.unit) == ("duration", Decimal(1096), "day")
    months = ask("How many months are between the effective date and the initial expiration date?")
    assert (months.value.value, months.value.unit) == (Decimal(36), "month")


@pytest.mark.parametrize(
    ("question", "day"),
    [
        ("Bis wann muss der Vertrag gekündigt werden, damit er sich nicht verlängert?", "2026-01-01"),
        ("Wann endet die feste Laufzeit des Vertrags?", "2025-04-01"),
        ("Wann endet der Vertrag?", "2026-04-01"),
    ],
)
def test_german_contracts_are_read_and_answered_in_german(ask: Any, question: str, day: str) -> None:
    answer = ask(question, GERMAN, as_of=date(2025, 6, 1))
    assert (answer.status, answer.value.value) == ("answered", day)
    assert "Kalendertage" in answer.text


def test_business_days_leave_out_the_holidays_of_the_governing_law(ask: Any) -> None:
    answer = ask(LAST_DAY, LEASE, as_of=date(2026, 6, 1))
    # New York: Christmas Day falls into the ten business days before December 31, 2026.
    assert answer.value.value == "2026-12-16"
    assert "public holidays of US-NY" in answer.text
    assert answer.claims[0].calculation is not None
    assert answer.claims[0].calculation.calendar == "US-NY"
    unknown = ask(LAST_DAY, LEASE.replace("the State of New York", "Ruritania"), as_of=date(2026, 6, 1))
    assert unknown.value.value == "2026-12-17"
    assert "no public holidays are left out" in unknown.text


@pytest.mark.parametrize(
    ("old", "new", "fragment"),
    [
        ("at least sixty (60) days prior to the end of the then-current term", "in writing", "no notice period"),
        ("and continue for a period of three (3) years", "", "neither an end nor a length"),
        ("as of January 10, 2022", "", "the day from which the term runs"),
        ("sixty (60) days", "sixty (90) days", "different values"),
        ("for successive terms of one (1) year each", "from year to year", "for how long it renews"),
    ],
)
def test_what_is_missing_is_named(ask: Any, old: str, new: str, fragment: str) -> None:
    answer = ask(LAST_DAY, MASTER.replace(old, new), as_of=date(2026, 5, 1))
    assert (answer.status, answer.value) == ("abstained", None)
    assert fragment in answer.text


def test_an_amended_term_and_notice_period_are_those_that_count(new_desk: type[Any]) -> None:
    clause = next(line for line in MASTER.splitlines() if line.startswith("2.2")).replace("sixty (60)", "ninety (90)")
    payment = next(line for line in FIRST.splitlines() if line.startswith('"4.2'))
    words = next(line for line in FIRST.splitlines() if line.startswith("3."))
    change = FIRST.replace(payment, f'"{clause}"').replace("1. Section 4.2", "1. Section 2.2")
    change = change.replace(
        words, '3. In Section 2.1 of the Agreement the words "three (3) years" are replaced by "four (4) years".'
    )
    desk = new_desk()
    desk.corpus.add_contract("master", MASTER)
    desk.corpus.add_contract("first", change)
    before, after = (desk.ask(LAST_DAY, as_of=day) for day in (date(2023, 5, 31), date(2023, 6, 1)))
    assert before.value.value == "2024-11-11"
    assert after.value.value == "2025-10-12"
    assert {citation.document_id for citation in after.claims[0].citations} == {"master", "first"}


def test_two_contracts_with_different_dates_are_not_mixed(new_desk: type[Any]) -> None:
    desk = new_desk()
    desk.corpus.add_contract("master", MASTER)
    desk.corpus.add_contract("lease", LEASE)
    assert "several contracts" in desk.ask(LAST_DAY).text


def test_a_restated_contract_gives_the_dates_from_its_day_on(new_desk: type[Any]) -> None:
    restated = MASTER.replace("MASTER SERVICES AGREEMENT", "AMENDED AND RESTATED MASTER SERVICES AGREEMENT").replace(
        'This Master Services Agreement (this "Agreement") is made and entered into as of January 10, 2022',
        "This Amended and Restated Master Services Agreement amends and restates the Master Services Agreement dated "
        'January 10, 2022 (this "Agreement") and is made and entered into as of June 1, 2024',
    )
    desk = new_desk()
    desk.corpus.add_contract("master", MASTER)
    desk.corpus.add_contract("restated", restated)
    question = "When does the initial term of the agreement end?"
    chosen = Filters(document_id=("master",))
    before, after = (desk.ask(question, as_of=day, filters=chosen) for day in (date(2024, 5, 31), date(2024, 6, 1)))
    assert before.value.value == "2025-01-10"
    assert after.value.value == "2027-06-01"
    assert after.claims[0].citations[0].document_id == "restated"


POINTING = """SERVICES AGREEMENT

This Services Agreement is made this 6t h day of March, 2006 by and between Halden Music Inc. and Opal Broadcasting LLC.

1. Effect. This Agreement shall become effective on the date first written above, by which both parties are bound.

2. Term. The initial term shall commence upon the Effective Date and shall expire on March 31, 2011.
"""


def test_the_day_of_making_is_looked_up_where_it_is_printed(ask: Any) -> None:
    answer = ask("What is the date of the contract?", POINTING)
    assert (answer.value.type, answer.value.value) == ("date", "2006-03-06")
    assert [sentence.kind.value for sentence in answer.sentences[:2]] == ["value", "quote"]
    assert "6t h day of March, 2006" in answer.sentences[1].text


def test_the_day_of_effect_that_points_to_another_is_quoted_with_it(ask: Any) -> None:
    answer = ask("On what date does the contract become effective?", POINTING)
    quotes = [sentence.text for sentence in answer.sentences if sentence.kind is SentenceKind.QUOTE]
    assert answer.value.value == "2006-03-06"
    assert "6t h day of March" in quotes[0]
    assert "date first written above" in quotes[1]
    assert "No other day of effect" not in answer.text


def test_where_no_day_of_effect_is_stated_that_of_making_is_given_and_said_to_be_it(ask: Any) -> None:
    silent = POINTING.replace("on the date first written above, by which both parties are bound", "as stated elsewhere")
    answer = ask("On what date does the contract become effective?", silent)
    assert answer.value.value == "2006-03-06"
    assert "No other day of effect was found" in answer.text


def test_a_lease_takes_effect_on_the_day_it_says(ask: Any) -> None:
    assert ask("Wann tritt der Vertrag in Kraft?", GERMAN).value.value == "2023-04-01"
    assert ask("Wann wurde der Vertrag geschlossen?", GERMAN).value.value == "2023-03-15"


def test_of_two_contracts_neither_is_looked_up_in(new_desk: type[Any]) -> None:
    desk = new_desk()
    desk.corpus.add_contract("one", POINTING)
    desk.corpus.add_contract("two", LEASE)
    answer = desk.ask("What is the date of the contract?")
    assert any(step.code == "not_known" for step in answer.steps)


@pytest.mark.parametrize(
    ("question", "text", "count", "unit"),
    [
        ("What notice period is required to prevent renewal?", LEASE, Decimal(10), "business_day"),
        ("Welche Kündigungsfrist gilt zum Ablauf der Laufzeit?", GERMAN, Decimal(3), "month"),
    ],
)
def test_the_notice_before_the_end_is_looked_up(ask: Any, question: str, text: str, count: Decimal, unit: str) -> None:
    answer = ask(question, text)
    assert (answer.value.type, answer.value.value, answer.value.unit) == ("duration", count, unit)
    assert answer.sentences[0].kind is SentenceKind.VALUE
