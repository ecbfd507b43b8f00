"""From the XML of OpenDocument to HTML that `markup_reader` understands.

A walk without recursion, since hostile files nest deep. What stands beside the text (footnotes, comments) and what is
not seen is set apart.
"""

from copy import deepcopy
from typing import Any, Final

from averment.core.documents import ElementKind
from averment.pipelines.ingestion.hidden import HiddenReason
from averment.pipelines.ingestion.opendocument_styles import TABLE, TEXT, Counter, Styles

OFFICE: Final = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
DRAW: Final = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
PRESENTATION: Final = "{urn:oasis:names:tc:opendocument:xmlns:presentation:1.0}"
_CREATOR: Final = "{http://purl.org/dc/elements/1.1/}creator"
_XML_ID: Final = "{http://www.w3.org/XML/1998/namespace}id"
_SVG: Final = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"
_MAX_REPEATS: Final = 50
_MAX_SPACES: Final = 20
_LEFT_OUT: Final = frozenset(
    {
        TEXT + "sequence-decls",
        TEXT + "table-of-content-source",
        TEXT + "variable-decls",
        TEXT + "user-field-decls",
        OFFICE + "forms",
        OFFICE + "scripts",
        OFFICE + "binary-data",
        TABLE + "calculation-settings",
        TABLE + "content-validations",
        TABLE + "label-ranges",
        TABLE + "named-expressions",
        TABLE + "tracked-changes",
        DRAW + "object",
        DRAW + "object-ole",
        DRAW + "image",
        DRAW + "plugin",
        _SVG + "title",
        _SVG + "desc",
    }
)
_NAMES: Final = {
    TEXT + "p": "p",
    TEXT + "list": "div",
    TEXT + "section": "div",
    TABLE + "table": "table",
    TABLE + "table-row": "tr",
    TABLE + "table-cell": "td",
    DRAW + "page": "section",
    DRAW + "text-box": "div",
    DRAW + "frame": "div",
    PRESENTATION + "notes": "aside",
}


class Converter:
    """Turns bodies into trees of HTML.

    Args:
        styles: The styles of the file.
    """

    def __init__(self, styles: Styles):
        self.asides: list[tuple[str, ElementKind]] = []
        self.hidden: list[tuple[str, HiddenReason]] = []
        self._styles = styles
        self._outline = Counter(styles.outline)
        self._lists: list[tuple[str | None, Counter]] = []
        self._counters: dict[str, Counter] = {}
        self._labels: list[str] = []
        self._columns: list[list[HiddenReason | None]] = []
        self._column: list[int] = []

    def convert(self, body: Any) -> Any:
        """Return a body as a tree of HTML."""
        from lxml import etree  # type: ignore[import-untyped] # lxml has no stubs

        _spread_rows(body)
        top = etree.Element("body")
        places: list[Any] = [top]
        walk = etree.iterwalk(body, events=("start", "end"))
        skipped: Any = None
        for event, element in walk:
            if event == "start":
                made = self._start(element, places[-1])
                if made is None:
                    skipped = element
                    walk.skip_subtree()
                else:
                    places.append(made)
            else:
                if element is skipped:
                    skipped = None
                else:
                    places.pop()
                    self._end(element)
                if element is not body:
                    _append(places[-1], element.tail)
        return top

    def plain(self, element: Any) -> str:
        """Return the text of an element, spaces, tabs and breaks included."""
        parts = [element.text or ""]
        for child in element.iterdescendants():
            if child.tag in (TEXT + "tab", TEXT + "line-break", TEXT + "s"):
                parts.append(" ")
            if isinstance(child.tag, str):
                parts.append(child.text or "")
            parts.append(child.tail or "")
        return "".join(parts)

    def _start(self, element: Any, place: Any) -> Any:
        """Return where the children of an element go; None for one that is not walked into."""
        from lxml import etree

        tag = element.tag
        if not isinstance(tag, str) or tag in _LEFT_OUT or self._is_aside(element, place) or self._is_hidden(element):
            return None
        if tag in (TEXT + "s", TEXT + "tab"):
            count = element.get(TEXT + "c") or "1"
            _append(place, " " * min(int(count) if count.isdigit() else 1, _MAX_SPACES))
        elif tag == TEXT + "line-break":
            etree.SubElement(place, "br")
        if tag == TABLE + "table-cell":
            return self._start_cell(element, place)
        made = place
        if tag == TEXT + "h":
            made = etree.SubElement(place, f"h{min(_outline_level(element), 6)}")
            self._number_heading(element, made)
        elif tag in _NAMES:
            made = etree.SubElement(place, _NAMES[tag])
        self._start_structure(element, made)
        made.text = made.text or None
        if made is place:
            _append(place, element.text)
        else:
            made.text = (made.text or "") + (element.text or "")
        return made

    def _start_structure(self, element: Any, made: Any) -> None:
        tag = element.tag
        if tag == TEXT + "list":
            self._start_list(element)
        elif tag in (TEXT + "list-item", TEXT + "list-header"):
            self._start_item(element)
        elif tag == TEXT + "p" and self._labels and self._labels[-1]:
            made.text, self._labels[-1] = self._labels[-1] + " ", ""
        elif tag == TABLE + "table":
            self._columns.append([])
            self._column.append(0)
            name = element.get(TABLE + "name")
            if name and element.getparent().tag == OFFICE + "spreadsheet":
                from lxml import etree

                title = etree.Element("h2")
                title.text = name
                made.addprevious(title)
        elif tag == TABLE + "table-column" and self._columns:
            count = element.get(TABLE + "number-columns-repeated") or "1"
            hides = HiddenReason.HIDDEN_COLUMN if element.get(TABLE + "visibility") else None
            self._columns[-1].extend([hides] * min(int(count) if count.isdigit() else 1, 1024))
        elif tag == TABLE + "table-row" and self._column:
            self._column[-1] = 0

    def _end(self, element: Any) -> None:
        if element.tag == TEXT + "list":
            self._lists.pop()
        elif element.tag in (TEXT + "list-item", TEXT + "list-header"):
            self._labels.pop()
        elif element.tag == TABLE + "table":
            self._columns.pop()
            self._column.pop()

    def _start_cell(self, element: Any, place: Any) -> Any:
        """Make a cell; a repeated one comes as often as it is shown, as long as it holds something."""
        from lxml import etree

        repeats = element.get(TABLE + "number-columns-repeated") or "1"
        count = int(repeats) if repeats.isdigit() else 1
        column = self._column[-1] if self._column else 0
        if self._column:
            self._column[-1] += count
        columns = self._columns[-1] if self._columns else []
        if column < len(columns) and columns[column] is not None and (text := self._words(element)):
            self.hidden.append((text, HiddenReason.HIDDEN_COLUMN))
            etree.SubElement(place, "td")
            return None
        text = self._words(element) or _stored(element)
        copies = min(count, _MAX_REPEATS) if text else 1
        cells = [etree.SubElement(place, "td") for _ in range(copies)]
        for cell in cells[:-1]:
            cell.text = text
        if not self._words(element):
            cells[-1].text = text
        span = element.get(TABLE + "number-columns-spanned")
        if (span or "").isdigit():
            cells[-1].set("colspan", span)
        elif not text and count > 1:
            cells[-1].set("colspan", str(min(count, _MAX_REPEATS)))
        rows = element.get(TABLE + "number-rows-spanned")
        if (rows or "").isdigit():
            cells[-1].set("rowspan", rows)
        return cells[-1]

    def _words(self, element: Any) -> str:
        return " ".join(" ".join(self.plain(p).split()) for p in element.iter(TEXT + "p", TEXT + "h")).strip()

    def _start_list(self, element: Any) -> None:
        name = element.get(TEXT + "style-name") or (self._lists[-1][0] if self._lists else None)
        continued = element.get(TEXT + "continue-list")
        if self._lists:
            counter = self._lists[-1][1]
        elif continued and continued in self._counters:
            counter = self._counters[continued]
        elif element.get(TEXT + "continue-numbering") == "true" and name in self._counters:
            counter = self._counters[str(name)]
        else:
            counter = Counter(self._styles.lists.get(name or "", {}))
        for key in (name, element.get(_XML_ID)):
            if key:
                self._counters[key] = counter
        self._lists.append((name, counter))

    def _start_item(self, element: Any) -> None:
        label = ""
        if element.tag == TEXT + "list-item" and self._lists:
            start = element.get(TEXT + "start-value")
            first = int(start) if start is not None and start.isdigit() and len(start) < 7 else None
            label = self._lists[-1][1].next(len(self._lists), start=first)
        self._labels.append(label)

    def _number_heading(self, element: Any, made: Any) -> None:
        """Write the number that a heading carries by the outline or by the list it stands in."""
        if self._labels:
            if self._labels[-1]:
                made.text, self._labels[-1] = self._labels[-1] + " ", ""
            return
        if element.get(TEXT + "is-list-header") == "true":
            return
        name = self._styles.list_style(element.get(TEXT + "style-name"))
        if name and name in self._styles.lists:
            counter = self._counters.setdefault(name, Counter(self._styles.lists[name]))
        else:
            counter = self._outline
        label = counter.next(_outline_level(element))
        made.text = label + " " if label else None

    def _is_aside(self, element: Any, place: Any) -> bool:
        tag = element.tag
        if tag == TEXT + "note":
            mark = "".join(self.plain(child) for child in element.iter(TEXT + "note-citation")).strip()
            # Set apart: a mark that touches a figure would be taken for a part of it.
            _append(place, f"[{mark}]" if mark else "")
            text = " ".join(" ".join(self.plain(p).split()) for p in element.iter(TEXT + "p"))
            if text.strip():
                self.asides.append((f"[{mark}] {text}" if mark else text, ElementKind.FOOTNOTE))
            return True
        if tag == OFFICE + "annotation":
            text = " ".join(" ".join(self.plain(p).split()) for p in element.iter(TEXT + "p"))
            author = " ".join("".join(one.text or "" for one in element.iter(_CREATOR)).split())
            if text.strip():
                self.asides.append((f"Comment ({author}): {text}" if author else f"Comment: {text}", ElementKind.OTHER))
            return True
        return bool(tag == OFFICE + "annotation-end")

    def _is_hidden(self, element: Any) -> bool:
        """Tell an element that is not seen, and set its text apart."""
        reason = self._reason(element)
        if reason is None:
            return False
        if reason is HiddenReason.DELETED:
            parts = [self.plain(p) for p in element.iter(TEXT + "p", TEXT + "h")]
        else:
            parts = [self.plain(element)]
        text = " ".join(" ".join(parts).split())
        if text:
            self.hidden.append((text, reason))
        return True

    def _take_deleted(self, changes: Any) -> None:
        """Take the deleted texts out of the list of changes, each as a text of its own."""
        for change in changes.iter(TEXT + "deletion"):
            parts = (self.plain(p) for p in change.iter(TEXT + "p", TEXT + "h"))
            text = " ".join(" ".join(parts).split())
            if text:
                self.hidden.append((text, HiddenReason.DELETED))
        for child in list(changes):
            changes.remove(child)

    def _reason(self, element: Any) -> HiddenReason | None:
        tag = element.tag
        if tag == TEXT + "tracked-changes":
            self._take_deleted(element)
            return HiddenReason.DELETED
        if tag == TABLE + "covered-table-cell":
            return HiddenReason.COVERED
        if tag in (TEXT + "hidden-text", TEXT + "hidden-paragraph") or element.get(TEXT + "display") == "none":
            return HiddenReason.HIDDEN_FORMAT
        if (
            tag == TABLE + "table"
            and self._styles.value("table", element.get(TABLE + "style-name"), key=TABLE + "display") == "false"
        ):
            return HiddenReason.HIDDEN_SHEET
        if tag == TABLE + "table-row" and element.get(TABLE + "visibility") in ("collapse", "filter"):
            return HiddenReason.HIDDEN_ROW
        if tag in (TEXT + "p", TEXT + "h"):
            return self._styles.hidden("paragraph", element.get(TEXT + "style-name"))
        if tag == TEXT + "span":
            return self._styles.hidden("text", element.get(TEXT + "style-name"))
        return None


def _spread_rows(body: Any) -> None:
    """Write rows that are stored once and shown several times as often as they are shown."""
    for row in list(body.iter(TABLE + "table-row")):
        told = row.attrib.pop(TABLE + "number-rows-repeated", "1")
        count = min(int(told) if told.isdigit() and len(told) < 9 else 1, _MAX_REPEATS)
        if count > 1 and (any(True for _ in row.iter(TEXT + "p")) or any(_stored(cell) for cell in row)):
            for _ in range(count - 1):
                row.addnext(deepcopy(row))


def _stored(cell: Any) -> str:
    """Return what a cell stores and does not show as text."""
    if cell.tag != TABLE + "table-cell" or any(True for _ in cell.iter(TEXT + "p")):
        return ""
    names = ("value", "date-value", "time-value", "string-value", "boolean-value")
    return next((str(told) for name in names if (told := cell.get(OFFICE + name)) is not None), "")


def _outline_level(element: Any) -> int:
    level = element.get(TEXT + "outline-level") or "1"
    return max(int(level), 1) if level.isdigit() and len(level) < 4 else 1


def _append(place: Any, text: str | None) -> None:
    """Add text at the end of what an element holds so far."""
    if not text:
        return
    if len(place):
        place[-1].tail = (place[-1].tail or "") + text
    else:
        place.text = (place.text or "") + text
