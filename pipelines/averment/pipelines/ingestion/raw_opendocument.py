"""The second reading of OpenDocument files: every text of the body, of embedded objects and of page styles.

Nothing of the readers is used. Rows and cells that a file stores once and shows several times count as often as they
are shown.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from averment.core.completeness import LeftOut
from averment.pipelines.ingestion.archive import OfficeArchive
from averment.pipelines.ingestion.text_walk import MAY_MARK, RawText

MAX_REPEATS: Final = 50
_OBJECT: Final = re.compile(r"[^/]+/content\.xml")
# Who wrote a comment and when, descriptions of pictures, bytes: by name, for fields of the text are named alike.
_NOT_SHOWN: Final = re.compile(
    r"\{(?:http://purl\.org/dc/elements/1\.1/|urn:oasis:names:tc:opendocument:xmlns:(?:svg-compatible|meta):1\.0)\}.*"
    r"|.*\}(?:annotation-end|binary-data|script|creator-initials|sender-initials-of-annotation)"
)
_TEMPLATES: Final = re.compile(
    r".*-(?:source|source-styles|entry-template)|.*-decls?|forms|scripts|font-face-decls|font-face-.*"
)
_STREAMS: Final = frozenset({"table", "text-box", "note", "annotation", "custom-shape"})
_VALUE: Final = re.compile(r"office:[^}]*\}(?:date-|time-|string-|boolean-)?value$")
_RUNNING: Final = re.compile(r"(?:header|footer)(?:-left|-first)?")


def open_texts(archive: OfficeArchive) -> Iterator[RawText]:
    """Yield the texts of an OpenDocument file: its body, objects in it, headers and footers.

    Raises:
        DocumentCorrupt: A part is missing or damaged.
    """
    yield from (MAY_MARK, RawText("Comment", may_add=True))
    for name in ("content.xml", "styles.xml"):
        if name in archive.names:
            yield from _may_write(archive.xml(name))
    for part in ["content.xml", *sorted(name for name in archive.names if _OBJECT.fullmatch(name))]:
        for body in (one for one in archive.xml(part).iter() if _name(one) in ("body", "math")):
            yield from _texts(body, part)
    if "styles.xml" in archive.names:
        for element in archive.xml("styles.xml").iter():
            if _RUNNING.fullmatch(_name(element)):
                yield from (
                    found._replace(may_repeat=True, is_running=True, stream="") for found in _texts(element, "styles")
                )


def _may_write(root: Any) -> Iterator[RawText]:
    """Yield the words around numbers of lists, and the names of sheets."""
    for element in root.iter():
        for key, value in element.attrib.items() if isinstance(element.tag, str) else ():
            is_name = key.endswith("}name") and _name(element) == "table"
            if is_name or key.endswith(("}num-prefix", "}num-suffix")):
                yield RawText(str(value), may_add=True)


def _texts(root: Any, part: str) -> Iterator[RawText]:
    from lxml import etree  # type: ignore[import-untyped] # lxml has no stubs

    streams = [part]
    number = 0
    is_numbered = False
    walk = etree.iterwalk(root, events=("start", "end"))
    skipped: Any = None
    for event, element in walk:
        name = _name(element)
        if event == "end":
            if element is skipped:
                skipped = None
            elif name in _STREAMS:
                streams.pop()
            if element is not root and element.tail and element.tail.strip():
                yield RawText(element.tail, stream=streams[-1], is_numbered=is_numbered)
                is_numbered = False
            continue
        whole = _whole(element, name)
        if whole is not None:
            yield from whole
            skipped = element
            walk.skip_subtree()
            continue
        if name in _STREAMS:
            number += 1
            is_in_line = name == "table" and len(streams) == 1
            streams.append(streams[-1] if is_in_line else f"{part} {name} {number}")
        yield RawText(_stored(element, name), stream="")
        is_numbered = is_numbered or name in ("h", "list-item")
        if element.text and element.text.strip():
            yield RawText(element.text, stream=streams[-1], is_numbered=is_numbered)
            is_numbered = False


def _whole(element: Any, name: str) -> list[RawText] | None:
    """Return the texts of an element that is read at once: what is not shown, what is shown several times."""
    if (name and _NOT_SHOWN.fullmatch(element.tag)) or _TEMPLATES.fullmatch(name):
        text = " ".join("".join(element.itertext(with_tail=False)).split())
        is_name = name in ("creator", "creator-initials")
        return [RawText(text, may_add=True) if is_name else RawText(text, left_out=LeftOut.NOT_SHOWN)]
    return [RawText(text, stream="") for text in _copies(element, name)] or None


def _stored(cell: Any, name: str) -> str:
    """Return what a cell stores and does not show as text."""
    if name != "table-cell" or any(_name(inner) == "p" for inner in cell.iter()):
        return ""
    return next((str(value) for key, value in cell.attrib.items() if _VALUE.search(key)), "")


def _copies(element: Any, name: str) -> list[str]:
    """Return the texts of a row or cell that is shown several times, as often as it is shown."""
    if name not in ("table-row", "table-cell"):
        return []
    told = next((value for key, value in element.attrib.items() if key.endswith("s-repeated")), "1")
    count = min(int(told) if told.isdigit() and len(told) < 9 else 1, MAX_REPEATS)
    if count < 2:
        return []
    texts: list[str] = []
    for inner in element.iter():
        times = count
        outer = inner
        while outer is not element:
            if _name(outer) == "table-cell":
                own = next((value for key, value in outer.attrib.items() if key.endswith("s-repeated")), "1")
                times *= min(int(own) if own.isdigit() and len(own) < 9 else 1, MAX_REPEATS)
            outer = outer.getparent()
        stored = _stored(inner, _name(inner))
        for text in (inner.text, stored, inner.tail if inner is not element else None):
            if text and text.strip() and isinstance(inner.tag, str):
                texts.extend([text] * times)
    return texts


def _name(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
