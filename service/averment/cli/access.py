"""`averment access who-could-see|revoke`: who could read what an answer rests on, and sign-ins that end."""

from typing import Annotated

import typer

from averment.cli.context import runtime_of, settings_of, user_name
from averment.cli.output import JsonFlag, note, print_json, print_json_with, print_table, say
from averment.compliance.readership import Label
from averment.core.audit import EventType, EventValue
from averment.core.clock import SystemClock
from averment.core.data_dir import open_data_dir
from averment.core.errors import UsageError
from averment.service.identity.revocations import Revocations
from averment.service.identity.store import open_store
from averment.service.readers import NOT_ESTABLISHED, readers_of


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Who may see what, who could, and sign-ins that end.", no_args_is_help=True)
    group.command("who-could-see")(who_could_see)
    group.command("revoke")(revoke)
    app.add_typer(group, name="access")


def who_could_see(
    context: typer.Context,
    answer: Annotated[str, typer.Argument(metavar="ANSWER", help="Id of the answer.")],
    as_json: JsonFlag = False,
) -> None:
    """Show who could see the documents that an answer cites, when it was given and now, and who of them was seen."""
    with runtime_of(context) as runtime:
        readers = readers_of(runtime, answer, subject=user_name())
    found = readers.readership
    if as_json:
        print_json_with(found, keys=readers.keys, not_established=NOT_ESTABLISHED)
        return
    say(f"answer {found.answer_id}, asked at {found.asked_at}, entry {found.entry}")
    print_table(
        ("document", "groups then", "groups now"),
        [(one.document_id, _groups(one.then), _groups(one.now)) for one in found.documents],
    )
    print_table(
        ("principal", "as", "then", "now", "last seen"),
        [(one.who, ", ".join(one.groups), _yes(one.then), _yes(one.now), one.last_seen) for one in found.seen],
    )
    print_table(
        ("API key", "subject", "groups", "then", "now"),
        [(one.id, one.subject, ", ".join(one.groups), _yes(one.then), _yes(one.now)) for one in readers.keys],
    )
    note("Not established: " + "; ".join(NOT_ESTABLISHED))


def revoke(
    context: typer.Context,
    subject: Annotated[
        str | None, typer.Option("--subject", help="End the sessions of a principal, refuse tokens issued until now.")
    ] = None,
    token: Annotated[str | None, typer.Option("--token", help="Refuse the token with this id (`jti`).")] = None,
    as_json: JsonFlag = False,
) -> None:
    """End sign-ins with the next request. Keys end with averment keys revoke; the issuer must end new sign-ins."""
    if (subject is None) == (token is None):
        raise UsageError("name either a subject or a token", hint="--subject NAME or --token ID")
    data_dir = open_data_dir(settings_of(context).data_dir, create=False)
    with open_store(data_dir.access) as store:
        revocations = Revocations(store, clock=SystemClock())
        n_sessions = 0
        # In force before it is logged: a log that takes nothing must not keep somebody in.
        if subject is not None:
            n_sessions = revocations.revoke_subject(subject)
        else:
            revocations.revoke_token(token or "")
    kind = "token" if subject is None else "subject"
    with runtime_of(context) as runtime:
        data: dict[str, EventValue] = {"kind": kind, "name": subject or token or "", "sessions": n_sessions}
        runtime.record.record_event(EventType.ACCESS_REVOKED, data, subject=user_name())
    if as_json:
        print_json({"kind": kind, "sessions": n_sessions})
    else:
        note(f"revoked; {n_sessions} sessions ended")


def _groups(label: Label | None) -> str:
    if label is None:
        return "not recorded"
    more = label.n_groups - len(label.groups)
    return ", ".join(label.groups) + (f" and {more} more" if more else "") or "nobody"


def _yes(value: bool) -> str:
    return "yes" if value else "no"
