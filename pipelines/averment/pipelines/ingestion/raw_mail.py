"""The second reading of a mail: the headers that are shown, and every text of its body.

Nothing of the reader is used. A text that a mail carries in several forms must be there once.
"""

import email
import email.policy
import re
from collections.abc import Iterator
from email.header import decode_header, make_header
from email.message import Message
from typing import Final

from averment.core.errors import DocumentCorrupt
from averment.pipelines.ingestion.raw_text import markup_texts
from averment.pipelines.ingestion.text_walk import RawText

_HEADERS: Final = ("From", "Reply-To", "To", "Cc", "Bcc", "Date", "Subject")
# The library takes quadratic time for longer ones.
_MAX_HEADER_CHARS: Final = 100_000
_ADDRESS: Final = re.compile(r"https?://\S{1,2000}|mailto:\S{1,500}|www\.\S{1,500}")


def mail_texts(content: bytes) -> Iterator[RawText]:
    """Yield the texts of a mail in its order; attachments are documents of their own."""
    message = email.message_from_bytes(content, policy=email.policy.compat32)
    for name in _HEADERS:
        value = _header(message, name)
        if value.strip():
            yield RawText(name)
            yield RawText(value)
    known: set[int] = set()
    # Of several forms the richest first: what the others say is looked for in what it left.
    parts = sorted(enumerate(_body_parts(message)), key=lambda found: _rank(*found))
    for number, (part, choice) in parts:
        texts = _part_texts(part, without_addresses=choice is not None)
        is_further = choice in known
        known.update(() if choice is None else (choice,))
        yield from (
            found
            if found.may_add or found.may_lack
            else found._replace(stream=f"part {number}" if is_further else "body", may_repeat=is_further)
            for found in texts
        )


def _rank(number: int, found: tuple[Message, int | None]) -> tuple[int, bool, int]:
    """Order the parts of a choice by how much their kind can say; others stay where they are."""
    part, choice = found
    return (number, False, number) if choice is None else (choice, part.get_content_type() != "text/html", number)


def _header(message: Message, name: str) -> str:
    raw = message.get(name)
    try:
        return (
            ""
            if raw is None
            else str(make_header(decode_header(str(raw))))
            if len(str(raw)) <= _MAX_HEADER_CHARS
            else str(raw)
        )
    except (LookupError, UnicodeDecodeError, ValueError):
        return str(raw)


def _body_parts(message: Message) -> Iterator[tuple[Message, int | None]]:
    """Yield the parts that are the mail's own text, each with the number of the choice that it is a form of."""
    waiting: list[tuple[Message, int | None]] = [(message, None)]
    n_parts = 0
    while waiting:
        part, choice = waiting.pop(0)
        n_parts += 1
        kind = part.get_content_type()
        if part.is_multipart() and not (kind.startswith("message/") and part is not message):
            inside = n_parts if choice is None and kind == "multipart/alternative" else choice
            waiting = [*((inner, inside) for inner in part.get_payload() if isinstance(inner, Message)), *waiting]
        elif kind in ("text/plain", "text/html") and not _is_attached(part):
            yield part, choice


def _is_attached(part: Message) -> bool:
    try:
        return part.get_content_disposition() == "attachment" or bool(part.get_filename())
    except (ValueError, LookupError, TypeError):
        return False


def _part_texts(part: Message, *, without_addresses: bool) -> Iterator[RawText]:
    """Yield the texts of a part; of several forms, the plain one tells addresses that the others hide behind words."""
    text = _text(part)
    if part.get_content_type() == "text/plain":
        for line in text.splitlines():
            position = 0
            for address in _ADDRESS.finditer(line) if without_addresses else ():
                yield RawText(line[position : address.start()])
                yield RawText(address.group(), may_lack=True, stream="")
                position = address.end()
            yield RawText(line[position:])
    elif text.strip():
        try:
            yield from markup_texts(f"<body>{text}</body>".encode("utf-8", "replace"))
        except DocumentCorrupt:
            return  # nothing but white space and comments


def _text(part: Message) -> str:
    try:
        data = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        return ""
    if not isinstance(data, bytes):
        return ""
    for charset in (part.get_content_charset(), "utf-8", "cp1252"):
        try:
            if charset:
                return data.decode(charset)
        except (LookupError, UnicodeDecodeError):
            continue
    return data.decode("cp1252", errors="replace")
