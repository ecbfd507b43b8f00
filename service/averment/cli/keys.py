"""`averment keys create|list|revoke|rotate|rewrap`: API keys, with which programs come in, and the keys of the log.

Ids tell them apart: those of API keys begin with `avm_`, those of signing keys are eight hexadecimal digits.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from averment.cli.context import runtime_of, settings_of, user_name
from averment.cli.output import JsonFlag, note, print_json, print_table, say
from averment.compliance import rewrapping, rotation
from averment.compliance.key_encryption import wrapping_key
from averment.compliance.keys import WRAPPING_KEY_FILE
from averment.compliance.purposes.store import PurposeStore
from averment.compliance.recorder import POLICY_FILE, EvidenceRecorder, open_evidence
from averment.core.access import EVERYONE, Role
from averment.core.audit import AuditEvent, EventType
from averment.core.clock import SystemClock, rfc3339
from averment.core.data_dir import DataDir, open_data_dir
from averment.core.errors import UsageError
from averment.service.identity.api_keys import PREFIX, ApiKey, ApiKeys, KeyTerms
from averment.service.identity.routes import SCOPES
from averment.service.identity.store import open_store


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="API keys of programs, and the keys of the evidence log.", no_args_is_help=True)
    group.command("create")(create)
    group.command("list")(list_keys)
    group.command("revoke")(revoke)
    group.command("rotate")(rotate)
    group.command("rewrap")(rewrap)
    app.add_typer(group, name="keys")


def create(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Name, given once; the key acts as `key:NAME`.")],
    groups: Annotated[
        list[str] | None, typer.Option("--group", help="Group whose documents it may read; 'everyone' when absent.")
    ] = None,
    roles: Annotated[list[Role] | None, typer.Option("--role", help="Role that it has; analyst when absent.")] = None,
    scopes: Annotated[
        list[str] | None,
        typer.Option("--scope", help=f"Part of the service it is good for ({', '.join(SCOPES)}); all when absent."),
    ] = None,
    purpose: Annotated[
        str | None, typer.Option("--purpose", help="Purpose of its requests that name none; that of the settings else.")
    ] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=3650, help="Days that it is good for.")] = 90,
    as_json: JsonFlag = False,
) -> None:
    """Make an API key and print it, once: only its digest is kept."""
    settings = settings_of(context)
    if unknown := sorted(set(scopes or ()) - set(SCOPES)):
        raise UsageError(f"there is no scope {unknown[0]!r}", hint=f"one of {', '.join(SCOPES)}")
    data_dir = _data_dir(context)
    if purpose is not None:
        PurposeStore(data_dir.purposes).record(purpose)
    terms = KeyTerms(
        name=name,
        tenant=settings.tenant,
        groups=tuple(groups or (EVERYONE,)),
        roles=tuple(roles or (Role.ANALYST,)),
        scopes=tuple(scopes or ()),
        purpose=purpose,
        valid_for=timedelta(days=days),
    )
    with runtime_of(context) as runtime, open_store(data_dir.access) as store:
        made, secret = ApiKeys(store, clock=SystemClock()).create(
            terms,
            record=lambda key: runtime.record.record_event(EventType.KEY_CREATED, key.log_name, subject=user_name()),
        )
    if as_json:
        print_json({"secret": secret, **_api_row(made)})
        return
    say(secret)
    note(f"{made.id}… acts as {made.subject}, for {days} days; it is shown this once")


def list_keys(context: typer.Context, as_json: JsonFlag = False) -> None:
    """List the keys of the log, newest first, with the sizes over which each one's signature counts, then API keys."""
    data_dir = _data_dir(context)
    signing = rotation.log_keys(data_dir.evidence)
    api = _api_keys(data_dir)
    if as_json:
        rows = [{"kind": "log", **asdict(key), "state": key.state} for key in signing]
        print_json({"keys": [*rows, *(_api_row(key) for key in api)]})
        return
    print_table(
        ("key", "state", "from", "until", "verifier key"),
        [(key.id, key.state, key.first, "" if key.last is None else key.last, key.vkey) for key in signing],
    )
    if signing[0].shard_vkey != signing[0].vkey:
        say(f"the present shard, for other software: {signing[0].shard_vkey}")
    print_table(
        ("API key", "state", "name", "subject", "groups", "roles", "scopes", "purpose", "expires", "last used"),
        [
            (
                key.id, key.state, key.name, key.subject, ", ".join(key.groups), ", ".join(key.roles),
                ", ".join(key.scopes), key.purpose, _time(key.expires_at), _time(key.last_used_at),
            )
            for key in api
        ],
    )  # fmt: skip


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
    key: Annotated[str, typer.Argument(help="Id of the key, as averment keys list shows it.")],
    last: Annotated[
        int | None,
        typer.Option(
            "--last", min=0, help="Of a key of the log: largest size on which it counts (default: the present size)."
        ),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """End a key: an API key with the next request; of a signing key, what it signed before goes on verifying."""
    if key.startswith(PREFIX):
        _revoke_api_key(context, key, last=last, as_json=as_json)
        return
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


def _revoke_api_key(context: typer.Context, key_id: str, *, last: int | None, as_json: bool) -> None:
    if last is not None:
        raise UsageError("--last is for keys that sign the log", hint="leave it out")
    # In force before it is logged: a log that takes nothing must not keep a key good.
    with open_store(_data_dir(context).access) as store:
        ended = ApiKeys(store, clock=SystemClock()).revoke(key_id)
    with runtime_of(context) as runtime:
        data = {**ended.log_name, "reason": "revoked"}
        runtime.record.record_event(EventType.KEY_DESTROYED, data, subject=user_name())
    if as_json:
        print_json(_api_row(ended))
    else:
        note(f"{ended.id} ({ended.name}) is refused from the next request on, and so are sessions that it opened")


def _api_keys(data_dir: DataDir) -> Sequence[ApiKey]:
    with open_store(data_dir.access) as store:
        return ApiKeys(store, clock=SystemClock()).list()


def _api_row(key: ApiKey) -> dict[str, object]:
    return {"kind": "api", **asdict(key), "digest": f"sha256:{key.digest}"}


def _time(moment: datetime | None) -> str:
    return "" if moment is None else rfc3339(moment)


def _data_dir(context: typer.Context) -> DataDir:
    return open_data_dir(settings_of(context).data_dir, create=False)


def _opened(context: typer.Context) -> EvidenceRecorder:
    data_dir = _data_dir(context)
    return open_evidence(data_dir.evidence, data_dir.keys, clock=SystemClock(), settings=settings_of(context).log)
