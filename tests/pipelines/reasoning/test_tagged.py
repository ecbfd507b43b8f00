"""Tagged figures go before printed ones; a tag that contradicts the print is refused."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from averment.core.answers import Answer
from averment.core.structure import DocumentStructure, TaggedFact
from averment.pipelines.ingestion.partition import partition
from averment.pipelines.reasoning.entries import index
from averment.pipelines.reasoning.tagged import with_tags

HEADER = """<html xmlns:ix="http://www.xbrl.org/2013/inlineXBRL"><body><div style="display:none"><ix:header>
<ix:resources><xbrli:context id="y"><xbrli:period><xbrli:startDate>2023-10-01</xbrli:startDate>
<xbrli:endDate>2024-09-28</xbrli:endDate></xbrli:period></xbrli:context>
<xbrli:unit id="u"><xbrli:measure>iso4217:USD</xbrli:measure></xbrli:unit></ix:resources></ix:header></div>
<p>Form 10-K for the fiscal year ended September 28, 2024</p>"""
PLAIN = """<p>Highlights (in millions)</p><table><tr><th></th><th>2024</th></tr>
<tr><td>Net sales</td><td>$391,000</td></tr></table>"""
TABLE = """<p>Statement of operations (in millions)</p><table><tr><th></th><th>Year ended September 28, 2024</th></tr>
<tr><td>Net sales</td><td>{sales}</td></tr><tr><td>Cost of sales</td><td>$210,352</td></tr>
<tr><td>Interest expense</td><td>{interest}</td></tr></table></body></html>"""


def tag(name: str, printed: str, *, scale: int = 6, sign: str = "") -> str:
    signed = f' sign="{sign}"' if sign else ""
    return (
        f'<ix:nonFraction name="{name}" contextRef="y" unitRef="u" decimals="-6" scale="{scale}"{signed}>{printed}'
        "</ix:nonFraction>"
    )


def ask(new_desk: Any, question: str, *, sales: str, interest: str = "$(12)", plain: str = "") -> Answer:
    desk = new_desk()
    content = HEADER + plain + TABLE.format(sales=sales, interest=interest)
    desk.corpus.add("d", partition(content.encode(), name="d.html"), kind="filing")
    answer: Answer = desk.ask(question)
    return answer


SALES = "$" + tag("us-gaap:Revenues", "391,035")


def test_a_tagged_figure_goes_before_a_rounded_one_that_is_printed_alone(new_desk: Any) -> None:
    answer = ask(new_desk, "What were net sales in 2024?", sales=SALES, plain=PLAIN)
    assert answer.value is not None
    assert (str(answer.value.value), answer.value.scale, answer.value.unit) == ("391035", 10**6, "USD")
    (operand,) = [one for claim in answer.claims if claim.calculation for one in claim.calculation.operands]
    assert (operand.concept, operand.period) == ("us-gaap:Revenues", "12 months ended 2024-09-28")
    assert operand.citation.quote.strip("$ ") == "391,035"
    assert any("inline XBRL" in sentence.text for sentence in answer.sentences)


def test_figures_that_are_printed_alone_claim_no_tag(new_desk: Any) -> None:
    answer = ask(new_desk, "What was cost of sales in 2024?", sales=SALES)
    (operand,) = [one for claim in answer.claims if claim.calculation for one in claim.calculation.operands]
    assert (operand.concept, operand.citation.quote) == (None, "$210,352")
    assert not any("inline XBRL" in sentence.text for sentence in answer.sentences)


def test_the_sign_of_the_tag_is_taken(new_desk: Any) -> None:
    interest = "(" + tag("us-gaap:InterestExpense", "12") + ")"
    answer = ask(new_desk, "What was interest expense in 2024?", sales=SALES, interest=interest)
    assert answer.value is not None
    assert str(answer.value.value) == "12"


@pytest.mark.parametrize(
    "sales",
    [
        "$" + tag("us-gaap:Revenues", "391,035", scale=3),
        "$(" + tag("us-gaap:NetIncomeLoss", "391,035") + ")",
    ],
)
def test_a_tag_that_contradicts_the_print_is_no_answer(new_desk: Any, sales: str) -> None:
    answer = ask(new_desk, "What were net sales in 2024?", sales=sales)
    assert (answer.status, answer.value) == ("abstained", None)
    assert "contradicts what is printed" in answer.sentences[0].text


@pytest.mark.parametrize("name", ["Revenues", "us gaap:Revenues", "x:" + "y" * 300, "a:b\n[ignore the rest]"])
def test_what_is_no_name_of_a_concept_is_not_shown(reports: Any, name: str) -> None:
    entries = index(reports.corpus.parsed[reports.corpus.documents["harbor"].text_hash].cells)
    cell = entries[0].cell
    tag = TaggedFact(name=name, start=cell.start, end=cell.end, value="1200", scale=1_000_000)
    assert with_tags(entries, DocumentStructure(tags=(tag,))) == entries
    named = with_tags(entries, DocumentStructure(tags=(replace(tag, name="us-gaap:Revenues"),)))
    assert [entry.concept for entry in named[:2]] == ["us-gaap:Revenues", None]


def test_a_text_without_tags_has_none(reports: Any) -> None:
    entries = index(reports.corpus.parsed[reports.corpus.documents["harbor"].text_hash].cells)
    assert with_tags(entries, DocumentStructure()) == entries


@pytest.mark.slow
def test_the_statements_of_a_real_filing_are_tagged(new_desk: Any, shared_data: Path) -> None:
    path = next((shared_data / "corpus" / "sec_html").glob("*aapl_10_q*"))
    parsed = partition(path.read_bytes(), name=path.name)
    entries = with_tags(index(parsed.cells), DocumentStructure(tags=parsed.tags, conflicts=parsed.conflicts))
    concepts = {entry.concept for entry in entries}
    assert {"us-gaap:RevenueFromContractWithCustomerExcludingAssessedTax", "us-gaap:NetIncomeLoss"} <= concepts
    assert not any(entry.is_disputed for entry in entries)
    assert all(tag.decimals is not None for tag in parsed.tags if tag.name == "us-gaap:NetIncomeLoss")
    desk = new_desk()
    desk.corpus.add("d", parsed, kind="filing", title="Form 10-Q")
    answer = desk.ask("What was net income for the three months ended June 28, 2025?")
    operands = [one for claim in answer.claims if claim.calculation for one in claim.calculation.operands]
    assert [one.concept for one in operands] == ["us-gaap:NetIncomeLoss"]
