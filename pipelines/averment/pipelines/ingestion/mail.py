"""Mail: EML through the standard library, MSG through python-oxmsg; attachments come out as files of their own.

The canonical text is sender, recipients, date and subject, then the body: the plain part where there is one, else the
HTML part as `markup` reads it. unstructured loses attachments with only a log line, so it is not asked here. A mail
inside a mail is an attachment too. Attachments' names are shown, never opened: they may try to leave the folder.
"""

import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage, Message
from io import BytesIO
from typing import Any, Final

from averment.core.documents import Attachment, ElementKind, ParsedDocument
from averment.core.errors import DocumentCorrupt, DocumentEncrypted, DocumentLimitExceeded, PartitionFailed
from averment.pipelines.ingestion.canonical import CanonicalWriter
from averment.pipelines.ingestion.hidden import HiddenReason, count_hidden
from averment.pipelines.ingestion.html_style import read_style_sheet
from averment.pipelines.ingestion.language import detect_language
from averment.pipelines.ingestion.limits import ParseLimits
from averment.pipelines.ingestion.markup_reader import MarkupReader
from averment.pipelines.ingestion.markup_tree import parse_tree
from averment.pipelines.ingestion.media_types import EML
from averment.pipelines.ingestion.plain import decode
from averment.pipelines.ingestion.tables import number_cells

_HEADERS: Final = ("From", "To", "Cc", "Date", "Subject")
_MAX_NAME_CHARS: Final = 120


def partition_mail(content: bytes, *, media_type: str, limits: ParseLimits) -> ParsedDocument:
    """Partition a mail.

    Raises:
        DocumentCorrupt: It is no mail.
        DocumentEncrypted: Its body is encrypted.
        DocumentLimitExceeded: It has too many parts.
        PartitionFailed: It has no text.
    """
    if media_type == EML:
        return _partition_eml(content, limits=limits)
    return _partition_msg(content)


def _partition_eml(content: bytes, *, limits: ParseLimits) -> ParsedDocument:
    message = email.message_from_bytes(content, policy=email.policy.compat32)
    parts = list(_leaves(message, limits=limits))
    writer = _Mail()
    for name in _HEADERS:
        writer.header(name, _header(message, name))
    attachments: list[Attachment] = []
    bodies: dict[str, list[bytes]] = {"text/plain": [], "text/html": []}
    charsets: dict[int, str | None] = {}
    for part in parts:
        kind = part.get_content_type()
        name = _file_name(part)
        data = _payload(part)
        if kind in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
            raise DocumentEncrypted("the mail is encrypted", hint="save it decrypted")
        if name or kind not in bodies or part.get_content_disposition() == "attachment":
            if data.strip():
                attachments.append(
                    Attachment(name=name or f"part {len(attachments) + 1}", media_type=kind, content=data)
                )
        else:
            charsets[id(data)] = part.get_content_charset()
            bodies[kind].append(data)
    if any(_decode(data, charsets[id(data)]).strip() for data in bodies["text/plain"]):
        for data in bodies["text/plain"]:
            writer.plain(_decode(data, charsets[id(data)]))
    else:
        for data in bodies["text/html"]:
            writer.markup(_decode(data, charsets[id(data)]))
    return writer.document(EML, "averment mail 1", attachments=tuple(attachments))


def _leaves(message: Message, *, limits: ParseLimits) -> Iterator[Message]:
    """Yield the parts that hold content; mails inside this one stay whole."""
    waiting: list[Message] = [message]
    n_parts = 0
    while waiting:
        part = waiting.pop(0)
        n_parts += 1
        if n_parts > limits.max_parts:
            raise DocumentLimitExceeded(f"the mail has more than {limits.max_parts} parts")
        if part.get_content_type() == "message/rfc822" and part is not message:
            yield part
        elif part.is_multipart():
            waiting = [*(inner for inner in part.get_payload() if isinstance(inner, Message)), *waiting]
        else:
            yield part


def _payload(part: Message) -> bytes:
    if part.get_content_type() == "message/rfc822" and part.is_multipart():
        inner = part.get_payload()
        return bytes(inner[0]) if isinstance(inner, list) and isinstance(inner[0], (Message, EmailMessage)) else b""
    try:
        data = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        return b""
    return data if isinstance(data, bytes) else b""


def _decode(data: bytes, charset: str | None) -> str:
    if charset:
        try:
            return data.decode(charset)
        except (LookupError, UnicodeDecodeError):
            pass
    return decode(data)[0]


def _header(message: Message, name: str) -> str:
    from email.header import decode_header, make_header

    raw = message.get(name)
    if raw is None:
        return ""
    try:
        return str(make_header(decode_header(str(raw))))
    except (LookupError, UnicodeDecodeError, ValueError):
        return str(raw)


def _file_name(part: Message) -> str:
    try:
        name = part.get_filename() or ""
    except (ValueError, LookupError, TypeError):
        name = ""
    return safe_name(name)


def safe_name(name: str) -> str:
    """Return the last part of a file name, without what could lead elsewhere or break a line."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(char for char in last if char.isprintable())[:_MAX_NAME_CHARS].strip(". ") if last else ""


def _partition_msg(content: bytes) -> ParsedDocument:
    from oxmsg import Message as OutlookMessage

    try:
        message: Any = OutlookMessage.load(BytesIO(content))
        writer = _Mail()
        writer.header("From", message.sender or "")
        writer.header("To", ", ".join(recipient.email_address or recipient.name for recipient in message.recipients))
        writer.header("Date", message.sent_date.isoformat() if message.sent_date else "")
        writer.header("Subject", message.subject or "")
        if (message.body or "").strip():
            writer.plain(message.body)
        elif message.html_body:
            writer.markup(message.html_body)
        attachments = tuple(
            Attachment(
                name=safe_name(attachment.file_name or "") or f"part {number}",
                media_type=attachment.mime_type or "application/octet-stream",
                content=attachment.file_bytes or b"",
            )
            for number, attachment in enumerate(message.attachments, start=1)
        )
    except (KeyError, ValueError, TypeError, AttributeError, IndexError, OSError, UnicodeDecodeError) as error:
        raise DocumentCorrupt(f"the mail cannot be read ({type(error).__name__})", hint="save it again") from error
    from averment.pipelines.ingestion.media_types import MSG

    return writer.document(MSG, _oxmsg(), attachments=attachments)


def _oxmsg() -> str:
    from importlib.metadata import version

    return f"python-oxmsg {version('python-oxmsg')}"


class _Mail:
    """Writes the canonical text of a mail."""

    def __init__(self) -> None:
        self._writer = CanonicalWriter()
        self._reader: MarkupReader | None = None
        self._title: str | None = None
        self._has_body = False
        self._hidden: list[tuple[str, HiddenReason]] = []

    def header(self, name: str, value: str) -> None:
        """Write a header line."""
        if value.strip():
            self._writer.write(f"{name}: {value}")
            self._writer.end_line(ElementKind.HEADER if name != "Subject" else ElementKind.TITLE)
            if name == "Subject":
                self._title = " ".join(value.split())[:200]

    def plain(self, text: str) -> None:
        """Write a plain body: paragraphs are separated by empty lines, lines stay lines."""
        for block in text.replace("\r\n", "\n").split("\n\n"):
            for line in block.splitlines():
                self._writer.write(line)
                self._writer.end_line(joins=True)
            self._has_body = self._writer.end_line() is not None or self._has_body

    def markup(self, text: str) -> None:
        """Write an HTML body."""
        n_elements = len(self._writer.elements)
        root = parse_tree(text.encode("utf-8"))
        self._reader = MarkupReader(self._writer, styles=read_style_sheet(root))
        self._reader.read(root)
        self._hidden.extend(self._reader.hidden)
        self._has_body = len(self._writer.elements) > n_elements or self._has_body

    def document(self, media_type: str, parser: str, *, attachments: tuple[Attachment, ...]) -> ParsedDocument:
        """Finish."""
        if not self._has_body and not attachments:
            raise PartitionFailed("no text found: the mail has no body", hint="check that it was saved whole")
        self._writer.write_hidden(self._hidden)
        text = self._writer.text()
        language = detect_language(text)
        grids = self._reader.grids if self._reader else []
        return ParsedDocument(
            text=text,
            elements=tuple(self._writer.elements),
            cells=tuple(number_cells(grids, language=language)),
            media_type=media_type,
            parser=parser,
            language=language,
            title=self._title,
            warnings={**({} if self._has_body else {"mail_without_body": 1}), **count_hidden(self._hidden)},
            attachments=attachments,
        )
