"""Small steps on the tree of a DOCX part, in both of its namespaces."""

from collections.abc import Iterator
from typing import Any, Final

from averment.pipelines.ingestion.docx_styles import STRICT, W

_SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"


def local(element: Any) -> str:
    """Return the name of a WordprocessingML element; empty for any other."""
    tag = element.tag if element is not None else None
    if not isinstance(tag, str) or not tag.startswith((W, STRICT)):
        return ""
    return tag.rpartition("}")[2]


def named(root: Any, name: str) -> Iterator[Any]:
    """Yield the elements of a name in order."""
    return root.iter(W + name, STRICT + name)  # type: ignore[no-any-return] # lxml has no stubs


def remove(element: Any) -> None:
    """Take an element out; text of files does not stand behind elements."""
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def unwrap(element: Any) -> None:
    """Put an element's children in its place."""
    parent = element.getparent()
    at = parent.index(element)
    for inner in reversed(list(element)):
        parent.insert(at, inner)
    parent.remove(element)


def above(element: Any, name: str) -> Any:
    """Return the nearest element of a name that an element lies in; None where there is none."""
    return next((found for found in element.iterancestors() if local(found) == name), None)


def made_text(text: str) -> Any:
    """Make a text element."""
    from lxml import etree  # type: ignore[import-untyped] # lxml has no stubs

    made = etree.Element(W + "t")
    made.text = text
    made.set(_SPACE, "preserve")
    return made


def made_run(text: str) -> Any:
    """Make a run that holds a text."""
    from lxml import etree

    run = etree.Element(W + "r")
    run.append(made_text(text))
    return run


def made_paragraph(text: str) -> Any:
    """Make a paragraph that holds a text."""
    from lxml import etree

    paragraph = etree.Element(W + "p")
    paragraph.append(made_run(text))
    return paragraph


def text_of(element: Any) -> str:
    """Return the text of an element, tabs and breaks as spaces."""
    parts: list[str] = []
    for inner in element.iter():
        name = local(inner)
        if name in ("t", "delText"):
            parts.append(inner.text or "")
        elif name in ("tab", "br", "cr", "ptab"):
            parts.append(" ")
        elif name == "noBreakHyphen":
            parts.append("-")
        elif name == "p" and parts:
            parts.append(" ")
    return "".join(parts)
