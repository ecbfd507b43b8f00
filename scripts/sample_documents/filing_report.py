"""Build the sample quarterly report from its template: one text, printed as PDF and tagged as inline XBRL."""

from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import jinja2

from sample_documents.filing_numbers import Figures, change_percent, load_figures
from sample_documents.filing_tables import TableWriter
from sample_documents.filing_values import value_of
from sample_documents.filing_xbrl import NAMESPACES, Tagger

_TITLE = "Marrowgate Instruments, Inc. – Form 10-Q for the quarter ended June 30, 2026"
_FILED = "2026-08-06"


class Narrative:
    """The functions that the template calls to put numbers into sentences."""

    def __init__(self, figures: Figures, tagger: Tagger) -> None:
        self._figures = figures
        self._tagger = tagger

    def millions(self, path: str, column: str) -> str:
        """Return an amount as `$185.5 million`."""
        value = abs(Decimal(value_of(self._figures, path, column))) / 1000
        return f"${value.quantize(Decimal('0.1'), rounding=ROUND_HALF_UP)} million"

    def thousands(self, path: str, column: str) -> str:
        """Return an amount as `$2,914 thousand`."""
        return f"${abs(value_of(self._figures, path, column)):,} thousand"

    def growth(self, path: str, now: str, before: str) -> str:
        """Return the change between two columns as `9.5%`, without its sign."""
        change = change_percent(int(value_of(self._figures, path, now)), int(value_of(self._figures, path, before)))
        return f"{abs(change)}%"

    def share(self, path: str, of: str, column: str) -> str:
        """Return one amount as a percentage of another, as `45.4%`."""
        part = Decimal(value_of(self._figures, path, column))
        whole = Decimal(value_of(self._figures, of, column))
        return f"{(part * 100 / whole).quantize(Decimal('0.1'), rounding=ROUND_HALF_UP)}%"

    def value(self, path: str, column: str) -> str:
        """Return the bare value, as for net income per share."""
        return str(value_of(self._figures, path, column))


def filing_pages(folder: Path, *, is_tagged: bool) -> str:
    """Return the report as one page: XHTML with inline XBRL where `is_tagged`, else HTML for printing."""
    figures = load_figures(folder / "figures.yaml")
    tagger = Tagger(is_on=is_tagged)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder), undefined=jinja2.StrictUndefined, autoescape=False
    )
    body = environment.get_template("report.html.j2").render(
        table=TableWriter(folder / "tables.yaml", figures, tagger).write,
        n=Narrative(figures, tagger),
        tag=tagger,
        is_tagged=is_tagged,
    )
    css = (folder / ("screen.css" if is_tagged else "pages.css")).read_text("utf-8")
    head = (
        f'<head><meta charset="utf-8"/><title>{_TITLE}</title><meta name="dcterms.created" content="{_FILED}"/>'
        f'<meta name="dcterms.modified" content="{_FILED}"/><style>{css}</style></head>'
    )
    if not is_tagged:
        return f'<!DOCTYPE html><html lang="en-US">{head}<body>{body}</body></html>'
    names = " ".join(f'xmlns{":" + prefix if prefix else ""}="{uri}"' for prefix, uri in NAMESPACES.items())
    return (
        f"<?xml version='1.0' encoding='UTF-8'?>\n<html {names} xml:lang=\"en-US\">{head}"
        f"<body>{tagger.header()}{body}</body></html>\n"
    )


def filing_pdf(folder: Path) -> bytes:
    """Return the report as PDF."""
    from weasyprint import HTML

    pdf: bytes | None = HTML(string=filing_pages(folder, is_tagged=False)).write_pdf(pdf_identifier=b"mgi-20260630")
    if pdf is None:
        raise RuntimeError("WeasyPrint returned no PDF for the quarterly report")
    return pdf


def filing_html(folder: Path) -> bytes:
    """Return the report as inline-XBRL HTML, UTF-8."""
    return filing_pages(folder, is_tagged=True).encode("utf-8")
