"""The styles of an OpenDocument file as far as they decide what is read: hidden text, list numbers, hidden columns."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

from averment.pipelines.ingestion.hidden import HiddenReason

STYLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
FO: Final = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
TEXT: Final = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
TABLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_MAX_PARENTS: Final = 20
_ROMAN: Final = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
    (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """How one level of a list is numbered; an empty form has no number."""

    form: str = ""
    prefix: str = ""
    suffix: str = ""
    shown_levels: int = 1
    start: int = 1
    bullet: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Style:
    parent: str | None = None
    properties: Mapping[str, str] = field(default_factory=dict)
    list_style: str | None = None


@dataclass(frozen=True, slots=True)
class Styles:
    """Styles by family and name, list levels by list style, and the numbering of headings."""

    styles: Mapping[tuple[str, str], _Style]
    lists: Mapping[str, Mapping[int, Level]]
    outline: Mapping[int, Level]

    @classmethod
    def read(cls, *roots: Any) -> Self:
        """Read the styles of the parts of a file; parts may be None."""
        styles: dict[tuple[str, str], _Style] = {}
        lists: dict[str, Mapping[int, Level]] = {}
        outline: Mapping[int, Level] = {}
        for root in reversed(roots):
            if root is None:
                continue
            for element in root.iter(STYLE + "style"):
                styles[element.get(STYLE + "family", ""), element.get(STYLE + "name", "")] = _style(element)
            for element in root.iter(TEXT + "list-style"):
                lists[element.get(STYLE + "name", "")] = _levels(element)
            for element in root.iter(TEXT + "outline-style"):
                outline = _levels(element)
        return cls(styles, lists, outline)

    def value(self, family: str, name: str | None, *, key: str) -> str | None:
        """Return a property of a style, its parents' where it says nothing itself."""
        for _ in range(_MAX_PARENTS):
            style = self.styles.get((family, name or ""))
            if style is None:
                return None
            if key in style.properties:
                return style.properties[key]
            name = style.parent
        return None

    def list_style(self, paragraph_style: str | None) -> str | None:
        """Return the list style that a paragraph style brings along."""
        name = paragraph_style
        for _ in range(_MAX_PARENTS):
            style = self.styles.get(("paragraph", name or ""))
            if style is None:
                return None
            if style.list_style is not None:
                return style.list_style or None
            name = style.parent
        return None

    def hidden(self, family: str, name: str | None) -> HiddenReason | None:
        """Say why text of a style is not seen; None where it is."""
        if self.value(family, name, key=TEXT + "display") == "none":
            return HiddenReason.HIDDEN_FORMAT
        size = self.value(family, name, key=FO + "font-size") or ""
        if size.endswith("pt") and _float(size[:-2]) <= 2.0:
            return HiddenReason.TINY
        colour = (self.value(family, name, key=FO + "color") or "").lower()
        background = (self.value(family, name, key=FO + "background-color") or "transparent").lower()
        if colour in ("#ffffff", "#fefefe") and background in ("transparent", "#ffffff"):
            return HiddenReason.SAME_COLOUR
        return None


def _style(element: Any) -> _Style:
    properties: dict[str, str] = {}
    for child in element:
        properties.update(child.attrib)
    return _Style(
        parent=element.get(STYLE + "parent-style-name"),
        properties=properties,
        list_style=element.get(STYLE + "list-style-name"),
    )


def _levels(element: Any) -> Mapping[int, Level]:
    levels = {}
    for child in element:
        number = child.get(TEXT + "level")
        if number is None or not number.isdigit():
            continue
        levels[int(number)] = Level(
            form=child.get(STYLE + "num-format") or "",
            prefix=child.get(STYLE + "num-prefix") or "",
            suffix=child.get(STYLE + "num-suffix") or "",
            shown_levels=max(_int(child.get(TEXT + "display-levels"), 1), 1),
            start=_int(child.get(TEXT + "start-value"), 1),
            bullet=child.get(TEXT + "bullet-char") or "",
        )
    return levels


@dataclass(slots=True)
class Counter:
    """Counts the items of a list, level by level."""

    levels: Mapping[int, Level]
    counts: dict[int, int] = field(default_factory=dict)

    def next(self, level: int, *, start: int | None = None) -> str:
        """Count one item of a level (1-based) and return its label as shown; empty where it has none."""
        shown = self.levels.get(level, Level())
        first = shown.start if start is None else start
        self.counts[level] = first if start is not None or level not in self.counts else self.counts[level] + 1
        for deeper in [other for other in self.counts if other > level]:
            del self.counts[deeper]
        if not shown.form:
            return ""
        parts = []
        for number in range(max(level - shown.shown_levels + 1, 1), level + 1):
            form = self.levels.get(number, Level()).form
            if form:
                parts.append(write_number(self.counts.setdefault(number, self.levels[number].start), form))
        return shown.prefix + ".".join(parts) + shown.suffix


def write_number(number: int, form: str) -> str:
    """Write a number in the form of a list: `1`, `a`, `A`, `i` or `I`.

    Example:
        >>> write_number(28, "a"), write_number(14, "I")
        ('bb', 'XIV')
    """
    if form in ("a", "A") and 0 < number <= 26 * 50:
        text = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
    elif form in ("i", "I") and 0 < number < 4000:
        text, rest = "", number
        for value, sign in _ROMAN:
            text += sign * (rest // value)
            rest %= value
    else:
        return str(number)
    return text.upper() if form.isupper() else text


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("inf")


def _int(text: str | None, default: int) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 7 else default
