"""The tree of an HTML file: its encoding found out, its markup mended, nothing fetched."""

import re
from typing import Any

from averment.core.errors import DocumentCorrupt, DocumentLimitExceeded


def parse_tree(content: bytes) -> Any:
    """Parse HTML bytes into a tree; broken markup is mended, external entities are never fetched.

    Raises:
        DocumentCorrupt: There is no element in it.
        DocumentLimitExceeded: It nests deeper than the parser follows.
    """
    from lxml import etree, html  # type: ignore[import-untyped] # lxml has no stubs

    encoding = _encoding(content)
    if encoding is not None and encoding.startswith("utf-16"):
        content, encoding = content.decode(encoding, errors="replace").encode("utf-8", "replace"), "utf-8"
    content = _as_html(content)
    parser = html.HTMLParser(encoding=encoding, huge_tree=True, no_network=True, remove_blank_text=False)
    try:
        root = html.document_fromstring(content, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, LookupError, AssertionError) as error:
        raise DocumentCorrupt("the HTML holds no element that can be read", hint="deliver the file again") from error
    if any("depth" in entry.message.lower() for entry in parser.error_log):
        raise DocumentLimitExceeded(
            "elements nest deeper than the parser follows; text would be lost", hint="save the page from a browser"
        )
    return root


def _as_html(content: bytes) -> bytes:
    """Take out of XHTML what HTML does not know: declarations within the document type, character data sections."""
    head = content[:4096]
    if b"<?xml" not in head[:64] and b"http://www.w3.org/1999/xhtml" not in head:
        return content
    start = head.find(b"<!DOCTYPE")
    opened = content.find(b"[", start, start + 2048) if start >= 0 else -1
    if 0 <= opened < content.find(b">", start):
        end = content.find(b"]", opened)
        close = content.find(b">", end)
        if 0 <= end < close:
            content = content[:start] + content[close + 1 :]
    if b"<![CDATA[" not in content:
        return content
    first, *sections = content.split(b"<![CDATA[")
    parts = [first]
    for section in sections:
        text, mark, rest = section.partition(b"]]>")
        escaped = text.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")
        # What is wrapped so within scripts and styles is none of the text anyway.
        parts += [escaped if mark else text, rest]
    return b"".join(parts)


def _encoding(content: bytes) -> str | None:
    """Name the encoding where the markup itself does not: UTF-8 if the bytes follow it, else Windows-1252."""
    head = content[:4096].lower()
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    if head.startswith((b"<\x00", b"\x00<")):
        return "utf-16-le" if head.startswith(b"<") else "utf-16-be"
    declared = re.search(rb"(?:charset|encoding)\s*=\s*[\"']?\s*([a-z0-9_-]+)", head)
    name = declared.group(1).decode("ascii") if declared else ""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252" if name in ("", "utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin1") else None
    # Bytes that are valid UTF-8 and not plain ASCII are UTF-8, whatever the markup says.
    return "utf-8"
