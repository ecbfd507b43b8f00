"""A slide, made plain before it is partitioned: what is not seen taken out, what PowerPoint numbers numbered.

unstructured (through python-pptx) reads the shapes of a slide from top to bottom. It reads hidden shapes as if they
were seen, drops shapes beside the slide, and knows neither alternative contents nor numbers of lists.
"""

from collections.abc import Iterator
from typing import Any, Final

from averment.pipelines.ingestion.alternatives import choose
from averment.pipelines.ingestion.hidden import HiddenReason
from averment.pipelines.ingestion.opendocument_styles import write_number

Hidden = tuple[str, HiddenReason]

A: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
P: Final = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_SHAPES: Final = frozenset({"sp", "grpSp", "graphicFrame", "pic", "cxnSp"})
_TINY: Final = 200
_FORMS: Final = (("alphaLc", "a"), ("alphaUc", "A"), ("romanLc", "i"), ("romanUc", "I"), ("arabic", "1"))


def make_plain(slide: Any, *, size: tuple[int, int]) -> list[Hidden]:
    """Make the tree of a slide plain; return what is not seen, taken out, in order.

    Args:
        slide: Its root.
        size: Width and height of slides, in English metric units.
    """
    choose(slide)
    taken: list[Hidden] = []
    for field in list(slide.iter(f"{A}fld")):
        if field.get("type") == "slidenum":
            field.getparent().remove(field)
    for shape in list(slide.iter()):
        if _name(shape) in _SHAPES and shape.getparent() is not None and (reason := _shape_reason(shape, size)):
            if (text := " ".join(drawing_paragraphs(shape))).strip():
                taken.append((text, reason))
            shape.getparent().remove(shape)
    taken.extend(_take_runs(slide))
    for body in slide.iter(f"{P}txBody", f"{A}txBody"):
        _number(body)
    return taken


def drawing_paragraphs(root: Any) -> Iterator[str]:
    """Yield the texts of the paragraphs of a part, breaks as spaces."""
    for paragraph in root.iter(f"{A}p"):
        parts = []
        for element in paragraph.iter():
            if element.tag == f"{A}br":
                parts.append(" ")
            elif element.tag == f"{A}t" or _name(element) == "t":
                parts.append(element.text or "")
        text = "".join(parts)
        if text.strip():
            yield text


def titles(slide: Any) -> Iterator[str]:
    """Yield the titles of a slide."""
    for shape in slide.iter(f"{P}sp"):
        place = next(shape.iter(f"{P}ph"), None)
        if place is not None and place.get("type") in ("title", "ctrTitle"):
            yield " ".join(drawing_paragraphs(shape))


def _shape_reason(shape: Any, size: tuple[int, int]) -> HiddenReason | None:
    for properties in shape.iterchildren():
        about = next(properties.iterchildren(f"{P}cNvPr"), None) if isinstance(properties.tag, str) else None
        if about is not None and about.get("hidden") in ("1", "true"):
            return HiddenReason.HIDDEN_FORMAT
    if _name(shape.getparent()) != "spTree":
        return None  # places within a group are in units of the group
    box = _box(shape)
    if box is None:
        return None
    x, y, width, height = box
    is_beside = x + width <= 0 or y + height <= 0 or x >= size[0] or y >= size[1]
    return HiddenReason.OFF_PAGE if is_beside and size[0] > 0 else None


def _box(shape: Any) -> tuple[int, int, int, int] | None:
    places = [inner for part in shape for inner in (part, *part) if _name(inner) == "xfrm"] if len(shape) else []
    for place in places:
        off, ext = place.find(f"{A}off"), place.find(f"{A}ext")
        if off is not None and ext is not None:
            told = [off.get("x"), off.get("y"), ext.get("cx"), ext.get("cy")]
            try:
                x, y, width, height = (int(value or "0") for value in told)
            except ValueError:
                return None
            return x, y, width, height
    return None


def _take_runs(slide: Any) -> Iterator[Hidden]:
    for run in list(slide.iter(f"{A}r")):
        properties = run.find(f"{A}rPr")
        text = "".join(part.text or "" for part in run.iter(f"{A}t"))
        reason = None if properties is None or not text.strip() else _run_reason(run, properties)
        if reason is not None:
            yield text, reason
            run.getparent().remove(run)


def _run_reason(run: Any, properties: Any) -> HiddenReason | None:
    size = properties.get("sz") or ""
    if size.isdigit() and len(size) < 7 and int(size) <= _TINY:
        return HiddenReason.TINY
    if properties.get("strike") in ("sngStrike", "dblStrike"):
        return HiddenReason.STRUCK_OUT
    ink = _fill(properties)
    shape = next((outer for outer in run.iterancestors() if _name(outer) in ("sp", "tc")), None)
    behind = None if shape is None else next((_fill(part) for part in shape if _name(part) in ("spPr", "tcPr")), None)
    return HiddenReason.SAME_COLOUR if ink is not None and ink == behind else None


def _fill(properties: Any) -> str | None:
    """Return the plain colour that is filled in, where one is said in numbers or as that of the theme."""
    fill = properties.find(f"{A}solidFill")
    if fill is None or not len(fill) or len(fill[0]):
        return None
    return f"{_name(fill[0])} {(fill[0].get('val') or '').upper()}"


def _number(body: Any) -> None:
    """Write the numbers of numbered paragraphs into their text."""
    counts: dict[int, int] = {}
    for paragraph in body.iterchildren(f"{A}p"):
        properties = paragraph.find(f"{A}pPr")
        told = "" if properties is None else properties.get("lvl") or ""
        level = int(told) if told.isdigit() and len(told) < 3 else 0
        for deeper in [other for other in counts if other > level]:
            del counts[deeper]
        mark = None if properties is None else properties.find(f"{A}buAutoNum")
        first = next(paragraph.iter(f"{A}t"), None)
        if mark is None or first is None:
            if first is not None:
                counts.pop(level, None)
            continue
        start = mark.get("startAt") or "1"
        counts[level] = counts.get(level, (int(start) if start.isdigit() and len(start) < 6 else 1) - 1) + 1
        first.text = f"{_label(counts[level], mark.get('type') or '')} {first.text or ''}"


def _label(number: int, kind: str) -> str:
    text = write_number(number, next((form for name, form in _FORMS if kind.startswith(name)), "1"))
    if kind.endswith("ParenBoth"):
        return f"({text})"
    return text + (")" if kind.endswith("ParenR") else "." if kind.endswith("Period") else "")


def _name(element: Any) -> str:
    return element.tag.rpartition("}")[2] if element is not None and isinstance(element.tag, str) else ""
