"""Marks in HTML: two `meta` elements before the end of the head, in one fixed spelling; the digest is over the rest."""

import html
import re
from typing import Final

from averment.compliance.marks.mark import IPTC, read_mark

_ELEMENTS: Final = re.compile(
    rb'<meta name="digital-source-type" content="[^"]*"><meta name="averment-mark" content="([^"]*)">'
)
_HEAD_END: Final = re.compile(rb"</head\s*>", re.IGNORECASE)
_HTML_START: Final = re.compile(rb"<html[^>]*>", re.IGNORECASE)


def canonical(raw: bytes) -> bytes:
    """Return the page without its mark."""
    return _ELEMENTS.sub(b"", raw, count=1)


def embed(raw: bytes, mark: str) -> bytes:
    """Return the page with the mark at the end of its head, or at its beginning where it has no head."""
    source_type = IPTC + read_mark(mark).facts.source_type
    content = html.escape(mark).replace("\n", "&#10;")
    elements = (
        f'<meta name="digital-source-type" content="{source_type}"><meta name="averment-mark" content="{content}">'
    )
    head, start = _HEAD_END.search(raw), _HTML_START.search(raw)
    place = head.start() if head else start.end() if start else 0
    return raw[:place] + elements.encode() + raw[place:]


def extract(raw: bytes) -> str | None:
    """Return the mark, or None."""
    found = _ELEMENTS.search(raw)
    return html.unescape(found[1].decode("utf-8", errors="replace")) if found else None
