"""HTML: visible text in order, rows on one line, hidden parts left out."""

import json
import re
from bisect import bisect_right
from decimal import Decimal
from pathlib import Path

import pytest

from averment.core.documents import ElementKind, ParsedDocument
from averment.core.errors import DocumentLimitExceeded, PartitionFailed
from averment.pipelines.ingestion.limits import ParseLimits
from averment.pipelines.ingestion.markup import CONFLICTS, partition_markup
from averment.pipelines.ingestion.partition import partition

PAGE = """<html><head><title>Fees of 2023</title><style>p {}</style></head><body>
<h1>Fee schedule</h1><p>Fees are due <b>monthly</b>.<br>In advance.</p>
<div style="display:none">secret</div><script>alert(1)</script>
<p>(in thousands)</p>
<table><tr><td></td><td colspan="2">2023</td></tr>
<tr><td>Net <i>loss</i></td><td>$</td><td>(1,200</td><td>)</td></tr></table>
<ul><li>First</li><li>Second</li></ul></body></html>"""


def _html(body: str) -> ParsedDocument:
    return partition(body.encode(), name="a.html")


def test_text_is_in_document_order_with_rows_on_one_line() -> None:
    parsed = _html(PAGE)
    assert parsed.text.splitlines() == [
        "Fee schedule",
        "Fees are due monthly.",
        "In advance.",
        "(in thousands)",
        "2023",
        "Net loss $ (1,200)",
        "First",
        "Second",
        "secret",
    ]
    assert [element.text for element in parsed.elements if element.is_hidden] == ["secret"]
    assert parsed.title == "Fees of 2023"
    assert parsed.warnings == {"hidden_texts": 1, "hidden_characters_hidden_format": 6}
    assert parsed.elements[0].kind is ElementKind.HEADING


def test_a_figure_split_over_cells_is_one_cell() -> None:
    (cell,) = _html(PAGE).cells
    assert (cell.text, cell.value, cell.unit, cell.scale) == ("(1,200)", "-1200", "USD", 1000)
    assert (cell.row_header, cell.column_header, cell.period) == ("Net loss", "2023", "2023")


@pytest.mark.parametrize(
    ("inner", "read"),
    [
        ("in 2025<sup>1</sup> and", "in 2025 1 and"),
        ("in 2025<sup><a href='#n'>1</a></sup> and", "in 2025 1 and"),
        ("in 2025<span style='font-size:60%;vertical-align:super'>1</span> and", "in 2025 1 and"),
        ("in 2025<span style='font-size:6pt;position:relative;top:-3.5pt'>1</span>", "in 2025 1"),
        ("in 2025<span style='font-weight:bold'>1</span> and", "in 20251 and"),
        ("m<sup>2</sup> and 5<sup>th</sup> of 7", "m2 and 5th of 7"),
        ("in 2025<sup></sup> and 1", "in 2025 and 1"),
    ],
)
def test_raised_digits_stand_apart_from_the_figure_before_them(inner: str, read: str) -> None:
    parsed = partition(f"<html><body><p>{inner}</p></body></html>".encode(), name="a.html")
    assert parsed.text.strip() == read
    assert parsed.certificate is not None
    assert parsed.certificate.is_complete


def test_a_caption_inside_the_table_says_what_its_figures_are() -> None:
    rows = "<tr><th></th><th>2024</th></tr><tr><td>Rent</td><td>1,250</td></tr>"
    parsed = _html(f"<p>Rents</p><table><caption>(in thousands of dollars)</caption>{rows}</table>")
    (cell,) = parsed.cells
    assert (cell.value, cell.scale, cell.unit, cell.row_header) == ("1250", 1000, "USD", "Rent")
    kinds = {element.text: element.kind for element in parsed.elements}
    assert kinds["(in thousands of dollars)"] is ElementKind.PARAGRAPH
    assert kinds["Rent 1,250"] is ElementKind.TABLE_ROW


def test_inline_xbrl_facts_give_value_scale_sign_unit_and_period() -> None:
    parsed = _html(
        """<html><body><div style="display:none"><ix:header><ix:resources>
        <xbrli:context id="c1"><xbrli:period><xbrli:startDate>2023-04-01</xbrli:startDate>
        <xbrli:endDate>2023-06-30</xbrli:endDate></xbrli:period></xbrli:context>
        <xbrli:unit id="usd"><xbrli:measure>iso4217:USD</xbrli:measure></xbrli:unit></ix:resources></ix:header></div>
        <table><tr><td>Loss</td><td>(<ix:nonFraction unitRef="usd" contextRef="c1" scale="6" sign="-"
        name="x:Loss" format="ixt:num-dot-decimal">1,250</ix:nonFraction></td><td>)</td></tr></table></body></html>"""
    )
    (cell,) = parsed.cells
    assert parsed.text == "Loss (1,250)\n"
    assert (cell.value, cell.scale, cell.unit, cell.period) == ("-1250", 10**6, "USD", "3 months ended 2023-06-30")
    assert parsed.warnings == {}


def test_pages_without_text_and_too_deep_ones_are_refused() -> None:
    with pytest.raises(PartitionFailed, match="no text"):
        _html("<html><body><script>x()</script></body></html>")
    with pytest.raises(DocumentLimitExceeded, match="nest"):
        _html("<html><body>" + "<div>" * 20_000 + "deep" + "</div>" * 20_000 + "</body></html>")


@pytest.mark.slow
def test_gold_figures_of_filings_stand_in_cells_with_the_tagged_value(shared_data: Path) -> None:
    files = {
        row["doc_id"]: shared_data / row["files"][0]["path"]
        for row in map(json.loads, (shared_data / "docs.jsonl").read_text(encoding="utf-8").splitlines())
        if row["collection"] == "sec_html"
    }
    parsed = {name: partition(path.read_bytes(), name=path.name) for name, path in files.items()}
    questions = (shared_data / "benchmarks/sec_html/queries.jsonl").read_text(encoding="utf-8").splitlines()
    total = found = 0
    for question in map(json.loads, questions):
        if question["type"] != "table_lookup":
            continue
        cells = parsed[question["doc_ids"][0]].cells
        wanted = Decimal(str(question["answer"]))
        texts = {gold["text"] for gold in question["gold"]}
        hits = [
            c for c in cells if c.value and Decimal(c.value) * c.scale == wanted and any(t in c.text for t in texts)
        ]
        total += 1
        found += any(cell.row_header and cell.column_header and cell.period and cell.unit for cell in hits)
    assert total > 50
    assert found / total >= 0.95


@pytest.mark.slow
def test_figures_of_small_tables_stand_in_cells(shared_data: Path) -> None:
    total = found = 0
    for path in sorted((shared_data / "corpus/tatqa").glob("*.html")):
        parsed = partition(path.read_bytes(), name=path.name)
        starts = [cell.start for cell in parsed.cells]
        for element in parsed.elements:
            if element.kind is ElementKind.TABLE_ROW:
                for match in re.finditer(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", element.text):
                    at = element.start + match.start()
                    index = bisect_right(starts, at) - 1
                    total += 1
                    found += index >= 0 and parsed.cells[index].end > at
    assert found / total > 0.97


FILING = """<html><body><div style="display:none"><ix:header><ix:resources>
<xbrli:context id="c"><xbrli:period><xbrli:instant>2025-06-30</xbrli:instant></xbrli:period></xbrli:context>
<xbrli:unit id="u"><xbrli:measure>iso4217:USD</xbrli:measure></xbrli:unit></ix:resources></ix:header></div>
<p>Balance (in millions)</p><table><tr><td></td><td>2025</td></tr>
<tr><td>Cash</td><td>{first}</td></tr><tr><td>Debt</td><td>{second}</td></tr></table>
<p>Cash was {third} million.</p></body></html>"""
RIGHT = '<ix:nonFraction name="g:{name}" contextRef="c" unitRef="u" scale="{scale}">{figure}</ix:nonFraction>'


def _filing(second_scale: int) -> ParsedDocument:
    first = RIGHT.format(name="Cash", scale=6, figure="1,250")
    second = RIGHT.format(name="Debt", scale=second_scale, figure="80")
    third = RIGHT.format(name="Cash", scale=6, figure="1,250")
    return partition_markup(FILING.format(first=first, second=second, third=third).encode(), limits=ParseLimits())


def test_tags_are_joined_to_the_text_they_tag_in_tables_and_prose() -> None:
    parsed = _filing(second_scale=6)
    tagged = [(tag.name, parsed.text[tag.start : tag.end], tag.value, tag.scale, tag.period) for tag in parsed.tags]
    assert tagged == [
        ("g:Cash", "1,250", "1250", 10**6, "as of 2025-06-30"),
        ("g:Debt", "80", "80", 10**6, "as of 2025-06-30"),
        ("g:Cash", "1,250", "1250", 10**6, "as of 2025-06-30"),
    ]
    assert (parsed.conflicts, CONFLICTS in parsed.warnings) == ((), False)


def test_tags_within_tags_and_over_paragraphs_are_joined() -> None:
    nested = RIGHT.format(name="Cash", scale=6, figure=RIGHT.format(name="Assets", scale=6, figure="42"))
    debt = RIGHT.format(name="Debt", scale=6, figure="7")
    body = (
        '<p><ix:nonNumeric name="g:Policy" contextRef="c" continuedAt="k">'
        f"Cash was ${nested} million.</ix:nonNumeric></p>"
        f'<p><ix:continuation id="k">Debt was ({debt}).</ix:continuation></p>'
    )
    parsed = partition_markup(FILING.format(first=1, second=2, third=body).encode(), limits=ParseLimits())
    assert [(tag.name, parsed.text[tag.start : tag.end], tag.value) for tag in parsed.tags] == [
        ("g:Assets", "42", "42"),
        ("g:Cash", "42", "42"),
        ("g:Debt", "7", "7"),
    ]


def test_what_only_the_hidden_header_tags_is_not_in_the_text() -> None:
    hidden = f"<ix:hidden>{RIGHT.format(name='Hidden', scale=6, figure='777')}</ix:hidden><ix:resources>"
    page = FILING.format(first=1, second=2, third=3).replace("<ix:resources>", hidden, 1)
    parsed = partition_markup(page.encode(), limits=ParseLimits())
    assert ("777" in parsed.text, parsed.tags) == (False, ())


def test_a_sign_that_parentheses_contradict_is_reported() -> None:
    loss = "(" + RIGHT.format(name="NetIncomeLoss", scale=6, figure="20") + ")"
    parsed = partition_markup(FILING.format(first=loss, second=2, third=3).encode(), limits=ParseLimits())
    (found,) = parsed.conflicts
    assert (found.reason, found.printed, found.tagged) == ("sign", "-20000000", "20000000")


def test_a_tag_that_contradicts_the_caption_is_reported() -> None:
    parsed = _filing(second_scale=3)
    (found,) = parsed.conflicts
    assert (found.name, found.reason, found.printed, found.tagged) == ("g:Debt", "scale", "80000000", "80000")
    assert parsed.text[found.start : found.end] == "80"
    assert parsed.warnings[CONFLICTS] == 1
