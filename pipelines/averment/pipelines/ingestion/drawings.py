"""Charts and diagrams of Office files: what they show, as lines and as the table of the figures they draw.

Both lie in parts of their own. A chart keeps the figures it was drawn from: the names of its series, its categories
and values become a table under its titles. Of a diagram (SmartArt) the texts of its nodes are read in their order.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

_MAX_POINTS: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """What a drawing shows.

    Args:
        lines: Its titles and other texts.
        rows: Its figures with their heads, the first row the names of the series; empty for a drawing without.
    """

    lines: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def read_drawing(root: Any) -> Drawing:
    """Read the part of a chart or a diagram."""
    series = [element for element in root.iter() if _name(element) == "ser"]
    lines = tuple(_lines(root))
    if series:
        return Drawing(lines=lines, rows=tuple(_rows(series)))
    return Drawing(lines=(*lines, *_points(root)))


def _lines(root: Any) -> Iterator[str]:
    for paragraph in root.iter():
        if _name(paragraph) == "p":
            text = " ".join("".join(t.text or "" for t in paragraph.iter() if _name(t) == "t").split())
            if text:
                yield text


def _points(root: Any) -> Iterator[str]:
    """Yield the data of charts of the newer kind, which have no series in the older sense."""
    for element in root.iter():
        if _name(element) in ("pt", "v") and not len(element) and (element.text or "").strip():
            yield str(element.text).strip()


def _rows(series: Iterable[Any]) -> Iterator[tuple[str, ...]]:
    heads: list[str] = []
    categories: dict[int, str] = {}
    columns: list[dict[int, str]] = []
    for one in series:
        name = " ".join(_values(one, "tx").values())
        for place, text in (_values(one, "cat") or _values(one, "xVal")).items():
            categories.setdefault(place, text)
        values = [found for kind in ("val", "yVal", "bubbleSize") if (found := _values(one, kind))]
        for found in values or [{}]:
            heads.append(name)
            columns.append(found)
    if any(heads):
        yield ("", *heads)
    for place in sorted({place for column in (categories, *columns) for place in column})[:_MAX_POINTS]:
        yield (categories.get(place, ""), *(column.get(place, "") for column in columns))


def _values(series: Any, kind: str) -> dict[int, str]:
    found: dict[int, str] = {}
    for part in series:
        if _name(part) != kind:
            continue
        for element in part.iter():
            if _name(element) == "v" and (element.text or "").strip():
                point = element.getparent()
                place = point.get("idx") or "0"
                text = " ".join(str(element.text).split())
                form = "" if _name(point.getparent()) == "strCache" else text
                found.setdefault(int(place) if place.isdigit() and len(place) < 9 else 0, _plain(form) or text)
    return found


def _plain(text: str) -> str:
    """Write a stored number as people do, without the traces of binary fractions."""
    try:
        number = Decimal(format(float(text), ".15g")) if text else None
    except (ValueError, InvalidOperation):
        return ""
    return "" if number is None or not number.is_finite() else format(number, "f").removesuffix(".0")


def _name(element: Any) -> str:
    return element.tag.rpartition("}")[2] if element is not None and isinstance(element.tag, str) else ""
