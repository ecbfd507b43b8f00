"""Marks in PDF: XMP metadata in an incremental update, so that the bytes before it stay as they were.

The digest is over those bytes. A mark holds only where the update is the last one and is what embedding the mark into
these bytes makes, so nothing can be added behind it unseen. The properties are declared by an extension schema, as
PDF/A asks for; whether a validator agrees was not tried.
"""

import io
import re
from typing import Final
from xml.sax.saxutils import escape, unescape

from averment.compliance.marks.mark import IPTC, read_mark
from averment.core.errors import ConfigurationError

_NAMESPACE: Final = "urn:averment:mark:1:"
_MARK: Final = re.compile(rb"<averment:mark>([^<]*)</averment:mark>")
_LENGTH: Final = re.compile(rb"<averment:length>(\d{1,18})</averment:length>")
_END: Final = b"</rdf:RDF>"
_EMPTY_PACKET: Final = (
    b'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
)
_PROPERTY: Final = (
    '<rdf:li rdf:parseType="Resource"><pdfaProperty:name>{name}</pdfaProperty:name>'
    "<pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>internal</pdfaProperty:category>"
    "<pdfaProperty:description>{what}</pdfaProperty:description></rdf:li>"
)
_SCHEMA: Final = (
    '<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>{title}</pdfaSchema:schema>'
    "<pdfaSchema:namespaceURI>{uri}</pdfaSchema:namespaceURI><pdfaSchema:prefix>{prefix}</pdfaSchema:prefix>"
    "<pdfaSchema:property><rdf:Seq>{properties}</rdf:Seq></pdfaSchema:property></rdf:li>"
)
_IPTC_NAMESPACE: Final = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"


def canonical(raw: bytes) -> bytes:
    """Return the bytes before the mark's update; all where there is none, or where more was added or changed."""
    length, mark = _LENGTH.findall(raw), extract(raw)
    if not length or mark is None:
        return raw
    before = raw[: int(length[-1])]
    return before if embed(before, mark) == raw else raw


def embed(raw: bytes, mark: str) -> bytes:
    """Return the document with an update that holds the mark; the same bytes for the same document.

    Raises:
        ConfigurationError: The library that writes the update is not installed.
        ValueError: The PDF is damaged.
    """
    try:
        from pypdf import PdfWriter
        from pypdf.errors import PyPdfError
        from pypdf.generic import NameObject, StreamObject
    except ImportError as error:
        raise ConfigurationError(
            "PDF files are marked with pypdf, which is not installed", hint="make setup"
        ) from error
    try:
        writer = PdfWriter(io.BytesIO(raw), incremental=True)
    except PyPdfError as error:
        raise ValueError(f"the PDF is damaged: {error}") from error
    root = writer.root_object
    metadata = root["/Metadata"].get_object() if "/Metadata" in root else None
    present = metadata.get_data() if isinstance(metadata, StreamObject) else _EMPTY_PACKET
    stream = StreamObject()
    stream.set_data(present.replace(_END, _description(mark, length=len(raw)) + _END))
    stream[NameObject("/Type")] = NameObject("/Metadata")
    stream[NameObject("/Subtype")] = NameObject("/XML")
    root[NameObject("/Metadata")] = writer._add_object(stream)
    if writer._info is not None and writer._info.indirect_reference is not None:
        # Only the last trailer counts, and pypdf names there what it wrote anew: so it writes title and dates anew.
        writer._original_hash[writer._info.indirect_reference.idnum - 1] = 0
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def extract(raw: bytes) -> str | None:
    """Return the mark of the last update, or None."""
    found = _MARK.findall(raw)
    return unescape(found[-1].decode("utf-8", errors="replace")) if found else None


def _description(mark: str, *, length: int) -> bytes:
    source_type = IPTC + read_mark(mark).facts.source_type
    ours = _PROPERTY.format(name="mark", what="Signed mark of generated content") + _PROPERTY.format(
        name="length", what="Bytes before the mark"
    )
    theirs = _PROPERTY.format(name="DigitalSourceType", what="Type of the digital source")
    schemas = _SCHEMA.format(
        title="Marks of generated content", uri=_NAMESPACE, prefix="averment", properties=ours
    ) + _SCHEMA.format(title="IPTC extension", uri=_IPTC_NAMESPACE, prefix="Iptc4xmpExt", properties=theirs)
    return (
        f'<rdf:Description rdf:about="" xmlns:averment="{_NAMESPACE}" xmlns:Iptc4xmpExt="{_IPTC_NAMESPACE}">'
        f"<Iptc4xmpExt:DigitalSourceType>{source_type}</Iptc4xmpExt:DigitalSourceType>"
        f"<averment:mark>{escape(mark)}</averment:mark><averment:length>{length}</averment:length></rdf:Description>"
        '<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" '
        'xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" '
        'xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">'
        f"<pdfaExtension:schemas><rdf:Bag>{schemas}</rdf:Bag></pdfaExtension:schemas></rdf:Description>"
    ).encode()
