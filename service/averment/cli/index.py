"""`averment reindex` and `averment index list|switch|rollback|drop`: a second index, and the way back."""

from pathlib import Path
from typing import Annotated, NoReturn

import typer

from averment.cli.context import runtime_of, user_name
from averment.cli.output import JsonFlag, note, print_json, print_table, say
from averment.cli.progress import progress
from averment.core.clock import rfc3339
from averment.pipelines.reindex import ReindexReport


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("reindex")(reindex)
    group = typer.Typer(help="The search indexes: one serves, others are built or kept.", no_args_is_help=True)
    group.command("list")(list_indexes)
    group.command("switch")(switch)
    group.command("rollback")(roll_back)
    group.command("drop")(drop)
    app.add_typer(group, name="index")


def reindex(
    context: typer.Context,
    embedder: Annotated[
        Path | None, typer.Option("--embedder", help="Folder of the embedding model; that of settings when absent.")
    ] = None,
    new: Annotated[bool, typer.Option("--new", help="Begin anew instead of going on with a build.")] = False,
    keep: Annotated[bool, typer.Option("--no-switch", help="Build only; averment index switch later.")] = False,
    jobs: Annotated[int | None, typer.Option("--jobs", min=1, max=64, help="Worker processes that parse.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Read every document anew into a second index while the first one serves, then switch over."""
    with runtime_of(context) as runtime, progress("reindex") as shown:
        keeper = runtime.index_keeper(subject=user_name(), jobs=jobs)
        report = keeper.reindex(embedder=embedder, is_new=new, is_switched=not keep, on_progress=shown.update)
    _finish(report, as_json=as_json)


def list_indexes(context: typer.Context, as_json: JsonFlag = False) -> None:
    """List the indexes with their state, embedder and number of documents."""
    with runtime_of(context) as runtime:
        listed = runtime.index_keeper(subject=user_name(), is_change=False).listed()
    if as_json:
        print_json({"indexes": [{"index": record, "documents": number} for record, number in listed]})
        return
    print_table(
        ("index", "state", "documents", "embedder", "pipeline", "served from"),
        [
            (
                record.name,
                record.state.value,
                number,
                record.model_id,
                record.pipeline_version,
                rfc3339(record.served_from or record.created_at),
            )
            for record, number in listed
        ],
    )


def switch(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Name of the index, as averment index list shows it.")],
    as_json: JsonFlag = False,
) -> None:
    """Bring an index up to date and let it serve."""
    with runtime_of(context) as runtime, progress("switch") as shown:
        report = runtime.index_keeper(subject=user_name()).switch(name, on_progress=shown.update)
    _finish(report, as_json=as_json)


def roll_back(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Let the index serve again that served last, with what has changed since brought up to date."""
    with runtime_of(context) as runtime, progress("rollback") as shown:
        report = runtime.index_keeper(subject=user_name()).roll_back(on_progress=shown.update)
    _finish(report, as_json=as_json)


def drop(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Name of the index, as averment index list shows it.")],
    as_json: JsonFlag = False,
) -> None:
    """Delete an index that does not serve."""
    with runtime_of(context) as runtime:
        runtime.index_keeper(subject=user_name()).drop(name)
    if as_json:
        print_json({"index": name, "status": "dropped"})
    else:
        note(f"dropped index {name}")


def _finish(report: ReindexReport, *, as_json: bool) -> NoReturn:
    if as_json:
        print_json(report)
    else:
        say(
            f"{report.status}: index {report.index} holds {report.documents} documents "
            f"({report.quarantined} in quarantine); {report.n_done} read now, {report.n_pages} pages"
        )
        if report.status == "switched":
            note(f"index {report.before} is kept: averment index rollback, or averment index drop {report.before}")
        for document_id in report.missing:
            note(f"  the original of {document_id} is missing; mend: averment ingest SOURCE --full, then again")
    raise typer.Exit(1 if report.status == "incomplete" else 0)
