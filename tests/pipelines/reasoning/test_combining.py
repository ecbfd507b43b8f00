"""Answers of parts: each document's own, what was not found, and the difference."""

from dataclasses import replace
from decimal import Decimal
from itertools import count
from typing import Any

import pytest

from averment.core.access import Filters
from averment.core.answers import Answer, SentenceKind, Verdict
from averment.core.interpretation import SurveyCoverage, SurveyedDocument

NOTICE_PERIOD = "Compare the notice to prevent renewal of the Master Lease Agreement and the Harbour Lease."


def assert_cited(desk: Any, answer: Answer) -> None:
    """Check that every sentence but a notice is supported and cites the text."""
    for sentence in answer.sentences:
        if sentence.claim is None:
            assert sentence.kind is SentenceKind.NOTICE
            continue
        assert sentence.claim.verdict is Verdict.SUPPORTED
        assert sentence.claim.citations
        for cited in sentence.claim.citations:
            assert desk.corpus.text(cited.text_hash)[cited.start : cited.end] == cited.quote


def test_a_difference_of_durations_is_a_calculation_over_cited_words(leases: Any) -> None:
    answer = leases.ask(NOTICE_PERIOD)
    assert_cited(leases, answer)
    first = answer.sentences[0]
    assert first.text == "c1 - c2 = 60 days, where c1 = Master Lease Agreement: 90 days; c2 = Harbour Lease: 30 days."
    assert first.claim is not None
    assert [cited.quote for cited in first.claim.citations] == ["ninety (90) days", "thirty (30) days"]
    assert [cited.document_id for cited in first.claim.citations] == ["lease", "harbour"]
    assert (answer.value.value, answer.value.unit) == (Decimal(60), "day")
    assert (answer.status, answer.coverage.documents_read) == ("answered", 2)


def test_each_document_has_its_own_part_or_a_notice_that_nothing_was_found(leases: Any) -> None:
    answer = leases.ask(
        "Compare the governing law of the Master Lease Agreement, the Harbour Lease and the Supply Agreement."
    )
    assert_cited(leases, answer)
    texts = [sentence.text for sentence in answer.sentences]
    assert texts[:2] == ["In Master Lease Agreement:", "Stated: Delaware."]
    assert texts[3:5] == ["In Harbour Lease:", "Stated: Nevada."]
    assert texts[6] == "In Supply Agreement: nothing found that answers this."
    assert answer.value is None


def test_figures_are_subtracted_in_their_scale(reports: Any) -> None:
    answer = reports.ask("Compare the net sales in 2019 of the Copper annual report and the Harbor annual report")
    assert_cited(reports, answer)
    assert answer.method == "rules"
    assert (answer.value.value, answer.value.scale, answer.value.currency) == (Decimal(2400), 1_000_000, "USD")
    assert answer.sentences[0].text.startswith("c1 - c2 = 2,400 million USD, where c1 = Net sales (Copper annual")


def test_dates_are_counted_in_days_from_the_earlier_one(leases: Any, parse: Any) -> None:
    for name, day in (("alder", "May 1, 2022"), ("birch", "April 1, 2022")):
        text = f"{name.upper()} CONTRACT\n\n1. Term. The expiration date is {day}, when this Contract expires."
        leases.corpus.add(name, parse(text), title=f"{name.title()} Contract")
    answer = leases.ask("Compare the expiration date of the Alder Contract and the Birch Contract")
    assert_cited(leases, answer)
    assert answer.sentences[0].text == (
        "days(c1, c2) = 30 days, where c1 = Birch Contract: April 1, 2022; c2 = Alder Contract: May 1, 2022."
    )


@pytest.mark.parametrize("words", ["three (3) months", "a reasonable time"])
def test_what_cannot_be_subtracted_is_not(leases: Any, parse: Any, words: str) -> None:
    text = (
        f"ALDER LEASE\n\n1. Renewal. This Lease renews unless either party gives notice of non-renewal {words} before."
    )
    leases.corpus.add("alder", parse(text), title="Alder Lease")
    answer = leases.ask("Compare the notice to prevent renewal of the Harbour Lease and the Alder Lease")
    assert_cited(leases, answer)
    assert answer.value is None
    assert not [claim for claim in answer.claims if claim.calculation is not None]


def test_a_list_names_the_documents_that_fit(leases: Any) -> None:
    leases.corpus.survey = SurveyCoverage(
        documents_in_scope=30,
        documents_looked_at=30,
        documents_matched=14,
        is_exhaustive=True,
        matches=(SurveyedDocument(document_id="lease", title="Master Lease Agreement"),),
    )
    answer = leases.ask("Which contracts are governed by the laws of Delaware?")
    assert_cited(leases, answer)
    assert (answer.value.type, answer.value.value) == ("list", ("Master Lease Agreement",))
    assert "Looked at 30 documents one by one, of 30 documents in scope." in answer.text
    assert "13 documents more fit" in answer.text


def test_documents_of_one_title_are_told_apart_by_their_parties(leases: Any) -> None:
    for name in ("lease", "harbour"):
        leases.corpus.documents[name] = replace(leases.corpus.documents[name], title="Lease")
    answer = leases.ask("Compare the governing law of Larkspur Tools Inc. and Copperfield Ltd.")
    assert "In Lease (Northwind Estates GmbH, Larkspur Tools Inc.):" in answer.text
    assert "In Lease (Copperfield Ltd.):" in answer.text


def test_a_comparison_of_whatever_the_filters_leave(leases: Any) -> None:
    chosen = Filters(document_id=("lease", "harbour"))
    answer = leases.ask("Compare the governing law of the two leases", filters=chosen)
    assert "In Master Lease Agreement: Stated: Delaware." in answer.text
    assert "In Harbour Lease: Stated: Nevada." in answer.text


def test_a_part_that_was_not_finished_is_not_said_to_hold_nothing(leases: Any) -> None:
    question = "Compare the governing law of the Master Lease Agreement, the Harbour Lease and the Supply Agreement."
    texts = set()
    for after in range(2, 24):
        asked = count()
        answer = leases.ask(question, cancelled=lambda asked=asked, after=after: next(asked) >= after)
        texts.add(answer.text)
        for title, is_held in (("Master Lease Agreement", True), ("Harbour Lease", True), ("Supply Agreement", False)):
            if answer.status == "truncated" and is_held:
                assert f"In {title}: nothing found" not in answer.text
    assert any("not searched to the end" in text for text in texts)


def test_a_list_that_no_document_fits_quotes_nothing(leases: Any) -> None:
    leases.corpus.survey = SurveyCoverage(
        documents_in_scope=3, documents_looked_at=3, documents_matched=0, is_exhaustive=True
    )
    answer = leases.ask("Which contracts are governed by the laws of Utah?")
    assert (answer.status, answer.claims) == ("abstained", ())
    assert answer.text.startswith("I found none")
    assert "Looked at 3 documents one by one, of 3 documents in scope." in answer.text


def test_nothing_found_anywhere_is_an_abstention(leases: Any) -> None:
    answer = leases.ask("Compare the warranty period of the Master Lease Agreement and the Harbour Lease")
    assert (answer.status, answer.value) == ("abstained", None)
    assert not answer.claims
    assert "Read: 2 documents" in answer.text


def test_a_caller_who_wants_one_value_gets_no_parts(leases: Any) -> None:
    answer = leases.ask(NOTICE_PERIOD, answer_type="duration")
    assert all(step.part is None for step in answer.steps)


def test_which_of_two_reports_has_more_is_said_with_both_figures(reports: Any) -> None:
    answer = reports.ask(
        "Which had the higher net sales in 2019, the Harbor annual report or the Copper annual report?"
    )
    assert_cited(reports, answer)
    assert answer.sentences[0].text.startswith("Copper annual report: abs(c1 - c2) = 2,400 million USD, where c1 = ")
    assert answer.value.value == "Copper annual report"
    assert {claim.citations[0].document_id for claim in answer.claims} == {"harbor", "copper"}
    assert answer.method == "rules"


def test_periods_that_end_on_other_days_are_named(reports: Any) -> None:
    question = (
        "Comparing the Harbor annual report (fiscal year 2019) with the Copper annual report (fiscal year 2018): which "
        "has the higher net sales, and by how much?"
    )
    answer = reports.ask(question)
    assert_cited(reports, answer)
    assert answer.value.value == ("Copper annual report", "1,800 million USD")
    assert any("end on different days" in sentence.text for sentence in answer.sentences)


def test_a_gain_over_a_loss_is_no_ratio(reports: Any) -> None:
    question = (
        "What is the ratio of the net income of the Harbor annual report in 2019 to the net income of the Copper "
        "annual report in 2018?"
    )
    answer = reports.ask(question)
    assert_cited(reports, answer)
    assert answer.value is None
    assert any(sentence.text.startswith("Not computed with each other") for sentence in answer.sentences)
