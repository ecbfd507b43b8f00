"""`averment serve` and `averment model serve|fetch|list`."""

import os
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from averment.cli.context import command_names, loaded_settings, settings_of
from averment.cli.output import JsonFlag, note, print_json, print_table
from averment.core.clock import SystemClock

if TYPE_CHECKING:
    from averment.core.operations import ReadSchedule
    from averment.core.settings import Settings
    from averment.pipelines.models.adapters import Adapter
    from averment.pipelines.models.fetch import InstalledModel


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("serve")(serve)
    models = typer.Typer(help="The language model: vLLM and its models.", no_args_is_help=True)
    models.command("serve")(model_serve)
    models.command("fetch")(model_fetch)
    models.command("list")(model_list)
    app.add_typer(models, name="model")


def serve(
    context: typer.Context,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port instead of service.port.")] = None,
) -> None:
    """Serve the REST and OpenAI-compatible API on loopback until stopped."""
    from averment.service.server import serve_forever

    loaded = loaded_settings(context)
    settings = loaded.settings
    if port is not None:
        settings = settings.model_copy(update={"service": settings.service.model_copy(update={"port": port})})
    serve_forever(
        settings,
        clock=SystemClock(),
        announce=note,
        read_schedule=_schedule(),
        root=loaded.root,
        commands=command_names(context),
    )


def model_serve(context: typer.Context) -> None:
    """Start vLLM with the model of the settings; ready once it has answered one request under a schema."""
    from averment.pipelines.models.configured import serve_model

    settings = settings_of(context)
    serve_model(settings, announce=note, record=lambda: _name_in_log(settings))


def model_fetch(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="Profile name; the settings' profile when absent.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Bring a model to models_dir; the packaged one needs no network."""
    from averment.pipelines.models.configured import fetch_model

    fetched = fetch_model(settings_of(context), name=name, announce=note)
    if as_json:
        print_json(_row(fetched))
    else:
        note(f"{fetched.profile.name} is in {fetched.path}, digest {fetched.digest}")


def model_list(context: typer.Context, as_json: JsonFlag = False) -> None:
    """List model profiles, which of them are here, and the adapters of the settings."""
    from averment.pipelines.models.adapters import adapters_of
    from averment.pipelines.models.configured import list_models, profile_of

    settings = settings_of(context)
    rows = [_row(model) for model in list_models(settings)]
    adapters = [_adapter_row(adapter, settings) for adapter in adapters_of(settings, profile_of(settings))]
    if as_json:
        print_json({"models": rows, "adapters": adapters})
        return
    for table in filter(None, (rows, adapters)):
        print_table(tuple(table[0]), [tuple(row.values()) for row in table])


def _name_in_log(settings: "Settings") -> None:
    """Name the model that has become ready in the log; where no log was made yet, the first process to use it does."""
    from averment.service.runtime import open_runtime

    if not (settings.data_dir / "evidence" / "log" / "checkpoint").exists():
        note("there is no evidence log here yet (averment init); the model is logged when it is first used")
        return
    with open_runtime(settings) as runtime:
        runtime.record_model()


def _schedule() -> "ReadSchedule | None":
    """Return what asks the Prefect server that the environment names, if it names one."""
    from averment.flows.schedule import read_schedule, server_of

    server = server_of(os.environ)
    return None if server is None else partial(read_schedule, server)


def _adapter_row(adapter: "Adapter", settings: "Settings") -> dict[str, object]:
    return {
        "adapter": adapter.name,
        "base": settings.model.profile,
        "path": None if adapter.path is None else str(adapter.path),
        "digest": adapter.digest,
        "rank": adapter.rank,
        "answers": adapter.name == settings.model.adapter,
    }


def _row(model: "InstalledModel") -> dict[str, object]:
    return {
        "profile": model.profile.name,
        "installed": model.is_installed,
        "path": str(model.path),
        "digest": model.digest,
        "size_bytes": model.size_bytes,
        "source": model.source,
    }
