"""What stands on a PDF page besides its content: the values of form fields, typed-on text, and comments.

Values and typed-on text are seen where they stand and are read there; comments come after the page's text and say what
they are. Annotations that their flags hide are counted and left out.
"""

import ctypes
from collections import Counter
from typing import Any, Final, NamedTuple

from averment.pipelines.ingestion.pdf_lines import Run, Word

_HIDDEN_FLAGS: Final = 2 | 32  # hidden, not viewed
_TEXT_FIELDS: Final = frozenset({4, 5, 6})  # combo box, list box, text
_BOXES: Final = frozenset({2, 3})  # check box, radio button
_TYPED: Final = 3  # free text
_WIDGET: Final = 20
_COMMENTS: Final = {
    1: "Comment",
    9: "Comment",
    10: "Comment",
    11: "Comment",
    12: "Comment",
    13: "Comment",
    14: "Comment",
}
_MAX_ANNOTATIONS: Final = 5_000
_MAX_CHARS: Final = 20_000


class Annotations(NamedTuple):
    """Runs to be read in their place, and comments to be read after the page."""

    runs: list[Run]
    comments: list[Run]
    n_hidden: int = 0


def read_annotations(page: Any) -> Annotations:
    """Read the annotations of a page; the caller holds pdfium's lock.

    Args:
        page: A page of pypdfium2; values of form fields are there if its document's forms were initialised.
    """
    import pypdfium2.raw as pdfium

    count = min(pdfium.FPDFPage_GetAnnotCount(page.raw), _MAX_ANNOTATIONS)
    found = Annotations([], [])
    if count <= 0:
        return found
    reader = _Reader(pdfium, page)
    n_hidden: Counter[bool] = Counter()
    for number in range(count):
        annotation = pdfium.FPDFPage_GetAnnot(page.raw, number)
        if not annotation:
            continue
        try:
            is_hidden = reader.read(annotation, found)
            n_hidden[is_hidden] += 1
        finally:
            pdfium.FPDFPage_CloseAnnot(annotation)
    return found._replace(n_hidden=n_hidden[True])


class _Reader:
    def __init__(self, pdfium: Any, page: Any):
        self._pdfium = pdfium
        self._page = page
        self._form = getattr(page.formenv, "raw", None)
        self._width, self._height = page.get_size()

    def read(self, annotation: Any, found: Annotations) -> bool:
        """Read one annotation; tell whether it is hidden and holds text."""
        pdfium = self._pdfium
        kind = pdfium.FPDFAnnot_GetSubtype(annotation)
        text = self._field(annotation) if kind == _WIDGET else self._string(annotation, b"Contents")
        if not text or (kind not in (_WIDGET, _TYPED) and kind not in _COMMENTS):
            return False
        if pdfium.FPDFAnnot_GetFlags(annotation) & _HIDDEN_FLAGS:
            return True
        if kind in _COMMENTS:
            author = self._string(annotation, b"T")
            text = f"Comment ({author}): {text}" if author else f"Comment: {text}"
            found.comments.append(self._run(annotation, text))
        else:
            found.runs.append(self._run(annotation, text))
        return False

    def _field(self, annotation: Any) -> str:
        """Return the value of a form field as it is seen."""
        pdfium, form = self._pdfium, self._form
        if form is None:
            return self._string(annotation, b"V")
        kind = pdfium.FPDFAnnot_GetFormFieldType(form, annotation)
        if kind in _BOXES:
            return "[x]" if pdfium.FPDFAnnot_IsChecked(form, annotation) else ""
        if kind not in _TEXT_FIELDS:
            return ""
        return self._decoded(lambda buffer, size: pdfium.FPDFAnnot_GetFormFieldValue(form, annotation, buffer, size))

    def _string(self, annotation: Any, key: bytes) -> str:
        return self._decoded(lambda buffer, size: self._pdfium.FPDFAnnot_GetStringValue(annotation, key, buffer, size))

    def _decoded(self, read: Any) -> str:
        size = min(read(None, 0), 2 * _MAX_CHARS)
        if size <= 2:
            return ""
        buffer = (ctypes.c_ushort * ((size + 1) // 2))()
        read(buffer, size)
        return " ".join(bytes(buffer).decode("utf-16-le", errors="replace").rstrip("\x00").split())

    def _run(self, annotation: Any, text: str) -> Run:
        x0, y0, x1, y1 = self._place(annotation)
        tokens = text.split()
        step = (x1 - x0) / max(len(text), 1)
        words: list[Word] = []
        at = 0
        for token in tokens:
            words.append((x0 + at * step, y0, x0 + (at + len(token)) * step, y1, token, False))
            at += len(token) + 1
        return Run(
            x0=x0, y0=y0, x1=x1, y1=y1, size=y1 - y0, is_bold=False, rotation=0, words=words, n_chars=len(text)
        )  # fmt: skip

    def _place(self, annotation: Any) -> tuple[float, float, float, float]:
        """Return where an annotation stands, from the top left of the page as it is shown."""
        pdfium = self._pdfium
        rect = pdfium.FS_RECTF()
        pdfium.FPDFAnnot_GetRect(annotation, rect)
        scale = 100
        column, row = ctypes.c_int(), ctypes.c_int()
        corners = []
        for x, y in ((rect.left, rect.bottom), (rect.right, rect.top)):
            size = (round(self._width * scale), round(self._height * scale))
            pdfium.FPDF_PageToDevice(self._page.raw, 0, 0, *size, 0, x, y, column, row)
            corners.append((column.value / scale, row.value / scale))
        (x0, y0), (x1, y1) = corners
        return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
