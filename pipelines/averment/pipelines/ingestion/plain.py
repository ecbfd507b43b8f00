"""Plain text and Markdown: the canonical text is the decoded file, unchanged, without a byte-order mark.

The encoding is found from the bytes: a byte-order mark, UTF-8, UTF-16 without a mark (zeros at even or odd places),
else Windows-1252 with its five undefined bytes as U+FFFD. Line ends stay as they are. Blocks are runs of lines
between empty lines; headings are found by Markdown marks, capitals and numbering. unstructured would change the
characters of a text file, so it is not asked here.
"""

import codecs
import re
from collections.abc import Iterator
from typing import Final

from averment.core.documents import Element, ElementKind, ParsedDocument
from averment.core.errors import DocumentCorrupt, DocumentLimitExceeded, PartitionFailed
from averment.pipelines.ingestion.limits import ParseLimits
from averment.pipelines.ingestion.media_types import CSV, MARKDOWN

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LIST_MARK: Final = re.compile(r"\s*(?:[•●▪■◦‣·*+-]|\((?:[a-z]{1,3}|[ivxlc]+|\d{1,3})\)|[a-z]\))\s", re.I)
_NUMBERED: Final = re.compile(
    r"(?:(?:article|section|part|item|schedule|exhibit|annex|appendix|artikel|abschnitt|anlage|§)\s+[\w.]+"
    r"|\d{1,3}(?:\.\d{1,3}){0,4}\.?|[IVXLC]+\.)(?=[\s:.–—-]|$)",
    re.I,
)
_RULE: Final = re.compile(r"[\s=_*#.~-]*")
_MAX_HEADING_CHARS: Final = 100


def decode(content: bytes) -> tuple[str, str]:
    """Decode a text file; return its text and the name of the encoding.

    Raises:
        DocumentCorrupt: The bytes carry the mark of an encoding that they do not follow.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _strict(content[len(mark) :], encoding), encoding
    guessed = _utf16(content)
    if guessed:
        return _strict(content, guessed), guessed
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace"), "windows-1252"


def _strict(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise DocumentCorrupt(
            f"the text is marked as {encoding}, but byte {error.start} does not follow it",
            hint="save it again as UTF-8",
            details={"byte": error.start},
        ) from error


def _utf16(content: bytes) -> str | None:
    """Name the UTF-16 byte order of a text without a mark: most of its characters have one zero byte."""
    head = content[: min(len(content), 4096) & ~1]
    if len(head) < 4 or len(content) % 2:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) / 2
    if odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None


def partition_plain(content: bytes, *, media_type: str, limits: ParseLimits) -> ParsedDocument:
    """Partition a text, Markdown or CSV file.

    Raises:
        DocumentCorrupt: The bytes do not follow the encoding they are marked with.
        DocumentLimitExceeded: It is longer than allowed.
        PartitionFailed: It holds nothing but white space.
    """
    text, encoding = decode(content)
    if len(text) > limits.max_chars:
        raise DocumentLimitExceeded(
            f"the text has {len(text)} characters, the limit is {limits.max_chars}", hint="raise the limit, or split it"
        )
    if not text.strip():
        raise PartitionFailed("no text found: the file holds only white space", hint="check that it is the right file")
    elements = tuple(_elements(text, media_type))
    title = next((element.text for element in elements if element.kind is ElementKind.HEADING), None)
    return ParsedDocument(
        text=text,
        elements=elements,
        media_type=media_type,
        parser="averment plain 1",
        title=" ".join(title.strip("#* \t").split())[:200] if title else None,
        warnings={f"decoded_as_{encoding}": 1} if encoding not in ("utf-8",) else {},
    )


def _elements(text: str, media_type: str) -> Iterator[Element]:
    number = 0
    block: list[tuple[int, int]] = []
    kind = ElementKind.PARAGRAPH
    for start, end in _lines(text):
        line = text[start:end]
        found = _kind(line, media_type)
        joins = block and found is ElementKind.PARAGRAPH and kind in (ElementKind.PARAGRAPH, ElementKind.LIST_ITEM)
        if block and (not line.strip() or not joins):
            number += 1
            yield _element(number, kind, text, block)
            block = []
        if line.strip():
            if not block:
                kind = found
            block.append((start, end))
    if block:
        yield _element(number + 1, kind, text, block)


def _lines(text: str) -> Iterator[tuple[int, int]]:
    position = 0
    for line in text.splitlines(keepends=True):
        yield position, position + len(line)
        position += len(line)


def _kind(line: str, media_type: str) -> ElementKind:
    content = line.strip()
    if media_type == CSV:
        return ElementKind.TABLE_ROW
    if media_type == MARKDOWN and content.startswith("#"):
        return ElementKind.HEADING
    if media_type == MARKDOWN and content.startswith("|"):
        return ElementKind.TABLE_ROW
    if _LIST_MARK.match(line):
        return ElementKind.LIST_ITEM
    return ElementKind.HEADING if _is_heading(content) else ElementKind.PARAGRAPH


def _is_heading(content: str) -> bool:
    if not content or len(content) > _MAX_HEADING_CHARS or content.endswith((",", ";")):
        return False
    letters = [char for char in content if char.isalpha()]
    if len(letters) < 3 or _RULE.fullmatch(content):
        return False
    if all(char.isupper() for char in letters):
        return True
    is_title = sum(word[:1].isupper() for word in content.split()) > 0.6 * len(content.split())
    return bool(_NUMBERED.match(content)) and is_title and not content.endswith(".") and len(content) < 80


def _element(number: int, kind: ElementKind, text: str, block: list[tuple[int, int]]) -> Element:
    start, end = block[0][0], block[-1][1]
    while text[start].isspace():
        start += 1
    while text[end - 1].isspace():
        end -= 1
    return Element(id=f"e{number}", kind=kind, text=text[start:end], start=start, end=end)
