"""What the styles of an HTML element do to its text: hide it, or give it a colour, a background, a size.

Inline styles and the simple rules of `<style>` elements are read (tag, `.class`, `#id`, `tag.class`, lists of them),
which is what documents use and what hides text in them. Not read: rules that depend on place (descendants, `:hover`,
media queries) and linked style sheets, which a document must not need.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from averment.pipelines.ingestion.hidden import HiddenReason

_DECLARATION: Final = re.compile(r"([a-z-]+)\s*:\s*([^;]+)")
_RULE: Final = re.compile(r"([^{}]+)\{([^{}]*)\}")
_COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)
_SIMPLE: Final = re.compile(r"(?:[a-z][a-z0-9]*|\*)?(?:[.#][\w-]+)?", re.I)
_LENGTH: Final = re.compile(r"(-?\d*\.?\d+)\s*(px|pt|em|rem|ex|ch|%|cm|mm|in|pc|vw|vh)?")
_PX: Final = {"px": 1.0, "pt": 4 / 3, "cm": 37.8, "mm": 3.78, "in": 96.0, "pc": 16.0, "": 1.0, "rem": 16.0}
_RELATIVE: Final = {"em": 1.0, "%": 0.01, "ex": 0.5, "ch": 0.5}
_WHITE: Final = re.compile(
    r"white|snow|ivory|transparent|rgba?\(\s*25[345]\s*,\s*25[345]\s*,\s*25[345]\s*(?:,[^)]*)?\)"
    r"|rgba\([^)]*,\s*0?\.?0+\s*\)|#f{3}[0-9a-f]?|#(?:f[def]){3}(?:[0-9a-f]{2})?|f{6}"
)
_OFF_SCREEN_PX: Final = -500.0
_TINY_PX: Final = 2.0
_MAX_RULES: Final = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What an element's own styles say.

    `hides` cannot be taken back by what is inside; the others last until something inside says otherwise. `is_white`
    and `is_shaded` are None where nothing is said; `size` is in pixels, or a factor where `is_relative`. `changes_ink`
    tells that one of them is said. `is_raised` is that of a note mark.
    """

    hides: HiddenReason | None = None
    is_visible: bool | None = None
    is_white: bool | None = None
    is_shaded: bool | None = None
    size: float | None = None
    is_relative: bool = False
    changes_ink: bool = False
    is_raised: bool = False


_NOTHING: Final = Look()


@dataclass(slots=True)
class StyleSheet:
    """The looks of a document's elements; each distinct style is read once.

    Args:
        rules: Declarations by selector.
    """

    rules: Mapping[str, str] = field(default_factory=dict)
    _looks: dict[tuple[str, str, str, str], Look] = field(default_factory=dict)

    def look(self, element: Any) -> Look:
        """Return the look of an element."""
        tag, style = element.tag, element.get("style") or ""
        kind, name = (element.get("class") or "", element.get("id") or "") if self.rules else ("", "")
        attributes = ""
        if tag in ("font", "body", "table", "tr", "td", "th"):
            attributes = f"{element.get('color') or ''}|{element.get('bgcolor') or ''}"
        if not style and not kind and not name and len(attributes) < 2 and tag not in self.rules:
            return _NOTHING
        key = (f"{tag}|{attributes}", style, kind, name)
        found = self._looks.get(key)
        if found is None:
            found = self._looks[key] = read_look(self._declarations(tag, attributes, style, (kind, name)))
        return found

    def _declarations(self, tag: str, attributes: str, style: str, names: tuple[str, str]) -> str:
        parts = []
        colour, _, background = attributes.partition("|")
        if colour:
            parts.append(f"color:{colour}")
        if background:
            parts.append(f"background:{background}")
        classes = names[0].split()
        selectors = ["*", tag, *(f"{owner}.{name}" for name in classes for owner in ("", tag))]
        if names[1]:
            selectors += [f"#{names[1]}", f"{tag}#{names[1]}"]
        parts += [self.rules[selector] for selector in selectors if selector in self.rules]
        return ";".join([*parts, style])


def read_style_sheet(root: Any) -> StyleSheet:
    """Read the `<style>` elements of a document."""
    rules: dict[str, str] = {}
    for element in root.iter("style"):
        text = _COMMENT.sub(" ", element.text or "")
        for selectors, body in _RULE.findall(text):
            if not any(name in body for name in _TELLING):
                continue
            for selector in map(str.strip, selectors.split(",")):
                if _SIMPLE.fullmatch(selector) and len(rules) < _MAX_RULES:
                    rules[selector] = f"{rules.get(selector, '')};{body}"
    return StyleSheet(rules)


_TELLING: Final = (
    "display", "visibility", "opacity", "color", "background", "font", "position", "indent", "clip", "overflow",
    "transform", "vertical-align",
)  # fmt: skip


def read_look(declarations: str) -> Look:
    """Read declarations; what comes later wins."""
    if not declarations:
        return _NOTHING
    told = {name: value.strip() for name, value in _DECLARATION.findall(declarations.lower().replace("!important", ""))}
    size, is_relative = _size(told)
    is_visible, is_shaded = _visibility(told), _shade(told)
    is_white = None if "color" not in told else _WHITE.fullmatch(told["color"]) is not None
    return Look(
        hides=_hides(told),
        is_visible=is_visible,
        is_white=is_white,
        is_shaded=is_shaded,
        size=size,
        is_relative=is_relative,
        changes_ink=(is_visible, is_white, is_shaded, size) != (None, None, None, None),
        is_raised=_is_raised(told),
    )


def _hides(told: Mapping[str, str]) -> HiddenReason | None:
    if told.get("display") == "none":
        return HiddenReason.HIDDEN_FORMAT
    opacity = _LENGTH.fullmatch(told.get("opacity", ""))
    if opacity and float(opacity[1]) < (5 if opacity[2] == "%" else 0.05):
        return HiddenReason.TRANSPARENT
    if _is_off_screen(told):
        return HiddenReason.OFF_PAGE
    clips = told.get("overflow", told.get("overflow-y", "")) in ("hidden", "clip")
    boxes = (told.get(name) for name in ("height", "width", "max-height", "max-width"))
    if (clips and any(_is_nothing(box) for box in boxes)) or _is_clipped_away(told):
        return HiddenReason.CLIPPED
    return None


def _is_off_screen(told: Mapping[str, str]) -> bool:
    places: Iterable[str] = ("text-indent", "margin-left", "margin-top")
    if told.get("position") in ("absolute", "fixed", "relative"):
        places = (*places, "left", "top", "right", "bottom")
    return any(_pixels(told.get(place)) <= _OFF_SCREEN_PX for place in places)


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


def _shade(told: Mapping[str, str]) -> bool | None:
    """Tell whether a background other than white is laid under the text."""
    value = told.get("background-color", told.get("background"))
    if value in (None, "", "none", "inherit", "initial"):
        return None
    first = re.match(r"rgba?\([^)]*\)|\S+", str(value))
    return first is not None and _WHITE.fullmatch(first[0]) is None


def _size(told: Mapping[str, str]) -> tuple[float | None, bool]:
    value = told.get("font-size")
    if value is None and "font" in told:
        found = re.search(r"(\d*\.?\d+(?:px|pt|em|rem|%))", told["font"])
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
        # Visible, white, shaded, size in pixels.
        self._stack: list[tuple[bool, bool, bool, float]] = [(True, False, False, 16.0)]
        self._reason: HiddenReason | None = None

    @property
    def reason(self) -> HiddenReason | None:
        """Say why text here is not seen; None where it is."""
        return self._reason

    def enter(self, look: Look) -> None:
        """Go into an element; each call is undone by `leave`."""
        visible, white, shaded, size = self._stack[-1]
        if look.size is not None:
            size = size * look.size if look.is_relative else look.size
        self._stack.append(
            (
                visible if look.is_visible is None else look.is_visible,
                white if look.is_white is None else look.is_white,
                shaded if look.is_shaded is None else look.is_shaded,
                size,
            )
        )
        self._tell()

    def leave(self) -> None:
        """Come out of an element."""
        self._stack.pop()
        self._tell()

    def _tell(self) -> None:
        visible, white, shaded, size = self._stack[-1]
        if not visible:
            self._reason = HiddenReason.HIDDEN_FORMAT
        elif size < _TINY_PX:
            self._reason = HiddenReason.TINY
        else:
            self._reason = HiddenReason.SAME_COLOUR if white and not shaded else None
