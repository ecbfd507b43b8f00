"""Which view of a document which format is."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, Literal, cast

from averment.compliance.documents.filled import FilledDocument
from averment.compliance.documents.rendering.page import render_html
from averment.compliance.documents.rendering.pdf import render_pdf
from averment.compliance.documents.rendering.word import render_docx
from averment.core.errors import UsageError

Form = Literal["html", "pdf", "docx", "json"]

_RENDERERS: Final[Mapping[Form, Callable[[FilledDocument], bytes]]] = {
    "html": lambda document: render_html(document).encode(),
    "pdf": render_pdf,
    "docx": render_docx,
    "json": FilledDocument.to_json,
}


def render(document: FilledDocument, form: Form) -> bytes:
    """Write a document in a format: the same bytes for the same document.

    Raises:
        ConfigurationError: What the format needs is not installed.
    """
    return _RENDERERS[form](document)


def form_of(path: Path | None, *, default: Form) -> Form:
    """Tell the format from a file's ending.

    Raises:
        UsageError: The ending names none.
    """
    if path is None:
        return default
    ending = path.suffix.removeprefix(".")
    if ending not in _RENDERERS:
        raise UsageError(f"{str(path)!r} does not tell the format", hint=f"--format {'|'.join(_RENDERERS)}")
    return cast("Form", ending)
