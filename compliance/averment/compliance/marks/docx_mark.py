"""Marks in DOCX: a custom XML part with its relationship; the digest is over names and contents of all other parts."""

from typing import Final
from xml.sax.saxutils import escape, unescape

from averment.compliance.marks.zip_mark import digests, packed, unpacked

PART: Final = "customXml/averment-mark.xml"
RELATIONSHIPS: Final = "word/_rels/document.xml.rels"
_RELATIONSHIP: Final = (
    b'<Relationship Id="rIdAvermentMark" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/customXml" '
    b'Target="../customXml/averment-mark.xml"/>'
)
_END: Final = b"</Relationships>"
_BEFORE, _AFTER = b'<?xml version="1.0" encoding="UTF-8"?>\n<mark xmlns="urn:averment:mark:1">', b"</mark>\n"


def canonical(raw: bytes) -> bytes:
    """Return a digest over each part by name, the mark and its relationship left out.

    Raises:
        zipfile.BadZipFile: It is no DOCX.
    """
    parts = unpacked(raw)
    parts.pop(PART, None)
    parts[RELATIONSHIPS] = parts.get(RELATIONSHIPS, b"").replace(_RELATIONSHIP, b"")
    return digests(parts)


def embed(raw: bytes, mark: str) -> bytes:
    """Return the document with the mark; the same bytes for the same document.

    Raises:
        zipfile.BadZipFile: It is no DOCX.
    """
    parts = unpacked(raw)
    parts[RELATIONSHIPS] = parts[RELATIONSHIPS].replace(_END, _RELATIONSHIP + _END)
    parts[PART] = _BEFORE + escape(mark).encode() + _AFTER
    return packed(parts)


def extract(raw: bytes) -> str | None:
    """Return the mark, or None.

    Raises:
        zipfile.BadZipFile: It is no DOCX.
    """
    part = unpacked(raw).get(PART)
    if part is None or not (part.startswith(_BEFORE) and part.endswith(_AFTER)):
        return None
    return unescape(part[len(_BEFORE) : -len(_AFTER)].decode("utf-8", errors="replace"))
