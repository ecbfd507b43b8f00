"""`averment flows serve|deploy|ingest|batch`: scheduled ingestion and batch analysis."""

from pathlib import Path
from typing import Annotated

import typer

from averment.cli.context import Options, settings_of
from averment.cli.output import JsonFlag, note, print_json, say
from averment.flows import local


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Scheduled work with Prefect.", no_args_is_help=True)
    group.command("serve")(serve)
    group.command("deploy")(deploy)
    group.command("ingest")(ingest)
    group.command("batch")(batch)
    app.add_typer(group, name="flows")


def ingest(
    context: typer.Context,
    source: Annotated[str, typer.Argument(help="Name of a source in settings, or a folder.")],
    full: Annotated[bool, typer.Option("--full", help="Read every document anew.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Run the flow ingest-corpus once, here and now."""
    local.apply(settings_of(context).data_dir)
    from averment.flows.ingest_corpus import ingest_corpus

    report = ingest_corpus(source, config=_config(context), full=full)
    if as_json:
        print_json(report)
    else:
        note(
            f"{report['status']}: {report['added']} added, {report['changed']} changed, "
            f"{report['unchanged']} unchanged, {report['removed']} removed, "
            f"{report['quarantined']} quarantined, {report['failed']} failed"
        )
    if report["status"] != "ok":
        raise typer.Exit(1)


def batch(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="YAML file with questions and documents.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for the table.")] = Path("out/batch"),
    as_json: JsonFlag = False,
) -> None:
    """Run the flow analyse-batch once, here and now; a second run answers only what is new."""
    local.apply(settings_of(context).data_dir)
    from averment.flows.analyse_batch import analyse_batch

    result = analyse_batch(str(file), str(out), config=_config(context))
    if as_json:
        print_json(result)
    else:
        note(f"{result['cells']} cells over {result['documents']} documents, {result['answered_now']} answered now")
        say(str(result["csv"]))


def serve(context: typer.Context) -> None:
    """Serve the deployments of prefect.yaml from this process until stopped."""
    local.apply(settings_of(context).data_dir)
    from averment.flows.deployments import serve_deployments

    note("serving the deployments ingest-corpus, check-drift and analyse-batch; stop with Ctrl-C")
    serve_deployments(settings_of(context), config=Path(config) if (config := _config(context)) else None)


def deploy(
    file: Annotated[Path, typer.Option("--file", help="Deployment file.")] = Path("prefect.yaml"),
) -> None:
    """Register the deployments of prefect.yaml with the Prefect server that PREFECT_API_URL names."""
    from averment.flows.deployments import deploy_file

    deploy_file(file)
    note(f"deployed what {file} holds")


def _config(context: typer.Context) -> str | None:
    config = context.obj.config if isinstance(context.obj, Options) else None
    return str(config) if config else None
