"""What follows from a certificate: a text that falls short of its second reading, or is refused, is not used."""

from collections.abc import Iterator
from typing import Final

from averment.core.completeness import Certificate, PageCount
from averment.core.errors import DocumentError, DocumentHoldsPersonalData, DocumentIncomplete

_MAX_NAMED: Final = 20


def objections(certificate: Certificate | None) -> Iterator[DocumentError]:
    """Yield what stands against using a document, each of which a reviewer may set aside; nothing without certificate.

    `DocumentIncomplete` names the pages and what they lack, `DocumentHoldsPersonalData` the kinds, both in counts.
    """
    if certificate is None:
        return
    if not certificate.is_complete:
        yield _incomplete(certificate)
    if certificate.refuses_personal_data and certificate.n_personal_data:
        found = sorted((certificate.personal_data or {}).items())
        kinds = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in found)
        yield DocumentHoldsPersonalData(
            f"personal data was found: {kinds}",
            hint="release it with a reason, or set parsing.personal_data to flag",
            details={"places": certificate.n_personal_data},
        )


def _incomplete(certificate: Certificate) -> DocumentIncomplete:
    pages = certificate.failed_pages
    shown = ", ".join(map(str, pages[:_MAX_NAMED])) + (", …" if len(pages) > _MAX_NAMED else "")
    where = f"page {shown}" if len(pages) == 1 else f"{len(pages)} pages ({shown})" if pages else "the document"
    details = {"page": pages[0], "pages": len(pages)} if pages else {}
    return DocumentIncomplete(
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
