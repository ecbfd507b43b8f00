"""XLSX through openpyxl: a heading for every sheet, a line for every row, a cell for every figure.

Numbers are written as the file stores them, percentages as percentages, dates as ISO 8601. Formulas count with their
stored result; one without a stored result is written as the formula. An element's section is the sheet and the range
of cells. What is not seen (hidden sheets, rows and columns, white and masked cells) is told apart. unstructured would
turn every number into text and lose the grid.
"""

from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO
from typing import Any, Final

from averment.core.documents import ElementKind, ParsedDocument
from averment.core.errors import DocumentCorrupt, DocumentLimitExceeded, PartitionFailed
from averment.pipelines.ingestion.archive import OfficeArchive
from averment.pipelines.ingestion.canonical import CanonicalWriter
from averment.pipelines.ingestion.hidden import HiddenReason, count_hidden
from averment.pipelines.ingestion.language import detect_language
from averment.pipelines.ingestion.limits import ParseLimits
from averment.pipelines.ingestion.media_types import XLSX
from averment.pipelines.ingestion.tables import Grid, GridCell, number_cells
from averment.pipelines.ingestion.xlsx_visibility import Visibility, read_comments, read_visibility

_MAX_CELLS: Final = 5_000_000


def partition_xlsx(content: bytes, *, archive: OfficeArchive, limits: ParseLimits) -> ParsedDocument:
    """Partition a workbook.

    Raises:
        DocumentCorrupt: A part is missing or damaged.
        DocumentLimitExceeded: It is too long.
        PartitionFailed: It holds nothing.
    """
    writer = CanonicalWriter()
    grids: list[Grid] = []
    unseen: list[tuple[str, HiddenReason]] = []
    for values, formulas in zip(_open(content, data_only=True), _open(content, data_only=False), strict=True):
        reader = _Sheet(writer, values, formulas, grid=Grid(id=f"t{len(grids) + 1}", context=values.title))
        reader.read(read_visibility(archive, values))
        grids.append(reader.grid)
        unseen.extend(reader.unseen)
        if writer.length > limits.max_chars:
            raise DocumentLimitExceeded(f"the text is longer than {limits.max_chars} characters", hint="split the file")
    if not unseen and not any(grid.cells for grid in grids):
        raise PartitionFailed("no text found in the workbook", hint="check that it is the right file")
    for text in read_comments(archive):
        writer.write(text)
        writer.end_line(ElementKind.OTHER)
    writer.write_hidden(unseen)
    text = writer.text()
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
        warnings=count_hidden(unseen),
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


class _Sheet:
    """Reads one sheet: what is seen into rows, what is not into a list with its reason."""

    def __init__(self, writer: CanonicalWriter, values: Any, formulas: Any, *, grid: Grid):
        self.grid = grid
        self.unseen: list[tuple[str, HiddenReason]] = []
        self._writer = writer
        self._values = values
        self._formulas = formulas

    def read(self, visibility: Visibility) -> None:
        """Read the rows in order."""
        writer, title = self._writer, self._values.title
        whole = HiddenReason.HIDDEN_SHEET if self._values.sheet_state != "visible" else None
        if whole is None:
            writer.section = (title,)
            writer.write(title)
            writer.end_line(ElementKind.HEADING)
        n_cells = 0
        for row, (shown, typed) in enumerate(zip(self._values.iter_rows(), self._formulas.iter_rows(), strict=False)):
            columns: list[int] = []
            unseen: dict[HiddenReason, list[str]] = {}
            for column, (cell, formula) in enumerate(zip(shown, typed, strict=False)):
                text = _show(cell) or (str(formula.value) if formula.value is not None else "")
                if not text.strip():
                    continue
                n_cells += 1
                reason = whole or visibility.reason(cell, row=row, column=column)
                if reason is not None:
                    unseen.setdefault(reason, []).append(text)
                    continue
                self._write(text, row=row, column=column)
                columns.append(column)
            self.unseen.extend((" ".join(texts), reason) for reason, texts in unseen.items())
            if columns:
                writer.section = (title, _range(row, columns))
                writer.end_line(ElementKind.TABLE_ROW)
            if n_cells > _MAX_CELLS:
                raise DocumentLimitExceeded(f"a sheet has more than {_MAX_CELLS} cells", hint="split the workbook")
        writer.section = ()

    def _write(self, text: str, *, row: int, column: int) -> None:
        writer = self._writer
        writer.space()
        start = writer.next_start()
        writer.write(text)
        self.grid.cells.append(
            GridCell(row=row, column=column, span=1, start=start, end=writer.length, text=writer.cut(start))
        )


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
