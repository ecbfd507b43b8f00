"""Marks in DOCX: a custom XML part with its relationship; the digest is over names and contents of all other parts."""

import hashlib
import io
import zipfile
from typing import Final
from xml.sax.saxutils import escape, unescape

PART: Final = "customXml/averment-mark.xml"
RELATIONSHIPS: Final = "word/_rels/document.xml.rels"
_RELATIONSHIP: Final = (
    b'<Relationship Id="rIdAvermentMark" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/customXml" '
    b'Target="../customXml/averment-mark.xml"/>'
)
_END: Final = b"</Relationships>"
_BEFORE, _AFTER = b'<?xml version="1.0" encoding="UTF-8"?>\n<mark xmlns="urn:averment:mark:1">', b"</mark>\n"
_TIME: Final = (1980, 1, 1, 0, 0, 0)
MAX_BYTES: Final = 512 * 1024 * 1024


def canonical(raw: bytes) -> bytes:
    """Return a digest over each part by name, the mark and its relationship left out.

    Raises:
        zipfile.BadZipFile: It is no DOCX.
    """
    parts = _parts(raw)
    parts.pop(PART, None)
    parts[RELATIONSHIPS] = parts.get(RELATIONSHIPS, b"").replace(_RELATIONSHIP, b"")
    lines = (f"{hashlib.sha256(content).hexdigest()} {name}\n" for name, content in sorted(parts.items()))
    return "".join(lines).encode()


def embed(raw: bytes, mark: str) -> bytes:
    """Return the document with the mark; the same bytes for the same document.

    Raises:
        zipfile.BadZipFile: It is no DOCX.
    """
    parts = _parts(raw)
    parts[RELATIONSHIPS] = parts[RELATIONSHIPS].replace(_END, _RELATIONSHIP + _END)
    parts[PART] = _BEFORE + escape(mark).encode() + _AFTER
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, _TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return stream.getvalue()


def extract(raw: bytes) -> str | None:
    """Return the mark, or None.

    Raises:
        zipfile.BadZipFile: It is no DOCX.
    """
    part = _parts(raw).get(PART)
    if part is None or not (part.startswith(_BEFORE) and part.endswith(_AFTER)):
        return None
    return unescape(part[len(_BEFORE) : -len(_AFTER)].decode("utf-8", errors="replace"))


def _parts(raw: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        if sum(info.file_size for info in archive.infolist()) > MAX_BYTES:
            raise ValueError(f"the file unpacks to more than {MAX_BYTES} bytes")
        names = archive.namelist()
        if len(set(names)) != len(names):
            raise ValueError("two parts of the file share a name")
        return {name: archive.read(name) for name in names}
