"""What follows from a completeness certificate: a text that falls short of its second reading is not used."""

from typing import Final

from averment.core.completeness import Certificate, PageCount
from averment.core.errors import DocumentIncomplete

_MAX_NAMED: Final = 20


def require_complete(certificate: Certificate | None) -> None:
    """Let a document pass whose certificate says that it is complete, or that has none.

    Raises:
        DocumentIncomplete: It says otherwise; the message names the pages and what they lack, in counts.
    """
    if certificate is None or certificate.is_complete:
        return
    pages = certificate.failed_pages
    shown = ", ".join(map(str, pages[:_MAX_NAMED])) + (", …" if len(pages) > _MAX_NAMED else "")
    where = f"page {shown}" if len(pages) == 1 else f"{len(pages)} pages ({shown})" if pages else "the document"
    details = {"page": pages[0], "pages": len(pages)} if pages else {}
    raise DocumentIncomplete(
        f"the text of {where} falls short of the second reading ({certificate.method}): {_shortfall(certificate)}",
        hint="look at the pages; raise the thresholds in parsing.* if they are good enough, then retry",
        details=details,
    )


def _shortfall(certificate: Certificate) -> str:
    whole, thresholds = certificate.whole, certificate.thresholds
    failed = [page for page in certificate.pages if not page.meets(thresholds)] or [whole]
    parts = [
        f"{count} {what}"
        for count, what in (
            (_total(failed, "n_unaccounted"), "letters and digits unaccounted for"),
            (_total(failed, "n_added"), "letters and digits added"),
            (_total(failed, "n_disordered"), "words out of order"),
            (_total(failed, "n_unread"), "letters that OCR passed over"),
        )
        if count
    ]
    if thresholds.quarantines_disagreement and certificate.disagreeing_pages:
        parts.append(f"{len(certificate.disagreeing_pages)} pages show something else than their text")
    if whole.ocr_confidence is not None and whole.ocr_confidence < thresholds.min_ocr_confidence:
        parts.append(f"confidence of OCR down to {whole.ocr_confidence:.2f}")
    return ", ".join(parts)


def _total(pages: list[PageCount], name: str) -> int:
    return sum(getattr(page, name) for page in pages)
