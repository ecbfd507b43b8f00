"""`averment keys list|rotate|revoke`: the keys that sign the evidence log."""

from dataclasses import asdict
from typing import Annotated

import typer

from averment.cli.context import settings_of, user_name
from averment.cli.output import JsonFlag, note, print_json, print_table, say
from averment.compliance import rotation
from averment.compliance.recorder import POLICY_FILE, EvidenceRecorder, open_evidence
from averment.core.clock import SystemClock
from averment.core.data_dir import DataDir, open_data_dir


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="The keys that sign the evidence log.", no_args_is_help=True)
    group.command("list")(list_keys)
    group.command("rotate")(rotate)
    group.command("revoke")(revoke)
    app.add_typer(group, name="keys")


def list_keys(context: typer.Context, as_json: JsonFlag = False) -> None:
    """List the log's keys, newest first, and the sizes of the log over which each one's signature counts."""
    keys = rotation.log_keys(_data_dir(context).evidence)
    if as_json:
        print_json({"keys": [{**asdict(key), "state": key.state} for key in keys]})
        return
    print_table(
        ("key", "state", "from", "until", "verifier key"),
        [(key.id, key.state, key.first, "" if key.last is None else key.last, key.vkey) for key in keys],
    )
    if keys[0].shard_vkey != keys[0].vkey:
        say(f"the present shard, for other software: {keys[0].shard_vkey}")


def rotate(
    context: typer.Context,
    is_lost: Annotated[
        bool, typer.Option("--lost", help="The file of the present key is gone: replace it instead of signing beside.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Make a new signing key; the present one signs beside it until it is revoked. Nothing else may write the log."""
    data_dir = _data_dir(context)
    change = rotation.replace_lost_log_key(data_dir.evidence, data_dir.keys) if is_lost else None
    with _opened(context) as recorder:
        if change is None:
            new = rotation.rotate_log_key(recorder, data_dir.keys, subject=user_name())
        else:
            rotation.record_replacement(recorder, change, subject=user_name())
            new = change.new
    if as_json:
        print_json({"id": new.id.hex(), "vkey": new.vkey})
        return
    note(f"new key {new.vkey}")
    note(f"give verifiers the new policy, {data_dir.evidence / POLICY_FILE}; then revoke the old key")


def revoke(
    context: typer.Context,
    key: Annotated[str, typer.Argument(help="Id of the key, as `averment keys list` shows it.")],
    last: Annotated[
        int | None,
        typer.Option("--last", min=0, help="Largest size of the log on which it counts (default: the present size)."),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Destroy a signing key: what it signed before goes on verifying, what it signs later does not."""
    data_dir = _data_dir(context)
    with _opened(context) as recorder:
        revoked = rotation.revoke_log_key(recorder, data_dir.keys, key_id=key, subject=user_name(), last=last)
    if as_json:
        print_json({"id": revoked.id, "last": revoked.last})
    else:
        note(f"{revoked.id} counts up to {revoked.last} entries; give verifiers {data_dir.evidence / POLICY_FILE}")


def _data_dir(context: typer.Context) -> DataDir:
    return open_data_dir(settings_of(context).data_dir, create=False)


def _opened(context: typer.Context) -> EvidenceRecorder:
    data_dir = _data_dir(context)
    return open_evidence(data_dir.evidence, data_dir.keys, clock=SystemClock(), settings=settings_of(context).log)
