"""Questions for words are answered by sentences and footnotes, not by rows of figures or what announces them."""

from typing import Any

import pytest

from averment.pipelines.ingestion.partition import partition
from averment.pipelines.reasoning.explaining import announces, asks_for_words, asks_why, gives_reason

OBLIGATIONS = """<html><body><p>Our contractual obligations are summarized below.</p>
<table><tr><th></th><th>Total</th><th>Less than 1 year</th></tr>
<tr><td>Purchase order obligations(2)</td><td>$351</td><td>$289</td></tr>
<tr><td>Operating lease obligations</td><td>$603</td><td>$118</td></tr></table>
<p>(1) Consists of interest on notes payable outstanding as of the end of the year.</p>
<p>(2) Consists of commitments entered into for equipment under legally enforceable agreements.</p></body></html>"""
REVENUE = """<html><body><p>Why wireless revenue did increase in 2018: it did so again.</p>
<p>Why wireless revenue did increase in 2018 is due to users.</p>
<p>Why wireless revenue did increase in 2017 is due to users.</p>
<table><tr><th></th><th>2018</th><th>2017</th></tr><tr><td>Wireless revenue</td><td>$107</td><td>$100</td></tr></table>
<p>Our head office is rented.</p></body></html>"""


@pytest.mark.parametrize(
    ("question", "is_for_words"),
    [
        ("Why did service revenue increase?", True),
        ("What led to the increase in revenue in 2018?", True),
        ("How is deferred income recognised?", True),
        ("What do purchase obligations consist of?", True),
        ("What is included in restructuring expenses?", True),
        ("What method did the company use?", True),
        ("What was service revenue in 2018?", False),
        ("How did revenue change from 2017 to 2018?", False),
        ("How much interest is included in costs?", False),
        ("How many segments do we have?", False),
    ],
)
def test_what_asks_for_words(question: str, is_for_words: bool) -> None:
    assert asks_for_words(question) is is_for_words


@pytest.mark.parametrize(
    ("text", "is_announcement"),
    [
        ("Equity in net earnings of affiliates:", True),
        ("Our obligations are summarized below.", True),
        ("The following table shows the changes in the year.", True),
        ("The effect of the adoption was as follows:", True),
        ("Revenue rose as more was sold.", False),
        ("The following risks may harm our business and the price of our shares.", False),
        ("Income that relates to partly satisfied obligations at the end of the year, for contracts of more than one "
         "year, is expected to be recognised as revenue in the years that follow, by the dates given here:", False),
    ],
)  # fmt: skip
def test_what_only_announces(text: str, is_announcement: bool) -> None:
    assert announces(text) is is_announcement


def test_reasons() -> None:
    assert asks_why("What drove the decline?") and asks_why("Why was it sold?") and not asks_why("What was sold?")
    assert gives_reason("Sales fell due to fewer stores.") and not gives_reason("Sales fell by 3%.")


def quotes(desk: Any, question: str) -> list[str]:
    return [one.text.strip("“”") for one in desk.ask(question).sentences if one.kind == "quote"]


def test_the_footnote_of_a_row_says_what_it_is(new_desk: Any) -> None:
    desk = new_desk()
    desk.corpus.add("d", partition(OBLIGATIONS.encode(), name="d.html"))
    (quote,) = quotes(desk, "What do purchase order obligations consist of?")
    assert quote == "(2) Consists of commitments entered into for equipment under legally enforceable agreements."


def test_a_reason_of_the_year_goes_before_others_and_no_row_is_quoted(new_desk: Any) -> None:
    desk = new_desk()
    desk.corpus.add("d", partition(REVENUE.encode(), name="d.html"))
    (quote,) = quotes(desk, "Why did wireless revenue increase in 2018?")
    assert quote == "Why wireless revenue did increase in 2018 is due to users."
