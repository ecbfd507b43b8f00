"""XLSX through openpyxl: a heading for every sheet, a line for every row, a cell for every figure.

Numbers are written as the file stores them (`number_formats`), dates as ISO 8601. Charts and text boxes follow their
sheet. Formulas count with their
stored result; one without a stored result is written as the formula. An element's section is the sheet and the range
of cells. What is not seen (hidden sheets, rows and columns, white and masked cells) is told apart. unstructured would
turn every number into text and lose the grid.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
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
from averment.pipelines.ingestion.number_formats import show_number
from averment.pipelines.ingestion.tables import Grid, GridCell, number_cells
from averment.pipelines.ingestion.xlsx_drawings import SheetDrawings, sheet_part, write_running
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
    drawings = SheetDrawings(archive)
    for values, formulas in zip(_open(content, data_only=True), _open(content, data_only=False), strict=True):
        reader = _Sheet(writer, values, formulas, grid=Grid(id=f"t{len(grids) + 1}", context=values.title))
        reader.read(read_visibility(archive, values))
        grids.append(reader.grid)
        unseen.extend(reader.unseen)
        part = sheet_part(values)
        if values.sheet_state == "visible":
            writer.section = (values.title,)
            grids.extend(drawings.write(writer, part, first_grid=len(grids) + 1))
            write_running(writer, archive, part=part)
            writer.section = ()
        else:
            unseen.extend((text, HiddenReason.HIDDEN_SHEET) for text in drawings.texts(part))
        if writer.length > limits.max_chars:
            raise DocumentLimitExceeded(f"the text is longer than {limits.max_chars} characters", hint="split the file")
    grids.extend(drawings.write_rest(writer, first_grid=len(grids) + 1))
    for text in read_comments(archive):
        writer.write(text)
        writer.end_line(ElementKind.OTHER)
    if not unseen and not any(element.kind is not ElementKind.HEADING for element in writer.elements):
        raise PartitionFailed("no text found in the workbook", hint="check that it is the right file")
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
        for row, cells in _rows(self._values, self._formulas):
            columns: list[int] = []
            unseen: dict[HiddenReason, list[str]] = {}
            for cell in cells:
                n_cells += 1
                reason = whole or visibility.reason(cell, row=row, column=cell.column - 1)
                if reason is not None:
                    unseen.setdefault(reason, []).append(cell.text)
                    continue
                self._write(cell.text, row=row, column=cell.column - 1)
                columns.append(cell.column - 1)
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


class _Cell:
    """A cell that holds something, with the looks of its style as openpyxl tells them."""

    __slots__ = ("_style_id", "column", "row", "styled", "text")

    def __init__(self, styled: Any, text: str):
        self.styled, self.text = styled, text
        self.row, self.column, self._style_id = styled.row, styled.column, styled._style_id

    @property
    def number_format(self) -> str:
        """Return the code of its number format."""
        return self.styled.number_format or ""

    @property
    def font(self) -> Any:
        """Return its font."""
        return self.styled.font

    @property
    def fill(self) -> Any:
        """Return its fill."""
        return self.styled.fill


def _rows(values: Any, formulas: Any) -> Iterator[tuple[int, list[_Cell]]]:
    """Yield the rows that hold something, from 0 on and in order, with the cells that do.

    openpyxl's own rows are filled up with empty cells to the last place that a sheet uses, which one stray cell may put
    at the far end of sixteen thousand million.
    """
    rows: dict[int, list[_Cell]] = {}
    for shown, typed in zip(_cells(values), _cells(formulas), strict=False):
        text = _show(shown)
        if not text and typed.value is not None:
            text = str(typed.value)
        if text.strip():
            rows.setdefault(shown.row - 1, []).append(_Cell(shown, text))
    for row in sorted(rows):
        yield row, sorted(rows[row], key=lambda cell: cell.column)


def _cells(sheet: Any) -> Iterator[Any]:
    from openpyxl.cell.read_only import ReadOnlyCell  # type: ignore[import-untyped] # openpyxl has no stubs
    from openpyxl.worksheet._reader import WorkSheetParser  # type: ignore[import-untyped] # openpyxl has no stubs

    book = sheet.parent
    with sheet._get_source() as source:
        parser = WorkSheetParser(
            source,
            sheet._shared_strings,
            data_only=book.data_only,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        try:
            for _, row in parser.parse():
                for cell in row:
                    yield ReadOnlyCell(sheet, **cell)
        except (ValueError, TypeError, KeyError, IndexError, AttributeError, SyntaxError) as error:
            raise DocumentCorrupt(
                f"a sheet cannot be read ({type(error).__name__})", hint="open it in Excel and save it again"
            ) from error


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
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    if isinstance(value, (int, float)):
        return show_number(value, cell.number_format or "")
    return str(value)


def _range(row: int, columns: list[int]) -> str:
    from openpyxl.utils import get_column_letter  # type: ignore[import-untyped] # openpyxl has no stubs

    first, last = get_column_letter(columns[0] + 1), get_column_letter(columns[-1] + 1)
    return f"{first}{row + 1}" if first == last else f"{first}{row + 1}:{last}{row + 1}"
