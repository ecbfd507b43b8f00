"""A walk through HTML: visible text in document order, blocks on lines of their own, cells separated by a space.

Read with lxml and a walk of our own: unstructured takes seconds on a filing, loses the grid of nested tables and knows
no tags. Left out, as no text: head, scripts, styles, and the hidden inline-XBRL header. Text that styles keep from
being seen (`html_style`) is set apart, with the reason. A figure's closing parenthesis or percent sign in a cell of
its own stays with the figure. Tables become grids with the facts of tagged figures.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Final

from averment.core.documents import ElementKind
from averment.core.errors import DocumentCorrupt
from averment.pipelines.anatomy.tag_conflicts import ReadTag
from averment.pipelines.ingestion.canonical import CanonicalWriter
from averment.pipelines.ingestion.figures import CURRENCY_SIGN, parse_figure
from averment.pipelines.ingestion.hidden import HiddenReason
from averment.pipelines.ingestion.html_style import Ink, Look, StyleSheet
from averment.pipelines.ingestion.ixbrl import HIDDEN, NON_FRACTION, FactTable
from averment.pipelines.ingestion.markup_fields import BLOCKS, INLINE_BLOCKS, INVISIBLE, field_text, own_reason
from averment.pipelines.ingestion.markup_lists import ListNumbers
from averment.pipelines.ingestion.markup_tree import parse_tree
from averment.pipelines.ingestion.table_context import words_over
from averment.pipelines.ingestion.tables import Fact, Grid, GridCell

_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BOLD_STYLE: Final = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.I)
_TRAILING: Final = re.compile(r"\s*(?:\)|%|\)\s*%|%\s*\))\s*")
_BULLET: Final = re.compile(r"\s*(?:[•●▪■◦‣·*–—-]|\(?\w{1,4}[.)])\s*")
_MAX_SPAN: Final = 200
_MAX_COLUMNS: Final = 2_000
_MAX_FRAMES: Final = 3
_MAX_HEADING_CHARS: Final = 160


@dataclass(slots=True)
class _Table:
    grid: Grid
    first_element: int
    row: int = -1
    column: int = 0
    taken: dict[int, int] = field(default_factory=dict)  # the last row that a cell above reaches into, by column
    row_first_cell: int = 0
    has_inner: bool = False


@dataclass(slots=True)
class _Cell:
    table: _Table
    column: int
    span: int
    start: int
    is_header: bool
    facts: list[Fact] = field(default_factory=list)


class MarkupReader:
    """Walks a tree of HTML and writes the canonical text.

    Args:
        writer: Where the text goes.
        facts: The contexts and units of the document.
        styles: Its style sheet; inline styles are read without one.
        first_table: Number of the first table's id.
    """

    def __init__(
        self,
        writer: CanonicalWriter,
        *,
        facts: FactTable | None = None,
        styles: StyleSheet | None = None,
        first_table: int = 1,
    ):
        self.writer = writer
        self.grids: list[Grid] = []
        self.hidden: list[tuple[str, HiddenReason]] = []
        self.tags: list[ReadTag] = []
        self._facts = facts or FactTable()
        self._styles = styles or StyleSheet()
        self._ink = Ink()
        self._numbers = ListNumbers(self._styles)
        self._label = ""
        self._depth = 0
        self._inked: list[bool] = []
        self._next_table = first_table
        self._tag_starts: list[int] = []
        self._tables: list[_Table] = []
        self._cells: list[_Cell] = []
        self._bold = 0
        self._bold_chars = 0
        self._line_chars = 0
        self._heading = False
        self._is_raised = False

    def read(self, root: Any) -> None:
        """Read a whole tree, without recursion: hostile files nest tens of thousands deep."""
        from lxml import etree  # type: ignore[import-untyped] # lxml has no stubs

        walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
        for event, element in walk:
            if event in ("comment", "pi"):
                self._text(element.tail)
            elif event == "start":
                look = self._styles.look(element)
                if self._is_skipped(element, look):
                    walk.skip_subtree()
                    element.set("data-averment-skipped", "1")
                else:
                    self._start(element, look)
            else:
                if element.get("data-averment-skipped") is None:
                    self._end(element)
                if element is not root:
                    self._text(element.tail)
        self._end_line()

    def _is_skipped(self, element: Any, look: Look) -> bool:
        """Tell an element that holds no visible text; what it holds of hidden text is kept."""
        if element.tag in INVISIBLE:
            return True
        hides = look.hides or own_reason(element)
        if hides is None:
            return False
        text = _hidden_text(element)
        if text:
            self.hidden.append((text, hides))
        return True

    def _start(self, element: Any, look: Look) -> None:
        tag = element.tag
        self._inked.append(look.changes_ink)
        if look.changes_ink:
            self._ink.enter(look)
        starter = self._STARTERS.get(tag)
        if starter is not None:
            starter(self, element)
        elif tag in BLOCKS:
            self._break()
            self._heading = self._heading or (tag in _HEADINGS and not self._cells)
        elif tag in INLINE_BLOCKS:
            self.writer.space()
            self._text(field_text(element) if tag == "input" else "")
        self._bold += _is_bold(element)
        self._is_raised = self._is_raised or look.is_raised or tag == "sup"
        if tag == NON_FRACTION:
            self._tag_starts.append(self.writer.next_start())
            fact = self._facts.fact(element) if self._cells else None
            if fact is not None:
                self._cells[-1].facts.append(fact)
        if tag == "iframe":
            self._read_frame(element)
        else:
            self._text(element.text)

    def _read_frame(self, element: Any) -> None:
        """Read the page that a frame carries itself; nothing is fetched."""
        page = element.get("srcdoc")
        if page and page.strip() and self._depth < _MAX_FRAMES:
            self._depth += 1
            with suppress(DocumentCorrupt):  # white space and comments alone
                self.read(parse_tree(f"<body>{page}</body>".encode()))
            self._depth -= 1

    def _end(self, element: Any) -> None:
        tag = element.tag
        if tag == NON_FRACTION:
            self._end_tag(element)
        self._bold -= _is_bold(element)
        ender = self._ENDERS.get(tag)
        if ender is not None:
            ender(self)
        elif tag in BLOCKS:
            self._label = "" if tag == "li" else self._label
            self._break(ElementKind.LIST_ITEM if tag == "li" else None)
        elif tag in INLINE_BLOCKS:
            self.writer.space()
        if self._inked.pop():
            self._ink.leave()

    def _end_tag(self, element: Any) -> None:
        """Join a tag to what was written since it opened."""
        start = self._tag_starts.pop()
        written = self.writer.cut(start)
        start += len(written) - len(written.lstrip())
        read = self._facts.tag(element, start, end=self.writer.length)
        if read is not None:
            self.tags.append(read)

    def _text(self, text: str | None) -> None:
        if not text:
            return
        if self._ink.reason is not None and text.strip():
            self.hidden.append((" ".join(text.split()), self._ink.reason))
            return
        n_chars = len(text.strip())
        if self._label and n_chars:  # before the first words of an item, which may stand in a block of its own
            text, self._label = f"{self._label} {text.lstrip()}", ""
        self._line_chars += n_chars
        self._bold_chars += n_chars if self._bold > 0 else 0
        if self._is_raised and n_chars:
            self.writer.set_apart(text)
            self._is_raised = False
        self.writer.write(text)

    def _break(self, kind: ElementKind | None = None) -> None:
        if self._cells:
            self.writer.space()
        else:
            self._end_line(kind)

    def _end_line(self, kind: ElementKind | None = None) -> None:
        is_short = 0 < self._line_chars <= _MAX_HEADING_CHARS
        if self._heading or (is_short and self._bold_chars >= self._line_chars and kind is None):
            kind = ElementKind.HEADING
        self.writer.end_line(kind or ElementKind.PARAGRAPH)
        self._line_chars = self._bold_chars = 0
        self._heading = False

    def _start_table(self, _: Any) -> None:
        for outer in self._tables:
            outer.has_inner = True
        if not self._cells:
            self._end_line()
        else:
            self.writer.end_line(joins=False)
        grid = Grid(id=f"t{self._next_table}", context=words_over(self.writer.elements))
        self._next_table += 1
        self._tables.append(_Table(grid, len(self.writer.elements)))

    def _end_table(self) -> None:
        self._end_row()
        if self._tables:
            table = self._tables.pop()
            while self._cells and self._cells[-1].table is table:
                self._cells.pop()
            if not table.has_inner and table.grid.cells:
                self.grids.append(table.grid)
                self._unify(table)

    def _unify(self, table: _Table) -> None:
        """Make every row of a table of figures a row: its bold lines head columns, not sections."""
        elements = self.writer.elements
        if any(parse_figure(cell.text) for cell in table.grid.cells):
            for number in range(table.first_element, len(elements)):
                if elements[number].kind is not ElementKind.LIST_ITEM:
                    elements[number] = replace(elements[number], kind=ElementKind.TABLE_ROW)

    def _start_row(self, _: Any) -> None:
        if not self._tables:
            self._break()
            return
        self._end_row()
        table = self._tables[-1]
        if table.row < 0 and not self._cells:  # its caption is read
            self._end_line()
            table.grid.context, table.first_element = words_over(self.writer.elements), len(self.writer.elements)
        table.row += 1
        table.column = 0
        table.row_first_cell = len(table.grid.cells)

    def _end_row(self) -> None:
        if not self._tables:
            self._break()
            return
        table = self._tables[-1]
        while self._cells and self._cells[-1].table is table:
            self._end_cell()
        self._heading = False
        kind = _row_kind(table.grid.cells[table.row_first_cell :])
        is_bold = 0 < self._line_chars <= self._bold_chars and self._line_chars <= _MAX_HEADING_CHARS
        if kind is ElementKind.PARAGRAPH and is_bold:
            kind = ElementKind.HEADING
        self.writer.end_line(kind)
        self._line_chars = self._bold_chars = 0
        table.row_first_cell = len(table.grid.cells)

    def _start_cell(self, element: Any) -> None:
        if not self._tables:
            self._break()
            return
        table = self._tables[-1]
        while self._cells and self._cells[-1].table is table:
            self._end_cell()
        table.row = max(table.row, 0)
        while table.taken.get(table.column, -1) >= table.row and table.column < _MAX_COLUMNS:
            table.column += 1
        span, depth = _span(element, "colspan"), _span(element, "rowspan")
        if depth > 1:
            reach = dict.fromkeys(range(table.column, table.column + span), table.row + depth - 1)
            table.taken.update(reach)
        if _TRAILING.fullmatch("".join(element.itertext()) or "x"):
            self.writer.glue()
        else:
            self.writer.space()
        self._cells.append(_Cell(table, table.column, span, self.writer.next_start(), is_header=element.tag == "th"))
        table.column += span

    def _end_cell(self) -> None:
        if not self._cells:
            self._break()
            return
        cell = self._cells.pop()
        text = self.writer.cut(cell.start)
        end = cell.start + len(text)
        cell.table.grid.cells.append(
            GridCell(
                row=cell.table.row,
                column=cell.column,
                span=cell.span,
                start=cell.start,
                end=end,
                text=text,
                is_header=cell.is_header,
                fact=cell.facts[0] if len(cell.facts) == 1 and _is_only_figure(text) else None,
            )
        )
        self.writer.space()

    def _start_list(self, element: Any) -> None:
        self._break()
        self._numbers.enter(element)

    def _end_list(self) -> None:
        self._break()
        self._numbers.leave()

    def _start_item(self, element: Any) -> None:
        self._break()
        self._label = self._numbers.label(element)

    _STARTERS: Final[dict[str, Callable[["MarkupReader", Any], None]]] = {
        "table": _start_table,
        "ol": _start_list,
        "ul": _start_list,
        "li": _start_item,
        "tr": _start_row,
        "td": _start_cell,
        "th": _start_cell,
    }
    _ENDERS: Final[dict[str, Callable[["MarkupReader"], None]]] = {
        "table": _end_table,
        "ol": _end_list,
        "ul": _end_list,
        "tr": _end_row,
        "td": _end_cell,
        "th": _end_cell,
    }


def _hidden_text(element: Any) -> str:
    """Return the text of a hidden element; what holds only tags of a filing has none."""
    if any(True for _ in element.iter(*HIDDEN)):
        return ""
    words: list[str] = []
    for inner in element.iter():
        if isinstance(inner.tag, str) and inner.tag not in INVISIBLE:
            words.extend((inner.text or "").split())
        if inner is not element:
            words.extend((inner.tail or "").split())
    return " ".join(words)


def _is_bold(element: Any) -> bool:
    style = element.get("style")
    return element.tag in ("b", "strong", "th") or (style is not None and _BOLD_STYLE.search(style) is not None)


def _span(element: Any, name: str) -> int:
    text = (element.get(name) or "1").strip()
    return min(max(int(text), 1), _MAX_SPAN) if text.isascii() and text.isdigit() else 1


def _is_only_figure(text: str) -> bool:
    return len(text) < 40 and sum(char.isalpha() for char in text) <= 2


def _row_kind(cells: list[GridCell]) -> ElementKind:
    """Tell a row of a table from a paragraph or list item that is merely set in one."""
    filled = [cell for cell in cells if cell.text.strip()]
    has_figure = any(parse_figure(cell.text) or CURRENCY_SIGN.fullmatch(cell.text) for cell in filled)
    if len(filled) == 2 and _BULLET.fullmatch(filled[0].text) and not has_figure:
        return ElementKind.LIST_ITEM
    if len(filled) <= 1 and not has_figure:
        return ElementKind.PARAGRAPH
    return ElementKind.TABLE_ROW
