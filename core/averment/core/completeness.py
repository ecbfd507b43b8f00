"""What a reading of a document accounts for: the completeness certificate of a text version.

A second, independent reading of the same bytes says which letters and digits there are. The certificate says of each
of them whether it is in the canonical text, was left out for a reason, or is not accounted for; and of each letter and
digit of the canonical text whether the second reading has it too, and in this order. Counts only, never content.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Self


class LeftOut(StrEnum):
    """Why a letter or digit of the second reading is not in the canonical text."""

    PRINTED_TWICE = "printed_twice"
    OUTSIDE_PAGE = "outside_page"
    NOT_SHOWN = "not_shown"
    TAGGING = "tagging"
    FIELD_CODE = "field_code"
    ALTERNATIVE = "alternative"
    DRAWING = "drawing"  # of certificates made before drawings were read
    REPEATED = "repeated"


class Method(StrEnum):
    """What the second reading was."""

    PDFIUM = "pdfium-characters"
    MARKUP_TREE = "markup-tree"
    OFFICE_XML = "office-xml"
    CHARACTERS = "file-characters"
    OCR = "ocr"


class Means(StrEnum):
    """What a page was checked by, besides the second reading."""

    RENDERED = "rendered-and-ocr"
    SECOND_OCR = "second-ocr"
    POPPLER = "poppler"


class Verdict(StrEnum):
    """What a certificate comes to."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """How much a page may fall short of before its document is quarantined.

    Args:
        max_unaccounted: Letters and digits of a page that the canonical text lacks without a reason.
        max_added: Letters and digits of a page that only the canonical text has.
        max_disordered: Words of a page that stand before the word they follow, on the page and in both readings.
        min_ocr_confidence: Mean confidence of a page read by OCR, 0-1.
        max_unread: Letters that a page read by OCR shows where no word was read, told by its picture; a line of print
            has 60 to 90.
        max_unread_lines: Lines of such a page, of a short word at least, of which nothing was read.
        min_agreement: Share of a page's words that a check by other means has too, 0-1.
        quarantines_disagreement: Whether a check below that fails the page, or is only told.
    """

    max_unaccounted: int = 0
    max_added: int = 0
    max_disordered: int = 0
    min_ocr_confidence: float = 0.5
    max_unread: int = 40
    max_unread_lines: int = 2
    min_agreement: float = 0.5
    quarantines_disagreement: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCheck:
    """A page checked by other means.

    Args:
        page: 1-based number.
        means: What it was checked by.
        n_words: Words of the page that count.
        agreement: The share of them that the other reading has too, 0-1.
    """

    page: int
    means: Means
    n_words: int
    agreement: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCount:
    """The account of one page, or of a whole document where `page` is None.

    Args:
        page: 1-based number.
        n_chars: Letters and digits of the second reading, form values and comments of the page included; of a page
            read by OCR, those that OCR read.
        n_accounted: Those of them that are in the canonical text.
        left_out: Those that are not, by reason.
        n_unaccounted: Those that are not, for no reason.
        n_added: Letters and digits of the canonical text that the second reading lacks.
        n_resolved: Letters and digits of the canonical text where the second reading has a glyph without meaning.
        n_disordered: Words of the canonical text out of order.
        n_beyond: Letters and digits accounted for that are no characters of the page: form values, comments.
        n_hidden: Letters and digits of the canonical text that are marked as not seen.
        n_moved: Letters and digits that stand elsewhere than in the second reading, as notes and hidden text do; told
            of formats without pages, whose order the reader decides.
        n_generated: Letters and digits of the canonical text that the reader wrote itself, as the numbers of lists and
            the names of sheets; told of formats without pages.
        n_numbers_apart: Numbers of the second reading that the canonical text writes otherwise: run together, parted,
            with another sign or separator. Of formats without pages those are compared that stand within one text.
        is_ocr: Whether the page was read from its picture, so that there is nothing to compare with.
        ocr_confidence: Mean confidence of that reading, 0-1.
        n_unread: Letters that such a page shows where no word was read; told by its picture, so roughly.
        n_unread_lines: Lines of three such letters or more of which nothing was read; told likewise.
        is_blank: Whether a page without text shows nothing, or rules and frames alone.
        is_unread: Whether a page without text shows something, of which nothing was read.
    """

    page: int | None
    n_chars: int = 0
    n_accounted: int = 0
    left_out: Mapping[LeftOut, int] = field(default_factory=dict)
    n_unaccounted: int = 0
    n_added: int = 0
    n_resolved: int = 0
    n_disordered: int = 0
    n_beyond: int = 0
    n_hidden: int = 0
    n_moved: int = 0
    n_generated: int = 0
    n_numbers_apart: int = 0
    is_ocr: bool = False
    ocr_confidence: float | None = None
    n_unread: int = 0
    n_unread_lines: int = 0
    is_blank: bool = False
    is_unread: bool = False

    def meets(self, thresholds: Thresholds) -> bool:
        """Tell whether the page may pass."""
        return (
            self.n_unaccounted <= thresholds.max_unaccounted
            and self.n_added <= thresholds.max_added
            and self.n_disordered <= thresholds.max_disordered
            and self.n_unread <= thresholds.max_unread
            and self.n_unread_lines <= thresholds.max_unread_lines
            and (self.ocr_confidence is None or self.ocr_confidence >= thresholds.min_ocr_confidence)
        )

    @property
    def is_remarkable(self) -> bool:
        """Tell a page of which there is more to say than that all of it is there."""
        return (
            self.is_ocr
            or self.is_blank
            or self.is_unread
            or bool(self.left_out)
            or self.n_unaccounted + self.n_added + self.n_resolved + self.n_disordered > 0
            or self.n_beyond + self.n_hidden + self.n_numbers_apart > 0
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """The account of a text version.

    Args:
        method: What the second reading was.
        whole: The sums over all pages.
        pages: The pages of which there is more to say than that all of it is there, in order.
        n_pages: All pages; 0 for formats without.
        n_digits: Digits among the letters and digits of the second reading.
        n_numbers: Numbers in the canonical text.
        n_cells: Table cells.
        failed_pages: Pages below the thresholds, in order; of formats without pages, empty.
        thresholds: What was asked for.
        verdict: What it comes to.
        checks: Pages checked by other means, in order.
        personal_data: How often personal data was found, by kind; None where it was not looked for.
        refuses_personal_data: Whether a document that holds personal data is quarantined.
    """

    method: Method
    whole: PageCount
    pages: tuple[PageCount, ...]
    n_pages: int
    n_digits: int
    n_numbers: int
    n_cells: int
    failed_pages: tuple[int, ...]
    thresholds: Thresholds
    verdict: Verdict
    checks: tuple[PageCheck, ...] = ()
    personal_data: Mapping[str, int] | None = None
    refuses_personal_data: bool = False

    @property
    def blank_pages(self) -> tuple[int, ...]:
        """Return the pages that show nothing, in order."""
        return tuple(page.page for page in self.pages if page.is_blank and page.page is not None)

    @property
    def unread_pages(self) -> tuple[int, ...]:
        """Return the pages that show something of which nothing was read, in order."""
        return tuple(page.page for page in self.pages if page.is_unread and page.page is not None)

    @property
    def disagreeing_pages(self) -> tuple[int, ...]:
        """Return the pages that a check by other means reads differently, in order."""
        return tuple(dict.fromkeys(c.page for c in self.checks if c.agreement < self.thresholds.min_agreement))

    def with_checks(self, checks: Sequence[PageCheck]) -> Self:
        """Add pages checked by other means, and judge them too where the thresholds say so."""
        made = replace(self, checks=tuple(checks))
        if not self.thresholds.quarantines_disagreement or not made.disagreeing_pages:
            return made
        failed = tuple(sorted({*self.failed_pages, *made.disagreeing_pages}))
        return replace(made, failed_pages=failed, verdict=Verdict.INCOMPLETE)

    @property
    def is_complete(self) -> bool:
        """Tell whether the document may be used."""
        return self.verdict is Verdict.COMPLETE

    @property
    def n_ocr_pages(self) -> int:
        """Count the pages that were read from their picture."""
        return sum(page.is_ocr for page in self.pages)

    @property
    def n_personal_data(self) -> int:
        """Count the places where personal data was found; 0 where it was not looked for."""
        return sum((self.personal_data or {}).values())

    @property
    def summary(self) -> str:
        """Say in one line what the certificate comes to."""
        whole = self.whole
        parts = [f"{self.verdict}: {whole.n_accounted} of {whole.n_chars} letters and digits ({self.method})"]
        parts += [f"{count} left out ({reason.replace('_', ' ')})" for reason, count in whole.left_out.items()]
        parts += [
            f"{count} {what}"
            for count, what in (
                (whole.n_unaccounted, "unaccounted for"),
                (whole.n_added, "added"),
                (whole.n_resolved, "resolved"),
                (whole.n_disordered, "words out of order"),
                (whole.n_beyond, "of form values and comments"),
                (whole.n_hidden, "hidden"),
                (whole.n_moved, "moved"),
                (whole.n_generated, "written by the reader"),
                (whole.n_numbers_apart, "numbers written otherwise"),
                (self.n_ocr_pages, "pages read by OCR"),
                (whole.n_unread, "letters of them passed over"),
                (len(self.blank_pages), "blank pages"),
                (len(self.unread_pages), "pages of which nothing was read"),
                (len({check.page for check in self.checks}), "pages checked by other means"),
                (len(self.disagreeing_pages), "pages that show something else than their text"),
                (self.n_personal_data, "places with personal data"),
            )
            if count
        ]
        return ", ".join(parts)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Read what `averment.core.jsonable.to_json` made of one."""
        return cls(
            **{
                **value,
                "method": Method(value["method"]),
                "whole": _page_count(value["whole"]),
                "pages": tuple(map(_page_count, value["pages"])),
                "failed_pages": tuple(value["failed_pages"]),
                "thresholds": Thresholds(**value["thresholds"]),
                "verdict": Verdict(value["verdict"]),
                "checks": tuple(
                    PageCheck(**{**check, "means": Means(check["means"])}) for check in value.get("checks", ())
                ),
            }
        )


def _page_count(value: Mapping[str, Any]) -> PageCount:
    left_out = {LeftOut(reason): count for reason, count in value["left_out"].items()}
    return PageCount(**{**value, "left_out": left_out})


def certify(
    counts: Iterable[PageCount],
    *,
    method: Method,
    thresholds: Thresholds,
    n_digits: int,
    n_numbers: int,
    n_cells: int,
) -> Certificate:
    """Sum up pages and judge them.

    Args:
        counts: One for each page, in order; a single one without a page for formats that have none.
        method: What the second reading was.
        thresholds: How far a page may fall short.
        n_digits: Digits of the second reading.
        n_numbers: Numbers in the canonical text.
        n_cells: Table cells.

    Example:
        >>> counts = [PageCount(page=1, n_chars=9, n_accounted=8, n_unaccounted=1)]
        >>> made = certify(
        ...     counts, method=Method.PDFIUM, thresholds=Thresholds(), n_digits=0, n_numbers=0, n_cells=0
        ... )
        >>> made.verdict.value, made.failed_pages
        ('incomplete', (1,))
    """
    pages = tuple(counts)
    failed = [page for page in pages if not page.meets(thresholds)]
    return Certificate(
        method=method,
        whole=_sum(pages),
        pages=tuple(page for page in pages if page.page is not None and page.is_remarkable),
        n_pages=sum(page.page is not None for page in pages),
        n_digits=n_digits,
        n_numbers=n_numbers,
        n_cells=n_cells,
        failed_pages=tuple(page.page for page in failed if page.page is not None),
        thresholds=thresholds,
        verdict=Verdict.INCOMPLETE if failed else Verdict.COMPLETE,
    )


def _sum(pages: tuple[PageCount, ...]) -> PageCount:
    left_out: dict[LeftOut, int] = {}
    for page in pages:
        for reason, count in page.left_out.items():
            left_out[reason] = left_out.get(reason, 0) + count
    confidences = [page.ocr_confidence for page in pages if page.ocr_confidence is not None]
    return PageCount(
        page=None,
        n_chars=sum(page.n_chars for page in pages),
        n_accounted=sum(page.n_accounted for page in pages),
        left_out=left_out,
        n_unaccounted=sum(page.n_unaccounted for page in pages),
        n_added=sum(page.n_added for page in pages),
        n_resolved=sum(page.n_resolved for page in pages),
        n_disordered=sum(page.n_disordered for page in pages),
        n_beyond=sum(page.n_beyond for page in pages),
        n_hidden=sum(page.n_hidden for page in pages),
        n_moved=sum(page.n_moved for page in pages),
        n_generated=sum(page.n_generated for page in pages),
        n_numbers_apart=sum(page.n_numbers_apart for page in pages),
        is_ocr=bool(pages) and all(page.is_ocr for page in pages),
        ocr_confidence=min(confidences, default=None),
        n_unread=sum(page.n_unread for page in pages),
        n_unread_lines=sum(page.n_unread_lines for page in pages),
    )
