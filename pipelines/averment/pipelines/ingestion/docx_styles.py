"""What a DOCX says beside its text: list numbers as shown, and which runs are not seen.

Follows WordprocessingML (ECMA-376 part 1, 17.9 numbering, 17.7 styles): numbers come from `numbering.xml` through the
paragraph or its style, with overrides, levels and restarts; visibility from the run, its styles and what lies behind.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from averment.pipelines.ingestion.docx_number_words import number_in_words
from averment.pipelines.ingestion.hidden import HiddenReason
from averment.pipelines.ingestion.opendocument_styles import write_number

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
STRICT: Final = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_OFF: Final = frozenset({"0", "false", "off", "none"})
_MAX_PARENTS: Final = 20
_MAX_BEFORE: Final = 24
_TINY_HALF_POINTS: Final = 4
_WHITE: Final = frozenset({"FFFFFF", "FEFEFE", "FDFDFD"})
_PLAIN_TABLES: Final = frozenset({"", "TableGrid", "TableNormal", "Tabellenraster", "NormaleTabelle"})
_NEAR: Final = 8
_HEX: Final = re.compile(r"[0-9A-F]{6}")
_HIGHLIGHTS: Final = {
    "black": "000000",
    "blue": "0000FF",
    "cyan": "00FFFF",
    "darkBlue": "00008B",
    "darkCyan": "008B8B",
    "darkGray": "A9A9A9",
    "darkGreen": "006400",
    "darkMagenta": "800080",
    "darkRed": "8B0000",
    "darkYellow": "808000",
    "green": "00FF00",
    "lightGray": "D3D3D3",
    "magenta": "FF00FF",
    "red": "FF0000",
    "white": "FFFFFF",
    "yellow": "FFFF00",
}
_FORMS: Final = {
    "decimal": "1",
    "lowerLetter": "a",
    "upperLetter": "A",
    "lowerRoman": "i",
    "upperRoman": "I",
    "decimalZero": "01",
}


def child(element: Any, name: str) -> Any:
    """Return the first child of a name, in either namespace; None where there is none."""
    if name.endswith("Pr"):  # properties come first, before what may be tens of thousands of runs
        names = (W + name, STRICT + name)
        return next((inner for inner in islice(element, _MAX_BEFORE) if inner.tag in names), None)
    found = element.find(W + name)
    return element.find(STRICT + name) if found is None else found


def value(element: Any, name: str = "val") -> str | None:
    """Return an attribute, in either namespace."""
    if element is None:
        return None
    found: str | None = element.get(W + name)
    return str(element.get(STRICT + name)) if found is None and STRICT + name in element.attrib else found


def is_on(element: Any) -> bool:
    """Tell a switch that is there and not switched off."""
    return element is not None and (value(element) or "1").lower() not in _OFF


@dataclass(frozen=True, slots=True, kw_only=True)
class _Level:
    form: str
    text: str
    start: int
    restart: int | None
    is_legal: bool


@dataclass(slots=True)
class Numbering:
    """Renders the numbers of numbered paragraphs, which must be asked for in document order.

    Args:
        numbering: The root of `numbering.xml`, or None.
        styles: The styles of the document.
    """

    numbering: Any
    styles: "DocxStyles"
    _nums: dict[str, tuple[str, dict[int, int], dict[int, Any]]] = field(default_factory=dict)
    _levels: dict[str, dict[int, _Level]] = field(default_factory=dict)
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)
    _started: set[tuple[str, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        if self.numbering is None:
            return
        links: dict[str, str] = {}
        for abstract in _children(self.numbering, "abstractNum"):
            name = value(abstract, "abstractNumId") or ""
            self._levels[name] = dict(_read_levels(abstract))
            if (link := value(child(abstract, "styleLink"))) is not None:
                links[link] = name
        for abstract in _children(self.numbering, "abstractNum"):
            link = value(child(abstract, "numStyleLink"))
            if link in links:
                self._levels[value(abstract, "abstractNumId") or ""] = self._levels[links[link]]
        for num in _children(self.numbering, "num"):
            starts, own = _overrides(num)
            self._nums[value(num, "numId") or ""] = (value(child(num, "abstractNumId")) or "", starts, own)

    def label(self, paragraph: Any) -> str:
        """Return the number a paragraph shows, empty for one without; counts it."""
        num, depth = self.styles.numbering(paragraph)
        if num is None or num not in self._nums:
            return ""
        abstract, starts, own = self._nums[num]
        levels = {**self._levels.get(abstract, {}), **{place: _read_level(level) for place, level in own.items()}}
        level = levels.get(depth)
        if level is None:
            return ""
        counts = self._counts.setdefault(abstract, {})
        if depth in starts and (num, depth) not in self._started:
            counts[depth] = starts[depth]
        else:
            counts[depth] = counts[depth] + 1 if depth in counts else level.start
        self._started.add((num, depth))
        for deeper in [place for place in counts if place > depth and _restarts(levels.get(place), depth)]:
            del counts[deeper]
        return _render(level, levels, counts)


def _render(level: _Level, levels: Mapping[int, _Level], counts: dict[int, int]) -> str:
    if level.form in ("bullet", "none"):
        return "" if level.form == "none" else "•"
    text = level.text
    for place in range(9):
        mark = f"%{place + 1}"
        if mark in text:
            other = levels.get(place, level)
            number = counts.setdefault(place, other.start)
            text = text.replace(mark, _write(number, "decimal" if level.is_legal else other.form))
    return text.strip()


def _write(number: int, form: str) -> str:
    if form in ("ordinal", "cardinalText", "ordinalText"):
        return number_in_words(number, form)
    shape = _FORMS.get(form, "1")
    return f"{number:02d}" if shape == "01" else write_number(number, shape)


def _restarts(level: _Level | None, above: int) -> bool:
    """Tell whether a level begins anew after an item of a level above it."""
    if level is None or level.restart is None:
        return True
    return level.restart != 0 and above < level.restart


def _children(element: Any, name: str) -> Iterator[Any]:
    yield from element.iterchildren(W + name, STRICT + name)


def _read_levels(element: Any) -> Iterator[tuple[int, _Level]]:
    for level in _children(element, "lvl"):
        yield _int(value(level, "ilvl"), 0), _read_level(level)


def _read_level(level: Any) -> _Level:
    restart = value(child(level, "lvlRestart"))
    return _Level(
        form=value(child(level, "numFmt")) or "decimal",
        text=value(child(level, "lvlText")) or "",
        start=_int(value(child(level, "start")), 0 if child(level, "start") is None else 1),
        restart=None if restart is None else _int(restart, 0),
        is_legal=is_on(child(level, "isLgl")),
    )


def _overrides(num: Any) -> tuple[dict[int, int], dict[int, Any]]:
    starts: dict[int, int] = {}
    own: dict[int, Any] = {}
    for override in _children(num, "lvlOverride"):
        depth = _int(value(override, "ilvl"), 0)
        if (start := value(child(override, "startOverride"))) is not None:
            starts[depth] = _int(start, 1)
        if (level := child(override, "lvl")) is not None:
            own[depth] = level
    return starts, own


def _int(text: str | None, default: int) -> int:
    return int(text) if text is not None and text.lstrip("-").isdigit() and len(text) < 9 else default


class DocxStyles:
    """The styles of a document, looked up through their parents.

    Args:
        root: The root of `styles.xml`, or None.
    """

    def __init__(self, root: Any):
        self._styles: dict[str, Any] = {}
        self._default: Any = None
        self._default_paragraph: str | None = None
        for style in () if root is None else _children(root, "style"):
            name = value(style, "styleId") or ""
            self._styles[name] = style
            if value(style, "type") == "paragraph" and is_on_attribute(style, "default"):
                self._default_paragraph = name
        if root is not None and (defaults := child(root, "docDefaults")) is not None:
            run = child(defaults, "rPrDefault")
            self._default = None if run is None else child(run, "rPr")

    def numbering(self, paragraph: Any) -> tuple[str | None, int]:
        """Return the list and the level (from 0) that a paragraph belongs to; None for one that is not numbered."""
        properties = child(paragraph, "pPr")
        name = None if properties is None else value(child(properties, "pStyle"))
        own = None if properties is None else child(properties, "numPr")
        num, depth = _num_and_level(own)
        for style in self._chain(name or self._default_paragraph):
            if num is not None and depth is not None:
                break
            inherited = child(style, "pPr")
            style_num, style_depth = _num_and_level(None if inherited is None else child(inherited, "numPr"))
            num = style_num if num is None else num
            depth = style_depth if depth is None else depth
        return (None if num == "0" else num), depth or 0

    def hidden(self, run: Any, paragraph: Any) -> HiddenReason | None:
        """Say why a run is not seen; None for one that is."""
        layers = list(self._run_layers(run, paragraph))
        if is_on(_first(layers, "vanish")):
            return HiddenReason.HIDDEN_FORMAT
        size = value(_first(layers, "sz"))
        if size is not None and _int(size, 99) <= _TINY_HALF_POINTS:
            return HiddenReason.TINY
        if is_on(_first(layers, "strike")) or is_on(_first(layers, "dstrike")):
            return HiddenReason.STRUCK_OUT
        return HiddenReason.SAME_COLOUR if _is_blended(layers, paragraph) else None

    def _run_layers(self, run: Any, paragraph: Any) -> Iterator[Any]:
        """Yield the properties that decide how a run looks, nearest first."""
        own = child(run, "rPr")
        if own is not None:
            yield own
            yield from self._properties(value(child(own, "rStyle")))
        properties = None if paragraph is None else child(paragraph, "pPr")
        name = None if properties is None else value(child(properties, "pStyle"))
        yield from self._properties(name or self._default_paragraph)
        if self._default is not None:
            yield self._default

    def _properties(self, name: str | None) -> Iterator[Any]:
        for style in self._chain(name):
            properties = child(style, "rPr")
            if properties is not None:
                yield properties

    def _chain(self, name: str | None) -> Iterator[Any]:
        for _ in range(_MAX_PARENTS):
            style = self._styles.get(name or "")
            if style is None:
                return
            yield style
            name = value(child(style, "basedOn"))


def is_on_attribute(element: Any, name: str) -> bool:
    """Tell an attribute that is there and says yes."""
    found = value(element, name)
    return found is not None and found.lower() not in _OFF


def _num_and_level(properties: Any) -> tuple[str | None, int | None]:
    if properties is None:
        return None, None
    level = value(child(properties, "ilvl"))
    return value(child(properties, "numId")), None if level is None else _int(level, 0)


def _first(layers: list[Any], name: str) -> Any:
    return next((found for layer in layers if (found := child(layer, name)) is not None), None)


def _is_blended(layers: list[Any], paragraph: Any) -> bool:
    """Tell text in the colour of what lies behind it; a colour that cannot be told counts as another one."""
    colour = _first(layers, "color")
    if colour is None:
        return False
    ink = "FFFFFF" if value(colour, "themeColor") == "background1" else (value(colour) or "").upper()
    highlight = value(_first(layers, "highlight"))
    if highlight not in (None, "none"):
        return _is_near(ink, _HIGHLIGHTS.get(str(highlight), ""))
    shade = _first(layers, "shd")
    if _is_shaded(shade):
        return _is_near(ink, (value(shade, "fill") or "").upper())
    fills = _fills_behind(paragraph)
    if fills:
        return _is_near(ink, fills[0])
    return _is_near(ink, "FFFFFF") and not _has_background(paragraph)


def _fills_behind(paragraph: Any) -> list[str]:
    """Return the colours behind a paragraph, nearest first: its own, that of its cell."""
    found = []
    for element in () if paragraph is None else (paragraph, *paragraph.iterancestors()):
        name = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
        properties = child(element, f"{name}Pr") if name in ("p", "tc") else None
        shade = None if properties is None else child(properties, "shd")
        if _is_shaded(shade):
            found.append((value(shade, "fill") or "").upper())
    return found


def _is_near(first: str, second: str) -> bool:
    """Tell two colours, written as six hexadecimal digits, that no eye tells apart."""
    if _HEX.fullmatch(first) is None or _HEX.fullmatch(second) is None:
        return False
    return all(abs(int(first[at : at + 2], 16) - int(second[at : at + 2], 16)) <= _NEAR for at in (0, 2, 4))


def _is_shaded(shade: Any) -> bool:
    if shade is None:
        return False
    fill = (value(shade, "fill") or "auto").upper()
    return fill not in ("AUTO", *_WHITE) or (value(shade) or "clear") not in ("clear", "nil")


def _has_background(paragraph: Any) -> bool:
    """Tell whether white letters may be meant to be read: on a shaded paragraph, cell or page, or in a drawn box."""
    element = paragraph
    while element is not None:
        name = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
        properties = child(element, f"{name}Pr") if name in ("p", "tc", "tbl", "tr") else None
        if properties is not None and _is_shaded(child(properties, "shd")):
            return True
        if name == "tbl" and (value(child(properties, "tblStyle")) if properties is not None else None) not in (
            None,
            *_PLAIN_TABLES,
        ):
            return True
        if name in ("txbxContent", "txbx"):
            return True
        if name == "document" and _is_coloured(child(element, "background")):
            return True
        element = element.getparent()
    return False


def _is_coloured(background: Any) -> bool:
    return background is not None and (value(background, "color") or "FFFFFF").upper() not in ("AUTO", *_WHITE)
