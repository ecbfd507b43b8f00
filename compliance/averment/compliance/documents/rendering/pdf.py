"""A filled document as tagged PDF/A-3a with its JSON embedded: the same bytes for the same document."""

import datetime
import hashlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from averment.compliance.documents.filled import FilledDocument
from averment.compliance.documents.rendering.page import render_html
from averment.core.errors import ConfigurationError

VARIANT: Final = "pdf/a-3a"
_FONT_DATE: Final = "SOURCE_DATE_EPOCH"
_SCOPES: Final = {"/THead": "/Column", "/TBody": "/Row"}
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
            finisher=_finish,
        )
    return rendered


def _finish(_: object, pdf: Any) -> None:
    """Mend what WeasyPrint 70 leaves: no scope of heads, no tree of their ids, the file inside named twice."""
    import pydyf

    pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))
    _name_headers(pdf)


def _name_headers(pdf: Any) -> None:
    """Say of every head of a table whether it is a column's or a row's, and list heads by the ids that cells name."""
    import pydyf

    by_reference = {item.reference: item for item in pdf.objects if isinstance(item, pydyf.Dictionary)}
    heads = {}
    for part in by_reference.values():
        scope = _SCOPES.get(part.get("S"))
        rows = [by_reference[kid] for kid in part["K"] if kid in by_reference] if scope else []
        for reference in (kid for row in rows for kid in row["K"]):
            cell = by_reference.get(reference, {})
            if cell.get("S") == "/TH":
                cell["A"]["Scope"] = scope
                heads[cell["ID"].string] = (cell["ID"], reference)
    if heads:
        tree = next(item for item in by_reference.values() if item.get("Type") == "/StructTreeRoot")
        names = [part for _, named in sorted(heads.items()) for part in named]
        tree["IDTree"] = pydyf.Dictionary({"Names": pydyf.Array(names)})


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
