"""Tables of a DOCX: merged cells, tables within cells."""

from averment.pipelines.ingestion.canonical import CanonicalWriter
from averment.pipelines.ingestion.docx_tables import rows_markup
from averment.pipelines.ingestion.markup_reader import MarkupReader
from averment.pipelines.ingestion.partition import partition
from tests.pipelines.ingestion.office_files import paragraph, table, word_file


def test_merged_heads_stand_over_all_their_columns() -> None:
    def cell(text: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"

    rows = (
        cell("Fee", '<w:vMerge w:val="restart"/>') + cell("Year", '<w:gridSpan w:val="2"/>'),
        cell("", "<w:vMerge/>") + cell("2023") + cell("2024"),
        cell("Rent") + cell("1,000") + cell("1,100"),
    )
    body = f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"
    parsed = partition(word_file(body), name="a.docx")
    assert [(cell.text, cell.row_header, cell.column_header) for cell in parsed.cells] == [
        ("1,000", "Rent", "Year | 2023"),
        ("1,100", "Rent", "Year | 2024"),
    ]


def test_a_table_within_a_cell_keeps_its_cells_and_those_around_it() -> None:
    inner = table([paragraph("Heat"), paragraph("77")])
    body = table(
        [paragraph("Item"), paragraph("2024")],
        [paragraph("Rent"), paragraph("500")],
        [paragraph("Costs") + inner, paragraph("90")],
    )
    parsed = partition(word_file(body), name="a.docx")
    assert {(cell.text, cell.row_header) for cell in parsed.cells} >= {("500", "Rent"), ("90", "Costs"), ("77", "Heat")}
    assert parsed.certificate is not None
    assert parsed.certificate.is_complete


def test_a_table_of_one_column_within_a_cell_is_a_list_in_its_place() -> None:
    inner = table([paragraph("fire")], [paragraph("theft")])
    body = table([paragraph("Cover"), paragraph("as follows:") + inner + paragraph("and no other")])
    assert "as follows: fire theft and no other" in partition(word_file(body), name="a.docx").text


def test_rows_of_texts_become_a_table() -> None:
    writer = CanonicalWriter()
    reader = MarkupReader(writer)
    reader.read(rows_markup([["", "A"], ["2024", "7"]]))
    assert writer.text() == "A\n2024 7\n"
    assert [cell.column for cell in reader.grids[0].cells if cell.text] == [1, 0, 1]
