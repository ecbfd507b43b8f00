"""The second reading of a workbook: every text and number of its sheets, comments, drawings and running heads.

Nothing of the readers is used. A number can be written in several ways; all of them are told.
"""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from averment.pipelines.ingestion.archive import OfficeArchive
from averment.pipelines.ingestion.raw_word import drawing_texts
from averment.pipelines.ingestion.text_walk import RawText

_COMMENTS: Final = re.compile(r"xl/(?:comments\d*|comments/[^/]+)\.xml")
_THREADS: Final = re.compile(r"xl/threadedComments/[^/]+\.xml")
_RUNNING: Final = frozenset({"oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"})
_RUNNING_CODE: Final = re.compile(r'&(?:"[^"]*"|\d+|K[0-9A-Fa-f+-]{6}|[A-Z&])')
_WORDS: Final = re.compile(r'"([^"]*)"|\[\$([^\]-]*)')
_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_EPOCHS: Final = ("1899-12-30", "1904-01-01")
_MAX_WIDTH: Final = 16
_MAX_DAYS: Final = 2_958_466  # 9999-12-31


def sheet_texts(archive: OfficeArchive) -> Iterator[RawText]:
    """Yield the texts and numbers of a workbook, sheet by sheet, and the comments on its cells.

    Raises:
        DocumentCorrupt: A part is missing or damaged.
    """
    strings = _shared_strings(archive)
    yield RawText("Comment", may_add=True)
    for name in archive.names:
        if name.lower() == "xl/styles.xml":
            yield from _may_write(archive.xml(name))
    for name, title in _sheets(archive):
        if name in archive.names:
            yield RawText(title, stream=name, may_lack=True)  # of a hidden sheet it is not told
            yield from _sheet(archive.xml(name), strings, name)
    threads = [name for name in archive.names if _THREADS.fullmatch(name)]
    seen: set[str] = set()
    for name in sorted(name for name in archive.names if _COMMENTS.fullmatch(name) or name in threads):
        for element in archive.xml(name).iter():
            text = _whole(element) if _name(element) in ("comment", "threadedComment") else ""
            yield RawText(element.get("ref") or "", may_add=True)
            if threads and name not in threads and "[Threaded comment]" in text:
                continue  # what older programs show instead of the thread
            if text and " ".join(text.split()) not in seen:
                seen.add(" ".join(text.split()))
                yield RawText(text, stream="")
    yield from drawing_texts(archive, "xl/")


def _may_write(root: Any) -> Iterator[RawText]:
    """Yield the words that stand in formats of numbers."""
    for element in root.iter():
        if _name(element) == "numFmt":
            for quoted, sign in _WORDS.findall(element.get("formatCode") or ""):
                yield RawText(quoted or sign, may_add=True)


def _whole(element: Any) -> str:
    return "".join(element.itertext(with_tail=False))


def _sheets(archive: OfficeArchive) -> list[tuple[str, str]]:
    targets = {
        relation.get("Id"): (relation.get("Target") or "").lstrip("/")
        for relation in archive.xml("xl/_rels/workbook.xml.rels")
        if (relation.get("Type") or "").endswith("/worksheet")
    }
    shown = [
        (next((value for key, value in sheet.attrib.items() if key.endswith("}id")), ""), sheet.get("name") or "")
        for sheet in archive.xml("xl/workbook.xml").iter()
        if _name(sheet) == "sheet"
    ]
    found = [(targets[identity], title) for identity, title in shown if identity in targets]
    return [(path if path.startswith("xl/") else f"xl/{path}", title) for path, title in found]


def _shared_strings(archive: OfficeArchive) -> list[str]:
    name = next((name for name in archive.names if name.lower() == "xl/sharedstrings.xml"), None)
    if name is None:
        return []
    return [_string(item) for item in archive.xml(name) if _name(item) == "si"]


def _string(item: Any) -> str:
    """Return a string of a workbook without the readings that stand over Japanese."""
    return "".join(
        _ESCAPED.sub(lambda code: chr(int(code[1], 16)), element.text or "")
        for element in item.iter()
        if _name(element) == "t" and _name(element.getparent()) != "rPh"
    )  # fmt: skip


def _sheet(root: Any, strings: list[str], stream: str) -> Iterator[RawText]:
    """Yield the cells in the order of their places, whatever their order in the file."""
    cells: dict[tuple[int, int], RawText] = {}
    loose: list[RawText] = []
    row = 0
    for element in root.iter():
        name = _name(element)
        if name == "row":
            row = _whole_number(element.get("r")) or row + 1
            column = 0
        elif name == "c":
            place = element.get("r") or ""
            column = _column(place) or column + 1
            found = _cell(element, strings)
            if found is not None and found.text:
                if (row, column) in cells:
                    loose.append(found._replace(stream=""))
                else:
                    cells[row, column] = found._replace(stream=stream)
        elif name in _RUNNING and element.text:
            loose.append(RawText(_RUNNING_CODE.sub(" ", element.text), stream="", may_repeat=True, is_running=True))
    yield from (cells[place] for place in sorted(cells))
    yield from loose


def _whole_number(text: str | None) -> int:
    return int(text) if text and text.isdigit() and len(text) < 9 else 0


def _column(place: str) -> int:
    number = 0
    for char in place:
        if not "A" <= char <= "Z":
            break
        number = number * 26 + ord(char) - 64
    return number


def _cell(cell: Any, strings: list[str]) -> RawText | None:
    parts = {_name(part): part for part in cell}
    kind = cell.get("t") or "n"
    if kind == "inlineStr":
        return RawText(_string(parts["is"])) if "is" in parts else None
    stored = (parts["v"].text or "") if "v" in parts else ""
    if not stored:
        formula = (parts["f"].text or "") if "f" in parts else ""
        return RawText(formula) if formula else None
    if kind == "s":
        return RawText(strings[int(stored)]) if stored.isdigit() and int(stored) < len(strings) else None
    if kind == "b":
        return RawText("TRUE" if stored == "1" else "FALSE")
    return RawText(stored, _ways_to_write(stored)) if kind in ("n", "d") else RawText(stored)


def _ways_to_write(stored: str) -> tuple[str, ...]:
    """Return the other ways to write a stored number: plain, as a percentage, as a date or a time."""
    from datetime import date, timedelta

    try:
        number = Decimal(repr(float(stored)))
    except (ValueError, InvalidOperation):
        return ()
    if not number.is_finite():
        return ()
    plain = format(number, "f").removesuffix(".0")
    ways = [plain, format((number * 100).normalize(), "f")]
    if plain.isdigit():
        ways += [plain.zfill(width) for width in range(len(plain) + 1, _MAX_WIDTH)]
    if 0 <= number < _MAX_DAYS:
        rest = timedelta(microseconds=round(float(number % 1) * 86_400_000) * 1000)
        for epoch in _EPOCHS:
            try:
                day = date.fromisoformat(epoch) + timedelta(days=int(number))
            except OverflowError:
                continue
            clock = _clock(rest)
            ways += [f"{day.isoformat()} {clock}", clock] if rest else [day.isoformat(), clock]
        ways.append(_hours(number))
    return tuple(ways)


def _hours(number: Decimal) -> str:
    """Write days as hours, minutes and seconds beyond a day."""
    seconds = round(number * 86_400)
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _clock(rest: Any) -> str:
    seconds, micros = divmod(rest.seconds * 1_000_000 + rest.microseconds, 1_000_000)
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{text}.{micros:06}" if micros else text


def _name(element: Any) -> str:
    """Return the local name of an element; empty for comments and the like."""
    return element.tag.rpartition("}")[2] if element is not None and isinstance(element.tag, str) else ""
