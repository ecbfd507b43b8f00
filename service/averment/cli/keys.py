"""`averment keys list|rotate|revoke|rewrap`: the keys that sign the evidence log, and the one that wraps others."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from averment.cli.context import settings_of, user_name
from averment.cli.output import JsonFlag, note, print_json, print_table, say
from averment.compliance import rewrapping, rotation
from averment.compliance.key_encryption import wrapping_key
from averment.compliance.keys import WRAPPING_KEY_FILE
from averment.compliance.recorder import POLICY_FILE, EvidenceRecorder, open_evidence
from averment.core.audit import AuditEvent, EventType
from averment.core.clock import SystemClock
from averment.core.data_dir import DataDir, open_data_dir


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="The keys of the evidence log.", no_args_is_help=True)
    group.command("list")(list_keys)
    group.command("rotate")(rotate)
    group.command("revoke")(revoke)
    group.command("rewrap")(rewrap)
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


def rewrap(
    context: typer.Context,
    old_key: Annotated[
        Path | None, typer.Option("--old-key", help="File with the old key in base64 (default: keys/wrapping.key).")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Wrap the keys of persons under a new key: the one that settings give, or else one that is made. Repeatable."""
    data_dir, log = _data_dir(context), settings_of(context).log
    given, present = wrapping_key(log), data_dir.keys / WRAPPING_KEY_FILE
    old = rewrapping.key_in(old_key or present)
    new = given or rewrapping.next_key(data_dir.keys)
    n_wrapped = rewrapping.rewrap(data_dir.evidence, old=old, new=new)
    if given is None:
        rewrapping.put_in_place(data_dir.keys)
    with _opened(context) as recorder:
        events = ((EventType.KEY_CREATED, {"kind": "wrapping", "key": new.key_id}),)
        gone = ((EventType.KEY_DESTROYED, {"kind": "wrapping", "key": old.key_id, "reason": "replaced"}),)
        recorder.append_many([AuditEvent(type=kind, subject=user_name(), data=data) for kind, data in (*events, *gone)])
    if given is not None and old_key is None:
        present.unlink()
    if as_json:
        print_json({"wrapped": n_wrapped, "key": new.key_id})
    else:
        note(f"{n_wrapped} secrets are wrapped under {new.key_id}; destroy the old key and its backups")


def _data_dir(context: typer.Context) -> DataDir:
    return open_data_dir(settings_of(context).data_dir, create=False)


def _opened(context: typer.Context) -> EvidenceRecorder:
    data_dir = _data_dir(context)
    return open_evidence(data_dir.evidence, data_dir.keys, clock=SystemClock(), settings=settings_of(context).log)
