"""`averment documents quarantine|retry|release`: what could not be read, why, and how it gets in."""

from collections import defaultdict
from typing import Annotated

import typer

from averment.cli.context import runtime_of, user_name
from averment.cli.corpus import finish, merge
from averment.cli.output import JsonFlag, note, print_json, print_table
from averment.connectors.sources import connectors_of
from averment.core.documents import IngestReport, StandingFailure
from averment.core.errors import DocumentNotFound, UsageError
from averment.pipelines.ingestion.changes import container_uri
from averment.pipelines.ingestion.upkeep import is_releasable
from averment.pipelines.stores.filter_terms import file_name
from averment.service.runtime import Runtime


def register(documents: typer.Typer) -> None:
    """Add the commands to `averment documents`."""
    documents.command("quarantine")(show_quarantine)
    documents.command("retry")(retry)
    documents.command("release")(release)


def show_quarantine(context: typer.Context, as_json: JsonFlag = False) -> None:
    """List what is in quarantine or could not be read, with reason and mend."""
    with runtime_of(context) as runtime:
        failures = runtime.standing_failures()
    if as_json:
        rows = [
            {
                "document_id": found.document_id,
                "source": found.connector,
                "failed_at": found.failed_at,
                "is_releasable": is_releasable(found.failure.code),
                "failure": found.failure,
            }
            for found in failures
        ]
        print_json({"quarantine": rows})
        return
    print_table(
        ("source_uri", "code", "page", "retryable", "releasable", "reason", "mend"),
        [
            (
                item.source_uri,
                item.code,
                item.page,
                "yes" if item.retryable else "no",
                "yes" if is_releasable(item.code) else "no",
                item.message,
                item.hint,
            )
            for item in (found.failure for found in failures)
        ],
    )


def retry(
    context: typer.Context,
    documents: Annotated[
        list[str] | None, typer.Argument(help="document_id, source uri or file name of what failed.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Everything that failed.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Read again what is in quarantine or could not be read."""
    if bool(documents) == everything:
        raise UsageError("name documents, or --all", hint="averment documents quarantine lists what failed")
    with runtime_of(context) as runtime:
        standing = runtime.standing_failures()
        chosen = standing if everything else [_find(standing, reference) for reference in documents or ()]
        report = _retry(runtime, chosen)
    finish(report, as_json=as_json)


def release(
    context: typer.Context,
    document: Annotated[str, typer.Argument(help="document_id, source uri, or an unambiguous file name.")],
    reason: Annotated[str, typer.Option("--reason", help="Why it may be used; kept encrypted beside the log.")],
    as_json: JsonFlag = False,
) -> None:
    """Let a quarantined document into the index although its text is doubtful, and read it again."""
    with runtime_of(context) as runtime:
        version = runtime.views.find(document)
        runtime.release_document(version, reason=reason, subject=user_name())
        if not as_json:
            note(f"released {version.document_id} from {version.failure_code}; reading it again")
        standing = [found for found in runtime.standing_failures() if found.document_id == version.document_id]
        report = _retry(runtime, standing)
    finish(report, as_json=as_json)


def _retry(runtime: Runtime, chosen: list[StandingFailure]) -> IngestReport:
    by_source: defaultdict[str, list[StandingFailure]] = defaultdict(list)
    for found in chosen:
        by_source[found.connector].append(found)
    reports: list[IngestReport] = []
    for name, failures in sorted(by_source.items()):
        uris = sorted({container_uri(found.failure.source_uri) for found in failures})
        connectors = connectors_of(runtime.settings, name, uris=uris)
        reports += [runtime.retry(connector, failures, subject=user_name()) for connector in connectors]
    return merge(reports)


def _find(standing: list[StandingFailure], reference: str) -> StandingFailure:
    found = [
        item
        for item in standing
        if reference in (item.document_id, item.failure.source_uri, file_name(item.failure.source_uri))
    ]
    if len(found) == 1:
        return found[0]
    raise DocumentNotFound(
        f"{reference!r} names {len(found)} failures", hint="averment documents quarantine lists them by source uri"
    )
