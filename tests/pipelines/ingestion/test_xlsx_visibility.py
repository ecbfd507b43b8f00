"""Cells that nobody sees, and comments."""

from io import BytesIO

import openpyxl  # type: ignore[import-untyped] # openpyxl has no stubs
from openpyxl.comments import Comment  # type: ignore[import-untyped] # openpyxl has no stubs
from openpyxl.styles import Font, PatternFill  # type: ignore[import-untyped] # openpyxl has no stubs

from averment.core.documents import ParsedDocument
from averment.pipelines.ingestion.partition import partition


def workbook() -> ParsedDocument:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Fees"
    for row in (["Item", "2024", "by"], ["Rent", 1250, "Ada"], ["Old", 1, "Bob"], ["white", 2, ""], ["masked", 77, ""]):
        sheet.append(row)
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["C"].hidden = True
    sheet["A4"].font = sheet["B4"].font = Font(color="FFFFFF")
    sheet["B4"].fill = PatternFill("solid", fgColor="003366")
    sheet["B5"].number_format = ";;;"
    sheet["A2"].comment = Comment("Indexed?", "Ada")
    book.create_sheet("Past").append(["secret", 9])
    book["Past"].sheet_state = "veryHidden"
    stream = BytesIO()
    book.save(stream)
    return partition(stream.getvalue(), name="fees.xlsx")


def test_what_is_not_seen_stands_apart_with_its_reason() -> None:
    parsed = workbook()
    assert [(e.text, e.hidden_reason) for e in parsed.elements] == [
        ("Fees", None),
        ("Item 2024", None),
        ("Rent 1250", None),
        ("2", None),
        ("masked", None),
        ("Comment (A2): Indexed?", None),
        ("by", "hidden_column"),
        ("Ada", "hidden_column"),
        ("Old 1 Bob", "hidden_row"),
        ("white", "same_colour"),
        ("77", "hidden_format"),
        ("secret 9", "hidden_sheet"),
    ]
    assert all(parsed.text[e.start : e.end] == e.text for e in parsed.elements)


def test_no_figure_comes_from_what_is_not_seen() -> None:
    assert {cell.value for cell in workbook().cells if cell.value} == {"1250", "2"}
