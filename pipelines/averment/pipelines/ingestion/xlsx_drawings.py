"""What lies on a sheet beside its cells: text boxes, charts, diagrams, and the heads and feet of its printed pages."""

import html
import re
from collections.abc import Iterator
from typing import Any, Final

from averment.core.documents import ElementKind
from averment.pipelines.ingestion.archive import OfficeArchive
from averment.pipelines.ingestion.canonical import CanonicalWriter
from averment.pipelines.ingestion.drawings import Drawing, read_drawing
from averment.pipelines.ingestion.relations import relations
from averment.pipelines.ingestion.tables import Grid, GridCell

_RUNNING: Final = re.compile(rb"<(?:\w{1,20}:)?(?:odd|even|first)(Header|Footer)>([^<]{0,20000})<")
# Codes of a head: fonts, sizes, places, the number of the page.
_CODE: Final = re.compile(r'&(?:"[^"]{0,200}"|\d+|K[0-9A-Fa-f+-]{6}|[A-Z&])')
_TAIL_BYTES: Final = 1 << 18
_DRAWN: Final = frozenset({"chart", "chartEx", "diagramData"})


def sheet_part(sheet: Any) -> str:
    """Return the name of the part that a sheet of openpyxl's fast reader lies in."""
    return str(getattr(sheet, "_worksheet_path", "") or "").lstrip("/")


class SheetDrawings:
    """Writes the drawings of a workbook, each once.

    Args:
        archive: The workbook.
    """

    def __init__(self, archive: OfficeArchive):
        self._archive = archive
        self._done: set[str] = set()

    def write(self, writer: CanonicalWriter, part: str, *, first_grid: int) -> list[Grid]:
        """Write the drawings of a sheet; return the tables of its charts, numbered from `first_grid` on."""
        grids: list[Grid] = []
        for relation in relations(self._archive, part).values():
            if relation.kind == "drawing" and relation.target in self._archive.names:
                grids.extend(self._write_all(writer, relation.target, first_grid + len(grids)))
        return grids

    def write_rest(self, writer: CanonicalWriter, *, first_grid: int) -> list[Grid]:
        """Write the drawings that no sheet of cells has: those of sheets that are charts."""
        grids: list[Grid] = []
        for name in sorted(self._archive.names):
            if re.fullmatch(r"xl/drawings/drawing\d*\.xml", name) and name not in self._done:
                grids.extend(self._write_all(writer, name, first_grid + len(grids)))
        return grids

    def texts(self, part: str) -> Iterator[str]:
        """Yield the texts of a sheet's drawings, which then count as written."""
        for relation in relations(self._archive, part).values():
            if relation.kind == "drawing" and relation.target in self._archive.names:
                for drawing in self._drawings(relation.target):
                    yield from drawing.lines
                    yield from (" ".join(filter(None, row)) for row in drawing.rows)

    def _write_all(self, writer: CanonicalWriter, part: str, number: int) -> list[Grid]:
        grids: list[Grid] = []
        for drawing in self._drawings(part):
            for line in drawing.lines:
                writer.write(line)
                writer.end_line()
            if drawing.rows:
                grids.append(_grid(writer, drawing, f"t{number + len(grids)}"))
        return grids

    def _drawings(self, part: str) -> Iterator[Drawing]:
        if part in self._done:
            return
        self._done.add(part)
        yield read_drawing(self._archive.xml(part))
        for relation in relations(self._archive, part).values():
            if relation.kind in _DRAWN and relation.target in self._archive.names and relation.target not in self._done:
                self._done.add(relation.target)
                yield read_drawing(self._archive.xml(relation.target))


def _grid(writer: CanonicalWriter, drawing: Drawing, name: str) -> Grid:
    grid = Grid(id=name, context="\n".join(drawing.lines))
    for row, texts in enumerate(drawing.rows):
        for column, text in enumerate(texts):
            if text:
                writer.space()
                start = writer.next_start()
                writer.write(text)
                cell = GridCell(row=row, column=column, span=1, start=start, end=writer.length, text=writer.cut(start))
                grid.cells.append(cell)
        writer.end_line(ElementKind.TABLE_ROW)
    return grid


def write_running(writer: CanonicalWriter, archive: OfficeArchive, *, part: str) -> None:
    """Write the heads and feet of a sheet's printed pages, each once."""
    if part not in archive.names:
        return
    for kind, found in dict.fromkeys(_RUNNING.findall(archive.read(part)[-_TAIL_BYTES:])):
        text = _CODE.sub(" ", html.unescape(found.decode("utf-8", errors="replace")))
        writer.write(text)
        writer.end_line(ElementKind.HEADER if kind == b"Header" else ElementKind.FOOTER)
