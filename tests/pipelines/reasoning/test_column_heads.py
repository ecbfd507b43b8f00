"""The head that names a period is cited where it stands, or not at all."""

from typing import Any

from averment.pipelines.ingestion.partition import partition
from averment.pipelines.reasoning.column_heads import head_of
from averment.pipelines.reasoning.entries import index
from averment.pipelines.reasoning.evidence import Source

TWO_TABLES = """<html><body><p>Sales of 2019 rose.</p>
<table><tr><th></th><th>2019</th><th>2018</th></tr><tr><td>Net sales</td><td>$1,200</td><td>$1,000</td></tr></table>
<p>Costs</p>
<table><tr><th></th><th>2019</th><th>2018</th></tr><tr><td>Cost of sales</td><td>$700</td><td>$600</td></tr></table>
</body></html>"""
ROWS = """<html><body><table><tr><th>Fiscal year</th><th>Net sales</th></tr><tr><td>2019</td><td>$1,200</td></tr>
<tr><td>2018</td><td>$1,000</td></tr></table></body></html>"""
SHARED = """<html><body><table><tr><th></th><th colspan="2">2019</th><th colspan="2">2018</th></tr>
<tr><th></th><th>Amount</th><th>%</th><th>Amount</th><th>%</th></tr>
<tr><td>Net sales</td><td>$1,200</td><td>60%</td><td>$1,000</td><td>50%</td></tr></table></body></html>"""
BARE = """<html><body><table><tr><th></th><th>Amount</th></tr><tr><td>Net sales</td><td>$1,200</td></tr>
</table></body></html>"""


def heads(new_desk: Any, html: str) -> dict[str, int | None]:
    """Return for each figure where the head that names its period begins."""
    desk = new_desk()
    desk.corpus.add("d", partition(html.encode(), name="d.html"))
    document = desk.corpus.documents["d"]
    digest = document.text_hash
    source = Source(document, text=desk.corpus.text(digest), layout=desk.corpus.layout(digest))
    entries = index(source.layout.cells())
    found = {entry.cell.text: head_of(entry, entries, source=source) for entry in entries}
    assert all(head is None or source.text[head.start : head.end] == head.quote for head in found.values())
    return {text: None if head is None else head.start for text, head in found.items()}


def text_of(html: str) -> str:
    return partition(html.encode(), name="d.html").text


def test_a_head_is_the_one_over_its_own_table(new_desk: Any) -> None:
    found, text = heads(new_desk, TWO_TABLES), text_of(TWO_TABLES)
    first, second = text.index("2019", text.index("rose")), text.rindex("2019")
    assert first < text.index("Costs") < second
    assert (found["$1,200"], found["$700"]) == (first, second)
    assert found["$600"] == text.rindex("2018")


def test_a_period_may_stand_before_its_figure(new_desk: Any) -> None:
    found, text = heads(new_desk, ROWS), text_of(ROWS)
    assert [found["$1,200"], found["$1,000"]] == [text.index("2019"), text.index("2018")]


def test_a_head_over_several_columns_is_theirs(new_desk: Any) -> None:
    found, text = heads(new_desk, SHARED), text_of(SHARED)
    assert {found["$1,200"], found["60%"]} == {text.index("2019")}
    assert {found["$1,000"], found["50%"]} == {text.index("2018")}


def test_what_names_no_period_is_not_cited(new_desk: Any) -> None:
    assert heads(new_desk, BARE) == {"$1,200": None}
