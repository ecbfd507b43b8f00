"""What lies on a sheet beside its cells."""

from io import BytesIO

import xlsxwriter  # type: ignore[import-untyped] # XlsxWriter has no stubs

from averment.core.documents import ParsedDocument
from averment.pipelines.ingestion.partition import partition


def _book() -> ParsedDocument:
    stream = BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Plan")
        sheet.write_row(0, 0, ["Item", 2024])
        sheet.write_row(1, 0, ["Rent", 500])
        sheet.insert_textbox("D2", "Assumes 3 % growth")
        sheet.set_header("&LDraft of May &P")
        sheet.set_footer('&R&"Arial,Bold"Confidential')
        chart = book.add_chart({"type": "column"})
        chart.set_title({"name": "Rent by year"})
        chart.add_series({"name": "Rent", "categories": "=Plan!$B$1:$B$1", "values": "=Plan!$B$2:$B$2"})
        sheet.insert_chart("D9", chart)
        whole = book.add_chart({"type": "pie"})
        whole.set_title({"name": "A sheet of its own"})
        whole.add_series({"values": "=Plan!$B$2:$B$2"})
        book.add_chartsheet("Chart").set_chart(whole)
        unseen = book.add_worksheet("Hidden")
        unseen.write(0, 0, "x")
        unseen.insert_textbox("D2", "Nobody sees this")
        unseen.hide()
    return partition(stream.getvalue(), name="a.xlsx")


def test_boxes_charts_heads_and_chart_sheets_are_read() -> None:
    parsed = _book()
    shown = [(element.kind.value, element.text) for element in parsed.elements if not element.is_hidden]
    assert shown == [
        ("heading", "Plan"),
        ("table_row", "Item 2024"),
        ("table_row", "Rent 500"),
        ("paragraph", "Assumes 3 % growth"),
        ("paragraph", "Rent by year"),
        ("table_row", "Rent"),
        ("table_row", "2024 500"),
        ("header", "Draft of May"),
        ("footer", "Confidential"),
        ("paragraph", "A sheet of its own"),
        ("table_row", "500"),
    ]
    hidden = {(element.text, element.hidden_reason) for element in parsed.elements if element.is_hidden}
    assert hidden == {("x", "hidden_sheet"), ("Nobody sees this", "hidden_sheet")}
    assert parsed.certificate is not None
    assert parsed.certificate.is_complete, parsed.certificate.summary
