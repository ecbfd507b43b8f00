"""The second reading of DOCX and PPTX: every text of every part, wherever it lies.

Nothing of the readers is used. All parts are walked but those that hold no text of the document (styles, settings,
building blocks), so that a container that a reader overlooks is missed here. Drawings of Office files lie in parts of
their own and are read the same way.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from averment.core.completeness import LeftOut
from averment.pipelines.ingestion.archive import OfficeArchive
from averment.pipelines.ingestion.relations import main_part, relations
from averment.pipelines.ingestion.symbols import symbol
from averment.pipelines.ingestion.text_walk import MAY_MARK, RawText

_MAIN: Final = "word/document.xml"
_NO_TEXT: Final = re.compile(
    r"word/(?:styles|stylesWithEffects|settings|webSettings|fontTable|numbering|people|commentsExtended|commentsIds"
    r"|commentsExtensible|documenttasks|vbaData|keyMapCustomizations|customizations|attachedToolbars|bibliography)"
    r"\d*\.xml|word/(?:theme|glossary|charts|diagrams|embeddings|_rels|activeX|customXml)/.*"
)
_RUNNING: Final = re.compile(r"word/(?:header|footer)\d*\.xml")
_SLIDE: Final = re.compile(r"ppt/slides/[^/]+\.xml")
_ASIDE: Final = re.compile(r"ppt/(?:notesSlides|comments)/[^/]+\.xml")
_USES: Final = re.compile(r"ppt/(?:slides|slideLayouts)/[^/]+\.xml")
_LAYOUT: Final = re.compile(r"ppt/(?:slideLayouts|slideMasters)/[^/]+\.xml")
_DRAWN: Final = re.compile(r"(?:charts/chart[^/]*|drawings/(?!vml)[^/]+|diagrams/data[^/]*)\.xml")
_COPIES: Final = re.compile(r"diagrams/drawing[^/]*\.xml")
_MC: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_OFFICE: Final = ("http://schemas.microsoft.com/office/", "http://schemas.openxmlformats.org/")
_STREAMS: Final = frozenset(
    {"tbl", "txbxContent", "txBody", "footnote", "endnote", "comment", "del", "moveFrom", "ruby"}
)
# What is deleted or stands over other words comes elsewhere, in any order.
_ANY_ORDER: Final = frozenset({"del", "moveFrom", "ruby"})

_TEXTS: Final = frozenset({"t", "delText", "instrText", "delInstrText"})
_MAX_PARENTS: Final = 20
_WORDS: Final = "Comment reply to"


def word_texts(archive: OfficeArchive) -> Iterator[RawText]:
    """Yield the texts of a DOCX: its body, then every other part that may hold text.

    Raises:
        DocumentCorrupt: A part is damaged.
    """
    main = main_part(archive, default=_MAIN)
    others = (name for name in archive.names if name.startswith("word/") and name.endswith(".xml"))
    yield from (MAY_MARK, RawText(_WORDS, may_add=True))
    if "word/numbering.xml" in archive.names:
        for element in archive.xml("word/numbering.xml").iter():
            if _name(element) == "lvlText":
                yield RawText(re.sub(r"%\d", " ", _attribute(element, "val")), may_add=True)
            elif _name(element) == "numFmt" and _attribute(element, "val") in ("cardinalText", "ordinalText"):
                yield RawText(_NUMBER_WORDS, may_add=True)
    numbered = _numbered_styles(archive)
    for name in [main, *sorted(name for name in others if name != main and not _NO_TEXT.fullmatch(name))]:
        is_running = _RUNNING.fullmatch(name) is not None
        texts = _part(archive.xml(name), name, numbered=numbered)
        yield from (found._replace(may_repeat=is_running, is_running=is_running) for found in texts)
    yield from drawing_texts(archive, "word/")


def slide_texts(archive: OfficeArchive) -> Iterator[RawText]:
    """Yield the texts of a PPTX: slides, their notes and comments, and what masters write on every slide.

    Raises:
        DocumentCorrupt: A part is damaged.
    """
    yield RawText(_WORDS, may_add=True)
    pages = _pages(archive)
    for pattern in (_SLIDE, _ASIDE):
        for name in sorted((name for name in archive.names if pattern.fullmatch(name)), key=_by_number):
            page = pages.get(name, 0)
            yield from (found._replace(page=page) for found in _part(archive.xml(name), name))
    for name in ("ppt/commentAuthors.xml", "ppt/authors.xml"):
        if name in archive.names:
            for author in archive.xml(name):
                yield RawText(author.get("name") or "", may_add=True)
    used = {
        target.target for name in archive.names if _USES.fullmatch(name) for target in relations(archive, name).values()
    }
    for name in sorted(name for name in used if _LAYOUT.fullmatch(name) and name in archive.names):
        yield from _layout(archive.xml(name))
    yield from drawing_texts(archive, "ppt/")


def _pages(archive: OfficeArchive) -> dict[str, int]:
    """Return the number of the slide, as shown, that a slide or its notes belong to."""
    main = main_part(archive, default="ppt/presentation.xml")
    known = relations(archive, main)
    # A slide carries a number of its own beside the name of its relation.
    named = [
        next((known[value].target for value in one.attrib.values() if value in known), "")
        for one in archive.xml(main).iter()
        if _name(one) == "sldId"
    ]
    pages: dict[str, int] = {}
    for number, part in enumerate(named, start=1):
        pages[part] = number
        for relation in relations(archive, part).values() if part in archive.names else ():
            if relation.kind == "notesSlide":
                pages[relation.target] = number
    return pages


def _numbered_styles(archive: OfficeArchive) -> frozenset[str]:
    """Return the styles that number their paragraphs, themselves or by one that they are based on."""
    if "word/styles.xml" not in archive.names:
        return frozenset()
    based: dict[str, str] = {}
    found: set[str] = set()
    for style in archive.xml("word/styles.xml"):
        if _name(style) != "style":
            continue
        identity = _attribute(style, "styleId")
        for element in style.iter():
            if _name(element) == "numPr":
                found.add(identity)
            elif _name(element) == "basedOn":
                based[identity] = _attribute(element, "val")
    for _ in range(_MAX_PARENTS):
        found.update(style for style, parent in based.items() if parent in found)
    return frozenset(found)


def _layout(root: Any) -> Iterator[RawText]:
    """Yield what a layout writes on slides itself; its placeholders say only where a slide's own text goes."""
    for shape in root.iter():
        if _name(shape) == "sp" and not any(_name(inner) == "ph" for inner in shape.iter()):
            for element in shape.iter():
                if _name(element) == "t" and element.text:
                    yield RawText(element.text, may_repeat=True, is_running=True, stream="")


def drawing_texts(archive: OfficeArchive, folder: str) -> Iterator[RawText]:
    """Yield the texts and figures of charts, diagrams and drawings, which lie in parts of their own.

    Raises:
        DocumentCorrupt: A part is damaged.
    """
    used = {
        relation.target
        for name in archive.names
        if name.startswith(folder) and name.endswith(".rels")
        for relation in relations(archive, name.replace("_rels/", "").removesuffix(".rels")).values()
    }
    for name in sorted(name for name in archive.names if name.startswith(folder) and name in used):
        is_copy = _COPIES.fullmatch(name.removeprefix(folder)) is not None
        if not is_copy and _DRAWN.fullmatch(name.removeprefix(folder)) is None:
            continue
        for element in archive.xml(name).iter():
            kind = _name(element)
            if kind in ("t", "v") and element.text:
                others = (_shortened(element.text),) if kind == "v" else ()
                left_out = LeftOut.ALTERNATIVE if is_copy else None
                yield RawText(element.text, others, left_out=left_out, may_repeat=kind == "v", stream="")


def _part(root: Any, part: str, *, numbered: frozenset[str] = frozenset()) -> Iterator[RawText]:
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
            continue
        reason = _reason(element, name)
        if reason is not None:
            yield RawText(_texts(element), left_out=reason)
            skipped = element
            walk.skip_subtree()
            continue
        if name in _STREAMS:
            number += 1
            streams.append(_stream(name, streams, f"{part} {name} {number}"))
        if name == "p":
            is_numbered = _is_numbered(element, numbered)
        for found in _element(element, name, streams[-1]):
            yield found._replace(is_numbered=is_numbered)
            is_numbered = is_numbered and not any(map(str.isalnum, found.text))


def _stream(name: str, outer: Sequence[str], own: str) -> str:
    """Name the stream of an element: a table stands in line with what is around it, one within another comes after."""
    if name in _ANY_ORDER or not outer[-1]:
        return ""
    return outer[-1] if name == "tbl" and len(outer) == 1 else own


def _reason(element: Any, name: str) -> LeftOut | None:
    """Say why the texts within an element are none of the document."""
    if _is_unused(element):
        return LeftOut.ALTERNATIVE
    is_code = name in ("instrText", "delInstrText") or (name == "fld" and element.get("type") == "slidenum")
    return LeftOut.FIELD_CODE if is_code else None


def _is_numbered(paragraph: Any, styles: frozenset[str]) -> bool:
    properties = next((part for part in paragraph if _name(part) == "pPr"), ())
    return any(
        _name(part) in ("numPr", "buAutoNum") or (_name(part) == "pStyle" and _attribute(part, "val") in styles)
        for part in properties
    )


def _element(element: Any, name: str, stream: str) -> Iterator[RawText]:
    if name in ("t", "delText", "text") and element.text:
        yield RawText(element.text, stream=stream)
    elif name == "sym":
        code = _attribute(element, "char")[-4:]
        if all(char in "0123456789abcdefABCDEF" for char in code) and code:
            yield RawText(symbol(_attribute(element, "font"), int(code, 16)), stream=stream)
    elif name == "comment":
        yield RawText(_attribute(element, "author"), may_add=True)
    elif name == "chr":
        yield RawText(_attribute(element, "val"), stream="")
    elif name == "ddList":
        entries = [_attribute(entry, "val") for entry in element if _name(entry) == "listEntry"]
        told = [_attribute(entry, "val") for kind in ("result", "default") for entry in element if _name(entry) == kind]
        at = int(told[0]) if told and told[0].isdigit() and len(told[0]) < 4 else 0
        if at < len(entries):
            yield RawText(entries[at], stream=stream)


def _is_unused(element: Any) -> bool:
    """Tell an alternative that is not shown: one that asks for what Office does not know, or one that stands in."""
    if element.tag == f"{_MC}Choice":
        return not _is_known(element) or any(
            _is_known(before) for before in element.itersiblings(f"{_MC}Choice", preceding=True)
        )
    if element.tag == f"{_MC}Fallback":
        return any(_is_known(choice) for choice in element.itersiblings(f"{_MC}Choice", preceding=True))
    return False


def _is_known(choice: Any) -> bool:
    names = (choice.get("Requires") or "").split()
    return all((choice.nsmap.get(name) or "").startswith(_OFFICE) for name in names)


def _texts(element: Any) -> str:
    return " ".join(inner.text or "" for inner in element.iter() if _name(inner) in _TEXTS)


def _shortened(text: str) -> str:
    """Write a stored number without the traces of binary fractions."""
    try:
        number = float(text)
    except ValueError:
        return ""
    return format(number, ".15g") if "e" not in format(number, ".15g") else format(number, "f").rstrip("0")


def _by_number(name: str) -> tuple[str, int, str]:
    found = re.search(r"\d+", name.rpartition("/")[2])
    return name.rpartition("/")[0], int(found.group()) if found else 0, name


def _attribute(element: Any, name: str) -> str:
    return next((str(text) for key, text in element.attrib.items() if key.rpartition("}")[2] == name), "")


def _name(element: Any) -> str:
    """Return the local name of an element; empty for comments and the like."""
    return element.tag.rpartition("}")[2] if element is not None and isinstance(element.tag, str) else ""


_NUMBER_WORDS: Final = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety first second third fourth fifth sixth "
    "seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth "
    "nineteenth twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth"
)
