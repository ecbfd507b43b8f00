"""What kind of file some bytes are: the bytes first, then the name.

A name is only believed among kinds that look alike from their bytes (plain text, Markdown, CSV, mail). A file whose
name promises another kind than its bytes hold is read as what it is.
"""

import re
import zipfile
from io import BytesIO
from typing import Final

from averment.core.errors import DocumentCorrupt, DocumentEncrypted, UnsupportedMediaType

PDF: Final = "application/pdf"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX: Final = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
HTML: Final = "text/html"
MARKDOWN: Final = "text/markdown"
PLAIN: Final = "text/plain"
CSV: Final = "text/csv"
EML: Final = "message/rfc822"
MSG: Final = "application/vnd.ms-outlook"

SUPPORTED: Final = frozenset({PDF, DOCX, XLSX, PPTX, HTML, MARKDOWN, PLAIN, CSV, EML, MSG})

BY_SUFFIX: Final = {
    "pdf": PDF,
    "docx": DOCX,
    "xlsx": XLSX,
    "pptx": PPTX,
    "htm": HTML,
    "html": HTML,
    "xhtml": HTML,
    "md": MARKDOWN,
    "markdown": MARKDOWN,
    "txt": PLAIN,
    "text": PLAIN,
    "csv": CSV,
    "eml": EML,
    "msg": MSG,
}

_SIGNATURES: Final = (
    (b"{\\rtf", "application/rtf"),
    (b"\x89PNG\r\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"%!PS", "application/postscript"),
)
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP: Final = b"PK\x03\x04"
_MAIN_PARTS: Final = (("word/", DOCX), ("xl/", XLSX), ("ppt/", PPTX))
_HTML: Final = re.compile(rb"<(?:!doctype\s+html|html|head|body|ix:|table|div|p)[\s>:]", re.IGNORECASE)
_XHTML: Final = re.compile(rb"<html[\s>]|http://www\.w3\.org/1999/xhtml", re.IGNORECASE)
_MAIL_HEADER: Final = re.compile(
    rb"^(?:from|to|subject|date|received|message-id|mime-version|return-path|delivered-to|x-[\w-]+|content-type):",
    re.IGNORECASE | re.MULTILINE,
)
_TEXT_SUFFIXES: Final = frozenset({PLAIN, MARKDOWN, CSV, EML, HTML})


def sniff(content: bytes, *, name: str, declared: str | None = None) -> str:
    """Return the media type of a file.

    Raises:
        DocumentCorrupt: The file is empty, or its name promises a binary kind that its bytes are not.
        DocumentEncrypted: It is an encrypted Office document.
        UnsupportedMediaType: No parser is known for what it is.
    """
    if not content:
        raise DocumentCorrupt("empty file: it has 0 bytes", hint="deliver the file again")
    found = _by_bytes(content)
    if found is None:
        found = _text_kind(content, expected=_expected(name, declared))
    if found not in SUPPORTED:
        raise UnsupportedMediaType(
            f"files of type {found!r} cannot be read; readable are PDF, DOCX, XLSX, PPTX, HTML, EML, MSG, Markdown "
            "and plain text",
            hint="convert it to one of these",
            details={"media_type": found},
        )
    return found


def _expected(name: str, declared: str | None) -> str | None:
    suffix = name.rpartition(".")[2].lower() if "." in name else ""
    return BY_SUFFIX.get(suffix, declared)


def _by_bytes(content: bytes) -> str | None:
    head = content[:1024].lstrip()
    if b"%PDF-" in content[:1024]:
        return PDF
    if content.startswith(_ZIP):
        return _zip_kind(content)
    if content.startswith(_OLE):
        return _ole_kind(content)
    return next((kind for signature, kind in _SIGNATURES if head.startswith(signature)), None)


def _zip_kind(content: bytes) -> str:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise DocumentCorrupt(
            "the zip container is damaged: its directory cannot be read", hint="deliver it again"
        ) from error
    for prefix, kind in _MAIN_PARTS:
        if any(member.startswith(prefix) for member in names):
            return kind
    if any(member == "mimetype" for member in names):
        return "application/vnd.oasis.opendocument.text"
    return "application/zip"


def _ole_kind(content: bytes) -> str:
    import olefile

    try:
        with olefile.OleFileIO(BytesIO(content)) as container:
            streams = {"/".join(path) for path in container.listdir()}
    except (OSError, ValueError, IndexError, TypeError) as error:
        raise DocumentCorrupt("the OLE container is damaged: its directory cannot be read") from error
    if "EncryptedPackage" in streams:
        raise DocumentEncrypted(
            "the Office document is encrypted and needs a password", hint="save it without a password"
        )
    if "__properties_version1.0" in streams:
        return MSG
    return "application/x-ole-storage"


def _text_kind(content: bytes, *, expected: str | None) -> str:
    head = content[:8192]
    if _is_markup(head):
        return "application/xml" if _is_plain_xml(head) else HTML
    if expected in _TEXT_SUFFIXES and not _is_binary(head):
        return PLAIN if expected == HTML else expected
    if expected is not None and expected not in _TEXT_SUFFIXES:
        raise DocumentCorrupt(
            f"the name promises {expected!r}, but the bytes are not of that kind",
            hint="open it in its own program and save it again",
            details={"media_type": expected},
        )
    if _is_binary(head):
        return "application/octet-stream"
    return EML if len(_MAIL_HEADER.findall(head)) >= 3 else PLAIN


def _is_markup(head: bytes) -> bool:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start.startswith(b"<"):
        return False
    return start.startswith((b"<?xml", b"<!DOCTYPE", b"<!doctype")) or _HTML.search(head) is not None


def _is_plain_xml(head: bytes) -> bool:
    is_xml = head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<?xml")
    return _XHTML.search(head) is None if is_xml else _HTML.search(head) is None


def _is_binary(head: bytes) -> bool:
    """Tell bytes that are no text in UTF-8, UTF-16 or an 8-bit code page: many control characters, no zero pattern."""
    if not head:
        return False
    controls = sum(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head)
    zeros = head.count(0)
    if zeros > 0.2 * len(head):
        odd, even = head[1::2].count(0), head[0::2].count(0)
        return min(odd, even) > 0.1 * max(odd, even, 1)
    return controls - zeros > 0.05 * len(head)
