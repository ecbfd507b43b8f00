"""`averment ingest`, `averment documents …`, `averment text`."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from averment.cli.certificate import show_certificate
from averment.cli.context import runtime_of, user_name
from averment.cli.filters import FilterOption, GroupOption, parse_filters, principal
from averment.cli.output import JsonFlag, counts, note, print_json, print_table, say
from averment.cli.progress import progress
from averment.cli.structure import described, print_facts
from averment.connectors.sources import connectors_for
from averment.core.completeness import Certificate
from averment.core.documents import IngestReport
from averment.core.errors import EXIT_VERIFICATION_FAILED
from averment.pipelines.ingestion.instructions import INSTRUCTIONS
from averment.pipelines.ingestion.personal_data import PERSONAL_DATA
from averment.pipelines.stores.filter_terms import file_name

# Warnings of parsers that ask for a look at the document; the rest is in `averment documents show`.
_FLAGS = (
    ("language_not_supported", "not in English or German"),
    ("hidden_texts", "hidden text"),
    (INSTRUCTIONS, "instructions to a program"),
    (PERSONAL_DATA, "personal data"),
    ("unseen_characters", "characters that nobody sees"),
    ("pages_without_text", "pages without text that are not blank"),
    ("letters_not_read_by_ocr", "letters of scanned pages that were passed over"),
    ("pages_showing_other_text", "pages that show something else than their text"),
    ("pages_not_checked", "pages that should have been checked and were not"),
    ("pages_with_unread_pictures", "pages with pictures that were not read"),
    ("pages_with_invisible_text_layer", "pages with an invisible text layer"),
    ("embedded_objects_unread", "embedded objects that were not read"),
    ("mail_without_body", "mail without a body"),
    ("tags_contradict_print", "tags that contradict the print"),
)
_EXIT = {"ok": 0, "partial": 1, "failed": 3}


def register(app: typer.Typer, *more: Callable[[typer.Typer], None]) -> None:
    """Add the commands; `more` add theirs to `averment documents`."""
    app.command("ingest")(ingest)
    app.command("text")(text)
    documents = typer.Typer(help="The documents of the catalog.", no_args_is_help=True)
    documents.command("list")(list_documents)
    documents.command("show")(show_document)
    documents.command("text")(text)
    documents.command("certificate")(show_certificate)
    documents.command("remove")(remove_document)
    documents.command("check")(check_documents)
    for register_more in more:
        register_more(documents)
    app.add_typer(documents, name="documents")


def ingest(
    context: typer.Context,
    sources: Annotated[
        list[str] | None, typer.Argument(help="Folders, files, or names of sources in settings.")
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Read every document anew.")] = False,
    jobs: Annotated[int | None, typer.Option("--jobs", min=1, max=64, help="Worker processes that parse.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Bring the catalog and the index up to a source: new, changed and removed documents."""
    with runtime_of(context) as runtime:
        reports = []
        for connector in connectors_for(runtime.settings, sources or ()):
            with progress(f"ingest {connector.name}") as shown:
                reports.append(
                    runtime.ingest(connector, full=full, jobs=jobs, subject=user_name(), on_progress=shown.update)
                )
    finish(merge(reports), as_json=as_json)


def finish(report: IngestReport, *, as_json: bool) -> NoReturn:
    """Print a report and end the command with its exit code."""
    if as_json:
        print_json(report)
    else:
        _print_report(report)
    raise typer.Exit(_EXIT[report.status])


def merge(reports: list[IngestReport]) -> IngestReport:
    """Add reports up; the worst status wins."""
    order = ("ok", "partial", "failed")
    return IngestReport(
        status=max((report.status for report in reports), key=order.index, default="ok"),
        added=sum(report.added for report in reports),
        changed=sum(report.changed for report in reports),
        unchanged=sum(report.unchanged for report in reports),
        removed=sum(report.removed for report in reports),
        quarantined=sum(report.quarantined for report in reports),
        failed=sum(report.failed for report in reports),
        n_chunks_embedded=sum(report.n_chunks_embedded for report in reports),
        n_pages=sum(report.n_pages for report in reports),
        duration_s=sum(report.duration_s for report in reports),
        items=tuple(item for report in reports for item in report.items),
        failures=tuple(failure for report in reports for failure in report.failures),
        notices=tuple(dict.fromkeys(text for report in reports for text in report.notices)),
    )


def list_documents(
    context: typer.Context,
    filters: FilterOption = None,
    groups: GroupOption = None,
    as_json: JsonFlag = False,
) -> None:
    """List documents with their state; with --as, only those the groups may read."""
    with runtime_of(context) as runtime:
        who = principal(groups, subject=user_name(), tenant=runtime.settings.tenant) if groups else None
        documents = runtime.list_documents(who, parse_filters(filters))
    if as_json:
        print_json({"documents": documents})
        return
    print_table(
        ("document_id", "file", "status", "kind", "language", "pages", "chunks", "title", "look at"),
        [
            (
                item.document_id,
                file_name(item.source_uri),
                item.status,
                item.kind,
                item.language,
                item.n_pages,
                item.n_chunks,
                item.title,
                item.failure_code or ", ".join(flags(item.warnings)),
            )
            for item in documents
        ],
    )


def show_document(
    context: typer.Context,
    document: Annotated[str, typer.Argument(help="document_id, source uri, or an unambiguous file name.")],
    as_json: JsonFlag = False,
) -> None:
    """Show what the catalog knows of a document."""
    with runtime_of(context) as runtime:
        version, structure, links = runtime.views.structure(document)
    if as_json:
        print_json(described(version, structure, links=links))
        return
    for name in version.__slots__:
        value = getattr(version, name)
        if isinstance(value, Certificate):
            value = value.summary
        if value not in (None, (), "", {}):
            say(f"{name:17s} {value}")
    print_facts(structure, links)


def remove_document(
    context: typer.Context,
    document: Annotated[str, typer.Argument(help="document_id, source uri, or an unambiguous file name.")],
    as_json: JsonFlag = False,
) -> None:
    """Remove a document from index, catalog and blobs; the source is not touched."""
    with runtime_of(context) as runtime:
        version = runtime.views.find(document)
        runtime.remove_document(version.document_id, subject=user_name())
    if as_json:
        print_json({"document_id": version.document_id, "status": "deleted"})
    else:
        note(f"removed {version.document_id}; the next ingestion of its source brings it back")


def check_documents(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Compare the search index with the catalog, point by point count; exit 4 when they differ."""
    with runtime_of(context) as runtime:
        found = runtime.check_index()
    if as_json:
        print_json({"ok": found.is_ok, "expected": found.expected, "found": found.found, "differing": found.differing})
    else:
        say(f"{'ok' if found.is_ok else 'DIFFERENT'}: {found.found} points, {found.expected} expected")
        for identity in found.differing:
            say(f"  {identity}")
        if not found.is_ok:
            note("mend: averment ingest SOURCE --full")
    if not found.is_ok:
        raise typer.Exit(EXIT_VERIFICATION_FAILED)


def text(
    context: typer.Context,
    document: Annotated[str, typer.Argument(help="document_id, source uri, or an unambiguous file name.")],
    text_hash: Annotated[str | None, typer.Option("--text-hash", help="An older text version.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Write the text to a file.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Print the canonical text that quotations are cut from."""
    with runtime_of(context) as runtime:
        opened = runtime.views.text(document, text_hash=text_hash)
    if as_json:
        print_json(
            {
                "document_id": opened.document.document_id,
                "text_hash": opened.text_hash,
                "text": opened.text,
                "pages": [{"page": page.page, "start": page.start, "end": page.end} for page in opened.pages],
            }
        )
    elif out is not None:
        out.write_text(opened.text, encoding="utf-8", newline="")
        note(f"wrote {len(opened.text)} characters to {out}")
    else:
        say(opened.text)


def flags(warnings: Mapping[str, int]) -> list[str]:
    """Return in words what a person should know of a document that was read."""
    return [f"{text} ({warnings[code]})" if warnings[code] > 1 else text for code, text in _FLAGS if code in warnings]


def _print_report(report: IngestReport) -> None:
    say(
        f"{report.status}: "
        + counts(
            {
                name: getattr(report, name)
                for name in ("added", "changed", "unchanged", "removed", "quarantined", "failed")
            }
        )
        + f"; {report.n_pages} pages, {report.n_chunks_embedded} chunks embedded in {report.duration_s:.1f} s"
    )
    for item in report.items:
        if found := flags(item.warnings):
            say(f"  look at {item.source_uri}: {', '.join(found)}")
    for failure in report.failures:
        page = f", page {failure.page}" if failure.page else ""
        say(f"  {failure.code} {failure.source_uri}{page}: {failure.message}")
        if failure.hint:
            say(f"    mend: {failure.hint}")
    for text in report.notices:
        note(f"note: {text}")
