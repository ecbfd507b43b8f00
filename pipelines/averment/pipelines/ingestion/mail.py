"""Mail: EML through the standard library, MSG through python-oxmsg; attachments come out as files of their own.

The canonical text is sender, recipients, date and subject, then the bodies in their order. Of a body in several forms
the HTML is read where it says something that the plain form does not, for that is what mail programs show; what only
the plain form says is kept as hidden. unstructured loses attachments with only a log line, so it is not asked here. A
mail inside a mail is an attachment too. Attachments' names are shown, never opened: they may try to leave the folder.
"""

import email
import email.policy
import re
from collections.abc import Iterator, Sequence
from email.message import Message
from io import BytesIO
from typing import Any, Final

from averment.core.documents import Attachment, ElementKind, ParsedDocument
from averment.core.errors import DocumentCorrupt, DocumentEncrypted, DocumentLimitExceeded, PartitionFailed
from averment.pipelines.ingestion.canonical import CanonicalWriter
from averment.pipelines.ingestion.hidden import HiddenReason, count_hidden
from averment.pipelines.ingestion.html_style import StyleSheet, read_style_sheet
from averment.pipelines.ingestion.language import detect_language
from averment.pipelines.ingestion.limits import ParseLimits
from averment.pipelines.ingestion.markup_reader import MarkupReader
from averment.pipelines.ingestion.markup_tree import parse_tree
from averment.pipelines.ingestion.media_types import EML
from averment.pipelines.ingestion.plain import decode
from averment.pipelines.ingestion.tables import Grid, number_cells

_HEADERS: Final = ("From", "Reply-To", "To", "Cc", "Bcc", "Date", "Subject")
_BODIES: Final = frozenset({"text/plain", "text/html"})
_SIGNATURES: Final = frozenset(
    {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"}
)
_SEALED: Final = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
# The library takes quadratic time for longer ones.
_MAX_HEADER_CHARS: Final = 100_000
_ADDRESS: Final = re.compile(r"https?://\S{1,2000}|mailto:\S{1,500}|www\.\S{1,500}")
Body = tuple[str, str]
"""A form of a body: its media type and its text."""
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
    writer = _Mail()
    for name in _HEADERS:
        writer.header(name, _header(message, name))
    attachments: list[Attachment] = []
    for body in _bodies(message, attachments, limits=limits):
        writer.body(body)
    return writer.document(EML, "averment mail 2", attachments=tuple(attachments))


def _bodies(message: Message, attachments: list[Attachment], *, limits: ParseLimits) -> Iterator[Sequence[Body]]:
    """Yield the bodies of a mail in order, each in all the forms that it has; attachments are collected beside."""
    forms: list[Body] = []
    last: int | None = None
    for part, choice in _leaves(message, limits=limits):
        kind, name, data = part.get_content_type(), _file_name(part), _payload(part)
        if kind in _SEALED:
            _require_open(part)
        if kind in _SIGNATURES:
            continue
        if name or kind not in _BODIES or part.get_content_disposition() == "attachment":
            if data.strip():
                attachments.append(
                    Attachment(name=name or f"part {len(attachments) + 1}", media_type=kind, content=data)
                )
            continue
        if forms and (choice is None or choice != last):
            yield forms
            forms = []
        forms.append((kind, _decode(data, part.get_content_charset())))
        last = choice
    if forms:
        yield forms


def _require_open(part: Message) -> None:
    if "signed" in str(part.get_param("smime-type") or "").lower():
        raise DocumentCorrupt(
            "the mail is signed in a form that wraps its text (S/MIME signed-data)",
            hint="save it from the mail program as a plain message, without the signature",
        )
    raise DocumentEncrypted("the mail is encrypted", hint="save it decrypted")


def _leaves(message: Message, *, limits: ParseLimits) -> Iterator[tuple[Message, int | None]]:
    """Yield the parts that hold content, each with the number of the choice that it is a form of, if of one.

    Mails inside this one stay whole.
    """
    waiting: list[tuple[Message, int | None]] = [(message, None)]
    n_parts = 0
    while waiting:
        part, choice = waiting.pop(0)
        n_parts += 1
        if n_parts > limits.max_parts:
            raise DocumentLimitExceeded(f"the mail has more than {limits.max_parts} parts")
        kind = part.get_content_type()
        if kind == "multipart/encrypted":
            raise DocumentEncrypted("the mail is encrypted", hint="save it decrypted")
        if part.is_multipart() and not (kind.startswith("message/") and part is not message):
            inside = n_parts if kind == "multipart/alternative" and choice is None else choice
            waiting = [*((inner, inside) for inner in part.get_payload() if isinstance(inner, Message)), *waiting]
        else:
            yield part, choice


def _payload(part: Message) -> bytes:
    if part.is_multipart():
        inner = part.get_payload()
        inside = [bytes(one) for one in inner if isinstance(one, Message)] if isinstance(inner, list) else []
        return b"\n".join(inside)
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
        return str(make_header(decode_header(str(raw)))) if len(str(raw)) <= _MAX_HEADER_CHARS else str(raw)
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
        forms = [("text/plain", message.body or ""), ("text/html", message.html_body or "")]
        writer.body([(kind, text) for kind, text in forms if text.strip()])
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
        self._grids: list[Grid] = []
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

    def body(self, forms: Sequence[Body]) -> None:
        """Write a body that may come in several forms, once."""
        plain = "\n\n".join(text for kind, text in forms if kind == "text/plain")
        pages = [text for kind, text in forms if kind == "text/html" and text.strip()]
        if not pages:
            self.plain(plain)
            return
        writer = CanonicalWriter()
        for page in pages:
            MarkupReader(writer, styles=StyleSheet()).read(_tree(page))
        told, shown = _letters(plain), _letters(writer.text())
        if told and all(_letters(line) in told for line in writer.text().splitlines()):
            self.plain(plain)
            return
        for page in pages:
            self.markup(page)
        for line in plain.splitlines():
            if not _letters(_ADDRESS.sub(" ", line)) or _letters(_ADDRESS.sub(" ", line)) in shown:
                continue
            self._hidden.append((line.strip(), HiddenReason.HIDDEN_FORMAT))

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
        root = _tree(text)
        reader = MarkupReader(self._writer, styles=read_style_sheet(root), first_table=len(self._grids) + 1)
        reader.read(root)
        self._hidden.extend(reader.hidden)
        self._grids.extend(reader.grids)
        self._has_body = len(self._writer.elements) > n_elements or self._has_body

    def document(self, media_type: str, parser: str, *, attachments: tuple[Attachment, ...]) -> ParsedDocument:
        """Finish."""
        if not self._has_body and not attachments:
            raise PartitionFailed("no text found: the mail has no body", hint="check that it was saved whole")
        self._writer.write_hidden(self._hidden)
        text = self._writer.text()
        language = detect_language(text)
        return ParsedDocument(
            text=text,
            elements=tuple(self._writer.elements),
            cells=tuple(number_cells(self._grids, language=language)),
            media_type=media_type,
            parser=parser,
            language=language,
            title=self._title,
            warnings={**({} if self._has_body else {"mail_without_body": 1}), **count_hidden(self._hidden)},
            attachments=attachments,
        )


def _tree(text: str) -> Any:
    return parse_tree(f"<body>{text}</body>".encode("utf-8", "replace"))


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))
