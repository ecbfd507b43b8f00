"""`averment documents certificate`: what a document's completeness certificate says, page by page."""

from collections.abc import Iterator
from typing import Annotated

import typer

from averment.cli.context import runtime_of
from averment.cli.output import JsonFlag, note, print_json, say
from averment.core.completeness import Certificate, PageCount
from averment.core.errors import EXIT_VERIFICATION_FAILED


def show_certificate(
    context: typer.Context,
    document: Annotated[str, typer.Argument(help="document_id, source uri, or an unambiguous file name.")],
    as_json: JsonFlag = False,
) -> None:
    """Show what the second reading of a document accounts for; exit 4 where the text falls short of it."""
    with runtime_of(context) as runtime:
        version = runtime.views.find(document)
    made = version.certificate
    if as_json:
        print_json({"document_id": version.document_id, "text_hash": version.text_hash, "certificate": made})
    elif made is None:
        note("there is no certificate: this kind of file has no second reading, or it was read before there was one")
    else:
        for line in lines(made):
            say(line)
    if made is not None and not made.is_complete:
        raise typer.Exit(EXIT_VERIFICATION_FAILED)


def lines(made: Certificate) -> Iterator[str]:
    """Yield the certificate as lines: its sum, then the pages of which there is more to say."""
    yield made.summary
    yield f"{made.n_pages} pages, {made.n_digits} digits, {made.n_numbers} numbers, {made.n_cells} table cells"
    for page in made.pages:
        state = "" if page.page not in made.failed_pages else "  BELOW THE THRESHOLDS"
        yield f"page {page.page}: {_account(page)}{state}"
    for check in made.checks:
        is_alike = check.agreement >= made.thresholds.min_agreement
        state = "" if is_alike else "  SHOWS SOMETHING ELSE THAN ITS TEXT"
        yield f"page {check.page}: {check.means} has {100 * check.agreement:.1f} % of {check.n_words} words{state}"


def _account(page: PageCount) -> str:
    if page.is_blank:
        return "blank"
    if page.is_unread:
        return "shows something of which nothing was read"
    if page.is_ocr:
        told = "unknown" if page.ocr_confidence is None else f"{page.ocr_confidence:.2f}"
        passed_over = f", {page.n_unread} letters passed over" if page.n_unread else ""
        return f"read by OCR, confidence {told}{passed_over}"
    counts = (
        *((count, f"left out ({reason.replace('_', ' ')})") for reason, count in page.left_out.items()),
        (page.n_unaccounted, "unaccounted for"),
        (page.n_added, "added"),
        (page.n_resolved, "resolved"),
        (page.n_disordered, "words out of order"),
        (page.n_beyond, "of form values and comments"),
        (page.n_hidden, "hidden"),
    )
    parts = [f"{page.n_accounted} of {page.n_chars} letters and digits"]
    return ", ".join([*parts, *(f"{count} {what}" for count, what in counts if count)])
