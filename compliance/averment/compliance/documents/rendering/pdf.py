"""A filled document as tagged PDF/A-3a with its JSON embedded: the same bytes for the same document."""

import datetime
import hashlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from averment.compliance.documents.filled import FilledDocument
from averment.compliance.documents.rendering.page import render_html
from averment.core.errors import ConfigurationError

VARIANT: Final = "pdf/a-3a"
_FONT_DATE: Final = "SOURCE_DATE_EPOCH"
_RENDERING: Final = threading.Lock()


def render_pdf(document: FilledDocument) -> bytes:
    """Write the PDF; its dates are the log's, its identifier is made from the document's JSON.

    Raises:
        ConfigurationError: WeasyPrint, or the system library pango, is not installed.
    """
    try:
        from weasyprint import HTML, Attachment
    except (ModuleNotFoundError, OSError) as error:
        raise ConfigurationError(
            f"PDF needs WeasyPrint and pango: {error}", hint="make setup; make setup-system FEATURES=reports"
        ) from error
    content = document.to_json()
    moment = datetime.datetime.fromisoformat(document.log.time)
    # An Attachment is read once: it is made anew for every rendering.
    attachment = Attachment(
        string=content.decode(),
        name=f"{document.kind}.json",
        description=document.title,
        created=moment,
        modified=moment,
        relationship="Source",
    )
    with _RENDERING, _fixed_font_dates(moment):
        rendered: bytes = HTML(string=render_html(document)).write_pdf(
            pdf_variant=VARIANT,
            pdf_tags=True,
            pdf_identifier=hashlib.sha256(content).digest()[:16],
            attachments=[attachment],
        )
    return rendered


@contextmanager
def _fixed_font_dates(moment: datetime.datetime) -> Iterator[None]:
    """Have subsets of fonts carry the document's date: fontTools takes it from this variable alone, else the clock."""
    before = os.environ.get(_FONT_DATE)
    os.environ[_FONT_DATE] = str(int(moment.timestamp()))
    try:
        yield
    finally:
        os.environ.pop(_FONT_DATE)
        if before is not None:
            os.environ[_FONT_DATE] = before
