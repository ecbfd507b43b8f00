"""What kind of file some bytes are: the bytes first, then the name.

A name is only believed among kinds that look alike from their bytes (plain text, Markdown, CSV, mail). A file whose
name promises another kind than its bytes hold is read as what it is.
"""

import re
import zipfile
import zlib
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
RTF: Final = "application/rtf"
ODT: Final = "application/vnd.oasis.opendocument.text"
ODS: Final = "application/vnd.oasis.opendocument.spreadsheet"
ODP: Final = "application/vnd.oasis.opendocument.presentation"
TIFF: Final = "image/tiff"
PNG: Final = "image/png"
JPEG: Final = "image/jpeg"
ZIP: Final = "application/zip"

IMAGES: Final = frozenset({TIFF, PNG, JPEG})
OPEN_DOCUMENTS: Final = frozenset({ODT, ODS, ODP})
SUPPORTED: Final = (
    frozenset({PDF, DOCX, XLSX, PPTX, HTML, MARKDOWN, PLAIN, CSV, EML, MSG, RTF, ZIP}) | IMAGES | OPEN_DOCUMENTS
)

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
    "rtf": RTF,
    "odt": ODT,
    "ott": ODT,
    "ods": ODS,
    "odp": ODP,
    "tif": TIFF,
    "tiff": TIFF,
    "png": PNG,
    "jpg": JPEG,
    "jpeg": JPEG,
    "zip": ZIP,
}

_SIGNATURES: Final = (
    (b"{\\rtf", RTF),
    (b"\x89PNG\r\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
    (b"II+\x00", TIFF),
    (b"MM\x00+", TIFF),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
    (b"\x1f\x8b", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\x00", "application/x-xz"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"%!PS", "application/postscript"),
    (b"\x78\x9f\x3e\x22", "application/ms-tnef"),
    (b"\x00\x00\x00\x0cjP  ", "image/jp2"),
    (b"SQLite format 3\x00", "application/vnd.sqlite3"),
    (b"\x7fELF", "application/x-executable"),
)
# What else may be told from its bytes, and what its owner can do about it.
_UNPACK: Final = "unpack it, or pack it as ZIP"
_MENDS: Final = {
    "application/msword": "save it as .docx",
    "application/vnd.ms-excel": "save it as .xlsx",
    "application/vnd.ms-powerpoint": "save it as .pptx",
    "application/gzip": _UNPACK,
    "application/x-bzip2": _UNPACK,
    "application/x-xz": _UNPACK,
    "application/x-7z-compressed": _UNPACK,
    "application/vnd.rar": _UNPACK,
    "application/x-tar": _UNPACK,
    "application/epub+zip": "save it as .html or .pdf",
    "application/postscript": "save it as .pdf",
    "application/ms-tnef": "have the sender send the mail as HTML or plain text, or save what it holds by itself",
    "image/jp2": "save it as .png",
    "image/gif": "save it as .png",
    "image/bmp": "save it as .png",
    "image/webp": "save it as .png",
    "image/heic": "save it as .jpg",
    "application/xml": "render it to .html or .pdf with the style sheet that belongs to it",
}
_PDF_HEAD: Final = re.compile(rb"%PDF-\d")
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP: Final = b"PK\x03\x04"
_OLE_STREAMS: Final = (
    ("WordDocument", "application/msword"),
    ("Workbook", "application/vnd.ms-excel"),
    ("Book", "application/vnd.ms-excel"),
    ("PowerPoint Document", "application/vnd.ms-powerpoint"),
)
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
    expected = _expected(name, declared)
    found = _by_bytes(content)
    if found is None and expected not in _TEXT_SUFFIXES and _PDF_HEAD.search(content[:1024]):
        found = PDF  # with junk before its head, which is common and harmless
    if found is None:
        found = _text_kind(content, expected=expected)
    if found not in SUPPORTED:
        raise UnsupportedMediaType(
            f"files of type {found!r} cannot be read; readable are PDF, DOCX, XLSX, PPTX, ODT, ODS, ODP, RTF, HTML, "
            "EML, MSG, Markdown, CSV, plain text, TIFF, PNG, JPEG and ZIP",
            hint=_MENDS.get(found, "convert it to one of these, or exclude it from the source"),
            details={"media_type": found},
        )
    return found


def _expected(name: str, declared: str | None) -> str | None:
    suffix = name.rpartition(".")[2].lower() if "." in name else ""
    return BY_SUFFIX.get(suffix, declared if declared in SUPPORTED else None)


def _by_bytes(content: bytes) -> str | None:
    head = content[:1024].lstrip()
    if head.startswith(b"%PDF-"):
        return PDF
    if content.startswith(_ZIP):
        return _zip_kind(content)
    if content.startswith(_OLE):
        return _ole_kind(content)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1"):
        return "image/heic"
    if content[257:262] == b"ustar":
        return "application/x-tar"
    return next((kind for signature, kind in _SIGNATURES if _starts(head, signature)), None)


def _starts(head: bytes, signature: bytes) -> bool:
    """Tell a signature; two letters alone might begin a text, so the file must be binary besides."""
    return head.startswith(signature) and (len(signature) > 2 or b"\x00" in head)


def _zip_kind(content: bytes) -> str:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = archive.namelist()
            declared = archive.read("mimetype")[:200] if "mimetype" in names and names[0] == "mimetype" else b""
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, OSError, RuntimeError) as error:
        raise DocumentCorrupt(
            "the zip container is damaged: its directory cannot be read", hint="deliver it again"
        ) from error
    for prefix, kind in _MAIN_PARTS:
        if any(member.startswith(prefix) and member.endswith(".xml") for member in names):
            return kind
    kind = declared.decode("ascii", errors="replace").strip()
    if kind.startswith("application/vnd.oasis.opendocument."):
        return kind.removesuffix("-template")
    return kind if kind == "application/epub+zip" else ZIP


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
    return next((kind for stream, kind in _OLE_STREAMS if stream in streams), "application/x-ole-storage")


def _text_kind(content: bytes, *, expected: str | None) -> str:
    head = content[:8192]
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")):
        order = "utf-16" if head[:1] in b"\xff\xfe" else "utf-16-le" if head.startswith(b"<") else "utf-16-be"
        wide = head.decode(order, errors="ignore").encode("utf-8", "ignore")
        if _is_markup(wide) and not _is_plain_xml(wide):
            return HTML
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
    if head.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return False
    controls = sum(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head)
    zeros = head.count(0)
    if zeros > 0.2 * len(head):
        odd, even = head[1::2].count(0), head[0::2].count(0)
        return min(odd, even) > 0.1 * max(odd, even, 1)
    return controls - zeros > 0.05 * len(head)
