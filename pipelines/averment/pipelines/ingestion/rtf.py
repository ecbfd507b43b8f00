"""RTF to a parsed document: text, tables, notes, headers, list numbers as shown; hidden and deleted text told apart.

Follows the Rich Text Format specification 1.9.1 as far as text goes. Footnotes, comments, headers and footers come
after the body, text boxes after the paragraph they hang on. Deleted (tracked), hidden, white and tiny text is
written at the end and marked. What is no text is left out: pictures, embedded objects, field instructions,
styles. Groups nest without recursion, as hostile files nest deep. `rtf_tokens` cuts the bytes into tokens.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from averment.core.documents import ElementKind, ParsedDocument
from averment.core.errors import DocumentCorrupt, DocumentLimitExceeded, PartitionFailed
from averment.pipelines.ingestion.canonical import CanonicalWriter
from averment.pipelines.ingestion.hidden import HiddenReason, count_hidden
from averment.pipelines.ingestion.language import detect_language
from averment.pipelines.ingestion.limits import ParseLimits
from averment.pipelines.ingestion.media_types import RTF
from averment.pipelines.ingestion.rtf_tokens import Token, code_page, read_tokens
from averment.pipelines.ingestion.rtf_words import KEPT, LEFT_OUT, SIGNS, SYMBOLS
from averment.pipelines.ingestion.symbols import is_symbol_font, symbol
from averment.pipelines.ingestion.tables import Grid, GridCell, number_cells

_MAX_DEPTH: Final = 10_000
_TINY_HALF_POINTS: Final = 4
_SYMBOL_CHARSET: Final = 2
_WHITE: Final = (255, 255, 255)
_NOTES: Final = {
    "footnote": ElementKind.FOOTNOTE,
    "annotation": ElementKind.OTHER,
    "header": ElementKind.HEADER,
    "headerl": ElementKind.HEADER,
    "headerr": ElementKind.HEADER,
    "headerf": ElementKind.HEADER,
    "footer": ElementKind.FOOTER,
    "footerl": ElementKind.FOOTER,
    "footerr": ElementKind.FOOTER,
    "footerf": ElementKind.FOOTER,
    "shptxt": ElementKind.PARAGRAPH,
}


@dataclass(frozen=True, slots=True)
class _State:
    """What holds within a group."""

    place: str = "body"
    is_hidden: bool = False
    is_deleted: bool = False
    is_struck: bool = False
    is_raised: bool = False
    is_bold: bool = False
    colour: int = 0
    background: int = 0
    half_points: int = 24
    skip_after_unicode: int = 1
    page: str = "cp1252"
    font: str = ""
    heading: bool = False

    def hidden_reason(self, colours: list[tuple[int, int, int]]) -> HiddenReason | None:
        """Say why text of this state cannot be seen; None for text that can."""
        if self.is_deleted:
            return HiddenReason.DELETED
        if self.is_hidden:
            return HiddenReason.HIDDEN_FORMAT
        if self.is_struck:
            return HiddenReason.STRUCK_OUT
        if self.half_points <= _TINY_HALF_POINTS:
            return HiddenReason.TINY
        is_white = 0 < self.colour < len(colours) and colours[self.colour] == _WHITE
        return HiddenReason.SAME_COLOUR if is_white and not self.background else None


@dataclass(slots=True)
class _Block:
    """A paragraph while it is read: its text, and how much of it is bold."""

    parts: list[str] = field(default_factory=list)
    n_chars: int = 0
    n_bold: int = 0


@dataclass(slots=True)
class _Body:
    """Writes paragraphs and rows of the body."""

    writer: CanonicalWriter = field(default_factory=CanonicalWriter)
    grids: list[Grid] = field(default_factory=list)
    row: list[tuple[str, int, int]] = field(default_factory=list)
    n_rows: int = 0
    is_in_table: bool = False

    def cell(self, text: str) -> None:
        """Write a cell of the current row."""
        self.writer.space()
        start = self.writer.next_start()
        self.writer.write(" ".join(text.split()))
        self.row.append((self.writer.cut(start), start, self.writer.length))

    def end_row(self) -> None:
        """End the current row of a table."""
        if not self.is_in_table:
            self.grids.append(Grid(id=f"t{len(self.grids) + 1}", context=self._context()))
            self.is_in_table, self.n_rows = True, 0
        self.grids[-1].cells.extend(
            GridCell(row=self.n_rows, column=column, span=1, start=start, end=end, text=text)
            for column, (text, start, end) in enumerate(self.row)
        )
        self.row = []
        self.n_rows += 1
        self.writer.end_line(ElementKind.TABLE_ROW)

    def paragraph(self, text: str, kind: ElementKind) -> None:
        """Write a paragraph; its inner breaks stay lines."""
        if not text.strip():
            return
        self.is_in_table = False
        for line in text.split("\v"):
            self.writer.write(line)
            self.writer.end_line(joins=True)
        self.writer.end_line(kind)

    def _context(self) -> str:
        return "\n".join(element.text for element in self.writer.elements[-4:])[-600:]


class _Reader:
    def __init__(self) -> None:
        self.body = _Body()
        self.warnings: dict[str, int] = {}
        self.hidden: list[tuple[str, HiddenReason]] = []
        self._state = _State()
        self._stack: list[_State] = []
        self._blocks: dict[str, _Block] = {}
        self._notes: list[tuple[ElementKind, str]] = []
        self._boxes: list[str] = []
        self._fonts: dict[int, str] = {}
        self._font_names: dict[int, str] = {}
        self._symbol_fonts: set[int] = set()
        self._font = 0
        self._colours: list[tuple[int, int, int]] = []
        self._colour: dict[str, int] = {}
        self._hidden: list[str] = []
        self._hidden_reason: HiddenReason | None = None
        self._is_starred = False
        self._n_notes = 0

    def read(self, content: bytes) -> None:
        """Read a whole file."""
        for token in read_tokens(content, state=lambda: (self._state.page, self._state.skip_after_unicode)):
            if token.kind == "open":
                self._open()
            elif token.kind == "close":
                self._close()
            elif token.kind == "word":
                self._word(token)
            elif token.kind == "symbol":
                self._is_starred = token.text == "*"
                self._text(SYMBOLS.get(token.text, ""))
            else:
                self._text(token.text)
        while self._stack:
            self.warnings["unclosed_groups"] = self.warnings.get("unclosed_groups", 0) + 1
            self._close()
        self._end_paragraph("body")
        self._end_hidden()
        for kind, text in self._notes:
            self.body.paragraph(text, kind)

    def _open(self) -> None:
        if len(self._stack) > _MAX_DEPTH:
            raise DocumentLimitExceeded(f"groups nest deeper than {_MAX_DEPTH}", hint="treat it as hostile")
        self._stack.append(self._state)
        self._is_starred = False

    def _close(self) -> None:
        inner = self._state
        if self._stack:
            self._state = self._stack.pop()
        if inner.place != self._state.place and inner.place in _NOTES:
            self._end_paragraph(inner.place)
        self._is_starred = False

    def _word(self, token: Token) -> None:
        name, number = token.text, token.number
        if self._is_starred and name not in KEPT and name not in _NOTES:
            self._state = replace(self._state, place="none")
        self._is_starred = False
        if self._starts_place(name):
            return
        if self._state.place in ("fonttbl", "colortbl"):
            self._table_word(name, number)
        elif name in SIGNS:
            self._text(SIGNS[name])
        elif name == "chftn":
            self._note_mark()
        elif name in ("cell", "nestcell"):
            self._end_cell()
        elif name in ("row", "nestrow"):
            self._end_row()
        elif name in _FORMATS:
            self._state = _FORMATS[name](self._state, number)
        elif name == "f":
            font = number or 0
            self._state = replace(
                self._state,
                page=self._fonts.get(font, self._state.page),
                font=self._font_names.get(font, "") if font in self._symbol_fonts else "",
            )

    def _starts_place(self, name: str) -> bool:
        """Tell a word that says where the text of its group belongs, and go there."""
        place = self._state.place
        if name in ("fonttbl", "colortbl"):
            place = name
        elif name in LEFT_OUT or name == "upr":  # the Unicode twin of `upr` stands behind a star and is the one to read
            place = "none"
        elif name in ("ud", "result"):
            place = self._stack[-2].place if len(self._stack) > 1 else "body"
        elif name in _NOTES:
            place = place if place == "none" else name
        else:
            return False
        self._state = replace(self._state, place=place, is_hidden=self._state.is_hidden and name not in _NOTES)
        return True

    def _table_word(self, name: str, number: int | None) -> None:
        if name == "f":
            self._font = number or 0
        elif name == "fcharset":
            self._fonts[self._font] = code_page(number or 0)
            if number == _SYMBOL_CHARSET:
                self._symbol_fonts.add(self._font)
        elif name in ("red", "green", "blue"):
            self._colour[name] = number or 0

    def _text(self, text: str) -> None:
        place = self._state.place
        if place == "colortbl":
            for _ in range(text.count(";")):
                shade = self._colour
                self._colours.append((shade.get("red", 0), shade.get("green", 0), shade.get("blue", 0)))
                self._colour = {}
        elif place == "fonttbl":
            self._font_names.setdefault(self._font, text.strip().rstrip(";"))
        elif place == "none" or not text:
            return
        elif text == "\n":
            self._end_paragraph(place)
        elif self._state.font and is_symbol_font(self._state.font):
            self._add(place, "".join(self._symbol(char) for char in text))
        else:
            self._add(place, text)

    def _symbol(self, char: str) -> str:
        """Return what a character of a symbol font shows; its place was decoded as Windows-1252."""
        if char.isspace():
            return char
        code = char.encode("cp1252", errors="replace")[0] if ord(char) < 0xF000 else ord(char)
        return symbol(self._state.font, code)

    def _add(self, place: str, text: str) -> None:
        reason = self._state.hidden_reason(self._colours)
        if reason is not None and text.strip():
            if reason is not self._hidden_reason:
                self._end_hidden()
            self._hidden_reason = reason
            self._hidden.append(text)
            return
        block = self._blocks.setdefault(place, _Block())
        if self._state.is_raised and text[:1].isdigit() and block.parts and block.parts[-1][-1:].isdigit():
            text = f" {text}"  # `2025` and a small `1` are no `20251`
        block.parts.append(text)
        n_chars = len(text.strip())
        block.n_chars += n_chars
        block.n_bold += n_chars if self._state.is_bold else 0

    def _note_mark(self) -> None:
        """Write the number of a note: the next one in the text, the same one in the note itself."""
        if self._state.place == "body":
            self._n_notes += 1
        if self._state.place in ("body", "footnote"):
            self._add(
                self._state.place, f"[{self._n_notes}] " if self._state.place == "footnote" else f"[{self._n_notes}]"
            )

    def _end_hidden(self) -> None:
        text = " ".join("".join(self._hidden).split())
        if text and self._hidden_reason is not None:
            self.hidden.append((text, self._hidden_reason))
        self._hidden, self._hidden_reason = [], None

    def _end_paragraph(self, place: str) -> None:
        self._end_hidden()
        block = self._blocks.pop(place, _Block())
        text = "".join(block.parts)
        if place == "shptxt":
            self._boxes.append(text)
        elif place in _NOTES:
            if text.strip():
                self._notes.append((_NOTES[place], f"Comment: {text}" if place == "annotation" else text))
        elif self.body.row:
            # A paragraph break within a cell: the cell goes on.
            self._blocks[place] = _Block([text, " "], block.n_chars, block.n_bold)
        else:
            is_heading = self._state.heading or (0 < block.n_chars <= 160 and block.n_bold >= block.n_chars)
            self.body.paragraph(text, ElementKind.HEADING if is_heading else ElementKind.PARAGRAPH)
            boxes, self._boxes = self._boxes, []
            for box in boxes:
                self.body.paragraph(box, ElementKind.PARAGRAPH)

    def _end_cell(self) -> None:
        if self._state.place != "none":
            self._end_hidden()
            self.body.cell("".join(self._blocks.pop(self._state.place, _Block()).parts).replace("\v", " "))

    def _end_row(self) -> None:
        if self._state.place != "none":
            self.body.end_row()


def _number(name: str) -> Callable[[_State, int | None], _State]:
    return lambda state, number: replace(state, **{name: number or 0})  # type: ignore[arg-type] # fields by name


def _switch(name: str) -> Callable[[_State, int | None], _State]:
    return lambda state, number: replace(state, **{name: number != 0})  # type: ignore[arg-type] # fields by name


_FORMATS: Final[Mapping[str, Callable[[_State, int | None], _State]]] = {
    "v": _switch("is_hidden"),
    "b": _switch("is_bold"),
    "deleted": _switch("is_deleted"),
    "strike": _switch("is_struck"),
    "striked": _switch("is_struck"),
    "super": lambda state, _: replace(state, is_raised=True),
    "nosupersub": lambda state, _: replace(state, is_raised=False),
    "cf": _number("colour"),
    "cb": _number("background"),
    "highlight": _number("background"),
    "chcbpat": _number("background"),
    "clcbpat": _number("background"),
    "cbpat": _number("background"),
    "fs": lambda state, number: replace(state, half_points=24 if number is None else number),
    "uc": lambda state, number: replace(state, skip_after_unicode=min(max(number or 0, 0), 8)),
    "ansicpg": lambda state, number: replace(state, page=f"cp{number}" if number else "cp1252"),
    "mac": lambda state, _: replace(state, page="mac_roman"),
    "pc": lambda state, _: replace(state, page="cp437"),
    "plain": lambda state, _: replace(
        state,
        is_hidden=False,
        is_deleted=False,
        is_struck=False,
        is_raised=False,
        is_bold=False,
        colour=0,
        background=0,
        half_points=24,
    ),
    "pard": lambda state, _: replace(state, heading=False),
    "outlinelevel": lambda state, number: replace(state, heading=(number or 0) < 9),
}


def partition_rtf(content: bytes, *, limits: ParseLimits) -> ParsedDocument:
    """Partition an RTF file.

    Raises:
        DocumentCorrupt: It is no RTF.
        DocumentLimitExceeded: Its groups nest too deep, or it is too long.
        PartitionFailed: It shows no text.
    """
    if not content.lstrip().startswith(b"{\\rtf"):
        raise DocumentCorrupt("the file does not begin as RTF does", hint="deliver the file again")
    reader = _Reader()
    reader.read(content)
    body = reader.body
    if not body.writer.text().strip():
        raise PartitionFailed("no text found in the document", hint="check that it is the right file")
    body.writer.write_hidden(reader.hidden)
    text = body.writer.text()
    if len(text) > limits.max_chars:
        raise DocumentLimitExceeded(f"the text has {len(text)} characters, the limit is {limits.max_chars}")
    language = detect_language(text)
    title = next((e.text for e in body.writer.elements if e.kind is ElementKind.HEADING), None)
    reader.warnings.update(count_hidden(reader.hidden))
    return ParsedDocument(
        text=text,
        elements=tuple(body.writer.elements),
        cells=tuple(number_cells(body.grids, language=language)),
        media_type=RTF,
        parser="averment rtf 2",
        language=language,
        title=" ".join(title.split())[:200] if title else None,
        warnings=reader.warnings,
    )
