"""XLSX through openpyxl: a heading for every sheet, a line for every row, a cell for every figure.

Numbers are written as the file stores them, percentages as percentages, dates as ISO 8601. Formulas count with their
stored result; one without a stored result is written as the formula. An element's section is the sheet and the range
of cells. Hidden sheets are read and marked. unstructured would turn every number into text and lose the grid.
"""

from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO
from typing import Any, Final

from averment.core.documents import ElementKind, ParsedDocument
from averment.core.errors import DocumentCorrupt, DocumentLimitExceeded, PartitionFailed
from averment.pipelines.ingestion.archive import OfficeArchive
from averment.pipelines.ingestion.canonical import CanonicalWriter
from averment.pipelines.ingestion.hidden import HiddenReason
from averment.pipelines.ingestion.language import detect_language
from averment.pipelines.ingestion.limits import ParseLimits
from averment.pipelines.ingestion.media_types import XLSX
from averment.pipelines.ingestion.tables import Grid, GridCell, number_cells

_MAX_CELLS: Final = 5_000_000


def partition_xlsx(content: bytes, *, archive: OfficeArchive, limits: ParseLimits) -> ParsedDocument:
    """Partition a workbook.

    Raises:
        DocumentCorrupt: A part is missing or damaged.
        DocumentLimitExceeded: It is too long.
        PartitionFailed: It holds nothing.
    """
    del archive  # opening it was the check of its limits
    writer = CanonicalWriter()
    grids: list[Grid] = []
    warnings: dict[str, int] = {}
    for values, formulas in zip(_open(content, data_only=True), _open(content, data_only=False), strict=True):
        is_hidden = values.sheet_state != "visible"
        if is_hidden:
            warnings["hidden_sheets"] = warnings.get("hidden_sheets", 0) + 1
        writer.hidden = HiddenReason.HIDDEN_SHEET if is_hidden else None
        grids.append(_read_sheet(writer, values, formulas, number=len(grids) + 1))
        if writer.length > limits.max_chars:
            raise DocumentLimitExceeded(f"the text is longer than {limits.max_chars} characters", hint="split the file")
    text = writer.text()
    if not any(grid.cells for grid in grids):
        raise PartitionFailed("no text found in the workbook", hint="check that it is the right file")
    language = detect_language(text)
    from importlib.metadata import version

    return ParsedDocument(
        text=text,
        elements=tuple(writer.elements),
        cells=tuple(number_cells(grids, language=language)),
        media_type=XLSX,
        parser=f"openpyxl {version('openpyxl')}",
        language=language,
        title=None,
        warnings=warnings,
    )


def _open(content: bytes, *, data_only: bool) -> list[Any]:
    import zipfile

    from openpyxl import load_workbook  # type: ignore[import-untyped] # openpyxl has no stubs
    from openpyxl.utils.exceptions import InvalidFileException  # type: ignore[import-untyped] # openpyxl has no stubs

    try:
        book = load_workbook(BytesIO(content), read_only=True, data_only=data_only, keep_links=False)
    except (KeyError, ValueError, TypeError, AttributeError, zipfile.BadZipFile, InvalidFileException) as error:
        raise DocumentCorrupt(
            f"the workbook cannot be read ({type(error).__name__})", hint="open it in Excel and save it again"
        ) from error
    return [sheet for sheet in book.worksheets if hasattr(sheet, "iter_rows")]


def _read_sheet(writer: CanonicalWriter, values: Any, formulas: Any, *, number: int) -> Grid:
    writer.section = (values.title,)
    writer.write(values.title)
    writer.end_line(ElementKind.HEADING)
    grid = Grid(id=f"t{number}", context=values.title)
    n_cells = 0
    for row, (shown, typed) in enumerate(zip(values.iter_rows(), formulas.iter_rows(), strict=False)):
        columns: list[int] = []
        for column, (cell, formula) in enumerate(zip(shown, typed, strict=False)):
            text = _show(cell) or (str(formula.value) if formula.value is not None else "")
            if not text.strip():
                continue
            writer.space()
            start = writer.next_start()
            writer.write(text)
            columns.append(column)
            grid.cells.append(
                GridCell(row=row, column=column, span=1, start=start, end=writer.length, text=writer.cut(start))
            )
        if columns:
            writer.section = (values.title, _range(row, columns))
            writer.end_line(ElementKind.TABLE_ROW)
        n_cells += len(columns)
        if n_cells > _MAX_CELLS:
            raise DocumentLimitExceeded(f"a sheet has more than {_MAX_CELLS} cells", hint="split the workbook")
    return grid


def _show(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, (int, float)):
        return _show_number(value, cell.number_format or "")
    return str(value)


def _show_number(value: float, form: str) -> str:
    number = Decimal(repr(value))
    if "%" in form:
        return f"{format((number * 100).normalize(), 'f')}%"
    sign = next((sign for sign in "$€£¥" if sign in form), "")
    return sign + format(number, "f").removesuffix(".0")


def _range(row: int, columns: list[int]) -> str:
    from openpyxl.utils import get_column_letter  # type: ignore[import-untyped] # openpyxl has no stubs

    first, last = get_column_letter(columns[0] + 1), get_column_letter(columns[-1] + 1)
    return f"{first}{row + 1}" if first == last else f"{first}{row + 1}:{last}{row + 1}"
