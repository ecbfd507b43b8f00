"""Elements of HTML that mean something by themselves: blocks, what is never shown, and the fields of forms."""

from itertools import islice
from typing import Any, Final

from averment.pipelines.ingestion.hidden import HiddenReason
from averment.pipelines.ingestion.ixbrl import HIDDEN

INVISIBLE: Final = HIDDEN | {
    "head", "script", "style", "template", "noscript", "title", "object", "video", "audio", "canvas",
}  # fmt: skip
BLOCKS: Final = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "center",
        "dd",
        "details",
        "dialog",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "nav",
        "ol",
        "option",
        "p",
        "pre",
        "section",
        "summary",
        "text",
        "textarea",
        "iframe",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
        "caption",
        "select",
    ]
)
INLINE_BLOCKS: Final = frozenset({"button", "input", "label", "img", "svg", "meter", "progress", "tspan"})
"""Elements that stand apart from their neighbours in a line."""
_MAX_OPTIONS: Final = 200
_NO_VALUE: Final = frozenset({"hidden", "file", "image", "password", "color", "range"})


def field_text(element: Any) -> str:
    """Return what an input field shows: its value, or a box that is ticked or not."""
    kind = (element.get("type") or "text").strip().lower()
    if kind in ("checkbox", "radio"):
        return "☒" if element.get("checked") is not None else "☐"
    return "" if kind in _NO_VALUE else element.get("value") or ""


def own_reason(element: Any) -> HiddenReason | None:
    """Say why an element is not seen by what it is, whatever its styles say; None for one that is."""
    tag = element.tag
    if element.get("hidden") is not None or (tag == "dialog" and element.get("open") is None):
        return HiddenReason.HIDDEN_FORMAT
    if tag == "del":
        return HiddenReason.DELETED
    if tag in ("s", "strike"):
        return HiddenReason.STRUCK_OUT
    return HiddenReason.HIDDEN_FORMAT if tag == "option" and not _is_chosen(element) else None


def _is_chosen(option: Any) -> bool:
    """Tell an option that a closed list shows: the one that is chosen, else the first."""
    chooser = next(option.iterancestors("select"), None)
    if chooser is None or chooser.get("multiple") is not None or chooser.get("size") not in (None, "1"):
        return True
    if option.get("selected") is not None:
        return True
    options = list(islice(chooser.iter("option"), _MAX_OPTIONS))
    return option is options[0] and not any(one.get("selected") is not None for one in options)
