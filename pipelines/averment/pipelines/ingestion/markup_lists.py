"""The numbers that a browser writes before the items of ordered lists, which contracts cite and pages do not store."""

from dataclasses import dataclass, field
from typing import Any, Final

from averment.pipelines.ingestion.html_style import StyleSheet
from averment.pipelines.ingestion.opendocument_styles import write_number

_FORMS: Final = {
    "a": "a",
    "i": "i",
    "1": "1",
    "decimal": "1",
    "lower-alpha": "a",
    "lower-latin": "a",
    "upper-alpha": "A",
    "upper-latin": "A",
    "lower-roman": "i",
    "upper-roman": "I",
    "decimal-leading-zero": "01",
}
_UNNUMBERED: Final = frozenset({"none", "disc", "circle", "square"})


@dataclass(slots=True)
class _List:
    form: str
    next: int
    step: int = 1


@dataclass(slots=True)
class ListNumbers:
    """Counts the items of the lists that a walk through a page is in.

    Args:
        styles: The styles of the page.
    """

    styles: StyleSheet
    _lists: list[_List] = field(default_factory=list)

    def enter(self, element: Any) -> None:
        """Go into a list, ordered or not; each call is undone by `leave`."""
        if element.tag != "ol":
            self._lists.append(_List("", 1))
            return
        told = element.get("type") or ""
        form = told if told in ("A", "I") else _FORMS.get(told.lower(), "1")
        style = self.styles.list_style(element)
        for word in (style or "").split():
            form = "" if word in _UNNUMBERED else _FORMS.get(word, form)
        start, step = _number(element.get("start")), 1
        if element.get("reversed") is not None:
            n_items = sum(1 for item in element.iterchildren("li"))
            start, step = n_items if start is None else start, -1
        self._lists.append(_List(form, 1 if start is None else start, step))

    def leave(self) -> None:
        """Come out of a list."""
        if self._lists:
            self._lists.pop()

    def label(self, item: Any) -> str:
        """Count an item; return the number it shows, empty for one without."""
        if not self._lists or item.getparent() is None or item.getparent().tag not in ("ol", "ul", "menu", "dir"):
            return ""
        current = self._lists[-1]
        told = _number(item.get("value"))
        number = current.next if told is None else told
        current.next = number + current.step
        if not current.form or self.styles.list_style(item) == "none":
            return ""
        text = f"{number:02d}" if current.form == "01" else write_number(number, current.form)
        return f"{text}."


def _number(text: str | None) -> int | None:
    told = (text or "").strip()
    digits = told.removeprefix("-")
    return int(told) if digits.isascii() and digits.isdigit() and len(digits) < 8 else None
