"""What the styles of an HTML element do to its text: hide it, or give it a colour, a background, a size.

Inline styles and the rules of `<style>` elements are read (`style_rules` says which). Text struck through counts as
hidden: it was deleted by whoever marked it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from averment.pipelines.ingestion.hidden import HiddenReason
from averment.pipelines.ingestion.style_rules import RuleBook, read_rules

_LENGTH: Final = re.compile(r"(-?\d{0,9}\.?\d{1,9})\s*(px|pt|em|rem|ex|ch|%|cm|mm|in|pc|vw|vh)?")
_PX: Final = {"px": 1.0, "pt": 4 / 3, "cm": 37.8, "mm": 3.78, "in": 96.0, "pc": 16.0, "": 1.0, "rem": 16.0}
_RELATIVE: Final = {"em": 1.0, "%": 0.01, "ex": 0.5, "ch": 0.5}
_ALPHA: Final = re.compile(r"(?:rgb|hsl)a?\(.*[,/]\s*(\d*\.?\d+)(%?)\s*\)")
_WHITE: Final = (255, 255, 255)
_NEAR: Final = 16
_MAX_STYLE_CHARS: Final = 20_000
_OFF_SCREEN_PX: Final = -500.0
_TINY_PX: Final = 2.0
_MAX_RULES: Final = 5_000


Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What an element's own styles say.

    `hides` cannot be taken back by what is inside; the others last until something inside says otherwise. `ink` and
    `paper` are the colours of text and background: None where nothing is said, () where a colour is said that cannot be
    told, as that of a picture; `is_clear` tells ink without colour. `size` is in pixels, or a factor where
    `is_relative`. `changes_ink` tells that one of them is said. `is_raised` is that of a note mark.
    """

    hides: HiddenReason | None = None
    is_visible: bool | None = None
    ink: Colour | tuple[()] | None = None
    paper: Colour | tuple[()] | None = None
    is_clear: bool = False
    size: float | None = None
    is_relative: bool = False
    changes_ink: bool = False
    is_raised: bool = False


_NOTHING: Final = Look()
_COLOURED: Final = frozenset({"font", "body", "table", "tr", "td", "th"})


@dataclass(slots=True)
class StyleSheet:
    """The looks of a document's elements; each distinct style is read once.

    Args:
        rules: The rules of its style sheets.
    """

    rules: RuleBook = field(default_factory=RuleBook)
    _looks: dict[str, Look] = field(default_factory=dict)

    def look(self, element: Any) -> Look:
        """Return the look of an element."""
        parts = self.rules.declarations(element)
        if element.tag in _COLOURED:
            parts += [f"color:{value}" for value in (element.get("color"), element.get("text")) if value]
            parts += [f"background:{value}" for value in (element.get("bgcolor"),) if value]
        style = element.get("style")
        if style:
            parts.append(style[:_MAX_STYLE_CHARS])
        if not parts:
            return _NOTHING
        key = ";".join(parts)
        found = self._looks.get(key)
        if found is None:
            found = self._looks[key] = read_look(key)
        return found

    def list_style(self, element: Any) -> str | None:
        """Return the form of the numbers of a list as its styles say, None where they say nothing."""
        told = _told(";".join([*self.rules.declarations(element), (element.get("style") or "")[:_MAX_STYLE_CHARS]]))
        return told.get("list-style-type", told.get("list-style"))


def read_style_sheet(root: Any) -> StyleSheet:
    """Read the `<style>` elements of a document."""
    return StyleSheet(read_rules([element.text or "" for element in root.iter("style")], telling=_TELLING))


_TELLING: Final = (
    "display", "visibility", "opacity", "color", "background", "font", "position", "indent", "clip", "overflow",
    "transform", "vertical-align", "decoration", "list-style", "filter", "letter-spacing",
)  # fmt: skip


def read_look(declarations: str) -> Look:
    """Read declarations; what comes later wins, but for what is important."""
    told = _told(declarations)
    if not told:
        return _NOTHING
    size, is_relative = _size(told)
    is_visible, paper = _visibility(told), _paper(told)
    shown = told.get("-webkit-text-fill-color", told.get("color"))
    ink = None if shown is None else _colour(shown)
    is_clear = shown is not None and _is_clear(shown)
    return Look(
        hides=_hides(told),
        is_visible=is_visible,
        ink=ink,
        paper=paper,
        is_clear=is_clear,
        size=size,
        is_relative=is_relative,
        changes_ink=(is_visible, ink, paper, size) != (None, None, None, None),
        is_raised=_is_raised(told),
    )


def _told(declarations: str) -> dict[str, str]:
    told: dict[str, str] = {}
    important: dict[str, str] = {}
    for declaration in declarations.lower().split(";"):
        name, colon, value = declaration.partition(":")
        if colon:
            mark = value.find("!important")
            (told if mark < 0 else important)[name.strip()] = (value if mark < 0 else value[:mark]).strip()
    return {**told, **important}


def _colour(value: str) -> Colour | tuple[()] | None:
    """Return a colour; () for one that cannot be told, None for a word that leaves it as it is."""
    from PIL import ImageColor

    if value in ("inherit", "initial", "unset", "currentcolor", "revert"):
        return None
    plain = re.sub(r"a?\(\s*([^,/)]+),([^,/)]+),([^,/)]+)[,/][^)]*\)", r"(\1,\2,\3)", value[:60])
    try:
        return ImageColor.getrgb(plain)[:3]
    except ValueError:
        return ()


def _is_clear(value: str) -> bool:
    if value == "transparent" or re.fullmatch(r"#(?:[0-9a-f]{3}0|[0-9a-f]{6}0[0-9a-f])", value):
        return True
    match = _ALPHA.fullmatch(value[:60]) if value.count(",") == 3 or "/" in value else None
    return match is not None and float(match[1]) < (5 if match[2] else 0.05)


def _hides(told: Mapping[str, str]) -> HiddenReason | None:
    if told.get("display") == "none" or told.get("content-visibility") == "hidden":
        return HiddenReason.HIDDEN_FORMAT
    if "line-through" in told.get("text-decoration", "") + told.get("text-decoration-line", ""):
        return HiddenReason.STRUCK_OUT
    filtered = re.search(r"opacity\(\s*([^)\s]{1,9})\s*\)", told.get("filter", "")[:200])
    for value in (told.get("opacity", ""), filtered[1] if filtered else ""):
        opacity = _LENGTH.fullmatch(value[:40])
        if opacity and float(opacity[1]) < (5 if opacity[2] == "%" else 0.05):
            return HiddenReason.TRANSPARENT
    if _is_off_screen(told):
        return HiddenReason.OFF_PAGE
    clips = told.get("overflow", told.get("overflow-y", "")) in ("hidden", "clip")
    boxes = (told.get(name) for name in ("height", "width", "max-height", "max-width", "line-height"))
    if (clips and any(_is_nothing(box) for box in boxes)) or _is_clipped_away(told):
        return HiddenReason.CLIPPED
    return None


def _is_off_screen(told: Mapping[str, str]) -> bool:
    places: Iterable[str] = ("text-indent", "margin-left", "margin-top")
    if told.get("position") in ("absolute", "fixed", "relative"):
        places = (*places, "left", "top", "right", "bottom")
    moved = re.match(
        r"translate(?:x|y|3d)?\(\s*([^,)\s]{1,12})(?:\s*,\s*([^,)\s]{1,12}))?", told.get("transform", "")[:100]
    )
    ways = [*(told.get(place) for place in places), *(moved.groups() if moved else ())]
    return any(_pixels(way) <= _OFF_SCREEN_PX for way in ways)


def _is_clipped_away(told: Mapping[str, str]) -> bool:
    clip = re.sub(r"[\s,]+|px", " ", told.get("clip", ""))
    return (
        re.match(r"rect\( ?[01] [01] [01] [01] ?\)", clip) is not None
        or told.get("clip-path", "").replace(" ", "") in ("inset(100%)", "inset(50%)", "circle(0)", "circle(0px)")
        or re.search(r"scale[xy]?\(\s*0?\.?0+\s*[),]", told.get("transform", "")) is not None
    )


def _is_nothing(value: str | None) -> bool:
    match = _LENGTH.fullmatch(value or "")
    return match is not None and abs(float(match[1])) <= 1 and match[2] in (None, "px", "pt")


def _is_raised(told: Mapping[str, str]) -> bool:
    is_moved = told.get("position") == "relative" and _pixels(told.get("top")) < 0
    return is_moved or told.get("vertical-align") in ("super", "top", "text-top")


def _visibility(told: Mapping[str, str]) -> bool | None:
    value = told.get("visibility")
    return None if value in (None, "inherit") else value not in ("hidden", "collapse")


def _paper(told: Mapping[str, str]) -> Colour | tuple[()] | None:
    """Return the colour that is laid under the text; None where it is what lies behind."""
    value = told.get("background-color", told.get("background"))
    has_picture = told.get("background-image", "none") != "none" or (value is not None and "url(" in value)
    if value in (None, "", "none", "inherit", "initial"):
        return () if has_picture else None
    for word in re.findall(r"(?:rgb|hsl)a?\([^)]{0,80}\)|\S{1,80}", str(value)[:400]):
        if _is_clear(word):
            return () if has_picture else None
        if not word.startswith("url(") and (colour := _colour(word)) != ():
            return colour
    return ()


def _size(told: Mapping[str, str]) -> tuple[float | None, bool]:
    value = told.get("font-size")
    if value is None and "font" in told:
        found = re.search(r"(?:^|\s)(\d{0,6}\.?\d{1,6}(?:px|pt|em|rem|%)|0)(?=/|\s|$)", told["font"][:300])
        value = found[1] if found else None
    match = _LENGTH.fullmatch(value or "")
    if match is None:
        return None, False
    unit = match[2] or ""
    if unit in _RELATIVE:
        return float(match[1]) * _RELATIVE[unit], True
    return float(match[1]) * _PX.get(unit, 1.0), False


def _pixels(value: str | None) -> float:
    match = _LENGTH.fullmatch(value or "")
    return 0.0 if match is None else float(match[1]) * (_PX.get(match[2] or "", 16.0) if match[2] != "%" else 5.0)


class Ink:
    """How text looks at the place where a walk through a document stands."""

    __slots__ = ("_reason", "_stack")

    def __init__(self) -> None:
        # Visible, colour of the text (() unknown), clear, colour behind it, size in pixels.
        self._stack: list[tuple[bool, tuple[int, ...], bool, tuple[int, ...], float]] = [
            (True, (0, 0, 0), False, _WHITE, 16.0)
        ]
        self._reason: HiddenReason | None = None

    @property
    def reason(self) -> HiddenReason | None:
        """Say why text here is not seen; None where it is."""
        return self._reason

    def enter(self, look: Look) -> None:
        """Go into an element; each call is undone by `leave`."""
        visible, ink, clear, paper, size = self._stack[-1]
        if look.size is not None:
            size = size * look.size if look.is_relative else look.size
        self._stack.append(
            (
                visible if look.is_visible is None else look.is_visible,
                ink if look.ink is None else look.ink,
                clear if look.ink is None else look.is_clear,
                paper if look.paper is None else look.paper,
                size,
            )
        )
        self._tell()

    def leave(self) -> None:
        """Come out of an element."""
        self._stack.pop()
        self._tell()

    def _tell(self) -> None:
        visible, ink, clear, paper, size = self._stack[-1]
        if not visible:
            self._reason = HiddenReason.HIDDEN_FORMAT
        elif size < _TINY_PX:
            self._reason = HiddenReason.TINY
        else:
            self._reason = HiddenReason.SAME_COLOUR if clear or _is_near(ink, paper) else None


def _is_near(first: tuple[int, ...], second: tuple[int, ...]) -> bool:
    """Tell two known colours that no eye tells apart."""
    return len(first) == len(second) == 3 and all(
        abs(one - other) <= _NEAR for one, other in zip(first, second, strict=True)
    )
