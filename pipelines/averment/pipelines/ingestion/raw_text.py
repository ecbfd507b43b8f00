"""The second reading of HTML: every text that the tree of a page holds, as it stands there.

Nothing of the readers is used: the tree is walked from end to end, and each text is handed on, with the reason where it
is no text of the page (scripts, what stands in for media, tagging). Values of form fields count as texts; pages that
a page carries in an attribute are read as well.
"""

from collections.abc import Iterator
from typing import Any, Final

from averment.core.completeness import LeftOut
from averment.pipelines.ingestion.markup_tree import parse_tree
from averment.pipelines.ingestion.text_walk import RawText

_NOT_SHOWN: Final = frozenset(
    {"head", "script", "style", "template", "noscript", "title", "object", "video", "audio", "canvas"}
)
_TAGGING: Final = frozenset({"ix:header", "ix:hidden", "ix:resources", "ix:references"})
_NO_VALUE: Final = frozenset({"hidden", "checkbox", "radio", "file", "image", "password", "color", "range"})
_MAX_DEPTH: Final = 3


def markup_texts(content: bytes, *, depth: int = 0) -> Iterator[RawText]:
    """Yield the texts of an HTML file in its order.

    Raises:
        DocumentCorrupt: There is no element in it.
    """
    from lxml import etree  # type: ignore[import-untyped] # lxml has no stubs

    is_numbered = False
    walk = etree.iterwalk(parse_tree(content), events=("start", "end", "comment", "pi"))
    for event, element in walk:
        if event == "start":
            reason = _markup_reason(element.tag)
            if reason is None:
                is_numbered = is_numbered or element.tag == "li"
                yield from _attributes(element, depth)
                if element.text and element.tag != "iframe":
                    yield RawText(element.text, is_numbered=is_numbered)
                    is_numbered = is_numbered and not element.text.strip()
            else:
                yield RawText(_whole(element), left_out=reason)
                walk.skip_subtree()
        elif element.tail and element.getparent() is not None:
            yield RawText(element.tail, is_numbered=is_numbered)
            is_numbered = is_numbered and not element.tail.strip()


def _attributes(element: Any, depth: int) -> Iterator[RawText]:
    """Yield what a page shows that stands in attributes: values of fields, pages in frames."""
    if element.tag == "input" and (element.get("type") or "text").strip().lower() not in _NO_VALUE:
        yield RawText(element.get("value") or "")
    elif element.tag == "iframe" and element.get("srcdoc") and depth < _MAX_DEPTH:
        page = f"<body>{element.get('srcdoc')}</body>"
        yield from markup_texts(page.encode("utf-8"), depth=depth + 1)


def _markup_reason(tag: str) -> LeftOut | None:
    if tag in _NOT_SHOWN:
        return LeftOut.NOT_SHOWN
    return LeftOut.TAGGING if tag in _TAGGING else None


def _whole(element: Any) -> str:
    return "".join(element.itertext(with_tail=False))
