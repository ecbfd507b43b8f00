"""`averment hold set|list|release`: what erasure and pruning must leave alone."""

from datetime import date
from typing import Annotated, cast

import typer

from averment.cli.context import runtime_of, settings_of, user_name
from averment.cli.output import JsonFlag, note, print_json, print_table
from averment.compliance.grounds import grounds
from averment.compliance.holding import HoldRequest, place_hold, release_hold
from averment.compliance.holds import CLASSES, TARGETS, Hold, HoldRegister, HoldTarget, RetentionClass
from averment.core.clock import SystemClock
from averment.core.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Legal holds and pins.", no_args_is_help=True)
    group.command("set")(set_hold)
    group.command("list")(list_holds)
    group.command("release")(release)
    app.add_typer(group, name="hold")


def set_hold(
    context: typer.Context,
    target: Annotated[str, typer.Argument(help="What is kept: answer, document, entry, entries, matter or subject.")],
    reference: Annotated[
        str,
        typer.Argument(help="Its id; an entry's number, of entries 12-40; a matter's purpose code, who a subject is."),
    ],
    ground: Annotated[str, typer.Option("--ground", help="Code of the ground; averment hold list --grounds.")],
    retention: Annotated[
        str, typer.Option("--class", help="hold (until released) or doc-10y (ten years from --since).")
    ] = "hold",
    since: Annotated[str | None, typer.Option("--since", help="Day of putting into service (YYYY-MM-DD).")] = None,
    until: Annotated[str | None, typer.Option("--until", help="First day on which a hold ends by itself.")] = None,
    reason: Annotated[str, typer.Option("--reason", help="In words; kept encrypted beside the log.")] = "",
    as_json: JsonFlag = False,
) -> None:
    """Keep an answer, a document, an entry, a matter or a person's record from erasure and pruning."""
    request = HoldRequest(
        target=cast("HoldTarget", _one_of(target, TARGETS, "target")),
        reference=reference,
        ground=ground,
        subject=user_name(),
        retention=cast("RetentionClass", _one_of(retention, CLASSES, "class")),
        since=_day(since),
        until=_day(until),
        reason=reason,
    )
    with runtime_of(context) as runtime:
        if request.target == "document":
            runtime.views.find(reference)
        hold = place_hold(runtime.record.own_log(), request, clock=SystemClock(), retention=runtime.record.retention())
    if as_json:
        print_json(_row(hold))
    else:
        note(f"hold {hold.id} on {hold.target} {reference}, entry {hold.entry} of the log")


def list_holds(
    context: typer.Context,
    with_grounds: Annotated[bool, typer.Option("--grounds", help="List the grounds that can be cited.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """List the holds that were not released."""
    if with_grounds:
        known = list(grounds().values())
        if as_json:
            print_json({"grounds": known})
        else:
            print_table(
                ("code", "article", "about", "only high-risk"),
                [(ground.code, ground.article, ground.about, ground.needs_high_risk) for ground in known],
            )
        return
    holds = HoldRegister(settings_of(context).data_dir / "evidence").all()
    if as_json:
        print_json({"holds": [_row(hold) for hold in holds]})
        return
    print_table(
        ("hold", "target", "reference", "class", "ground", "until", "entry"),
        [tuple(_row(hold).values()) for hold in holds],
    )


def release(
    context: typer.Context,
    hold: Annotated[str, typer.Argument(help="Id of the hold.")],
    reason: Annotated[str, typer.Option("--reason", help="Code of the reason, for example settled.")] = "released",
    as_json: JsonFlag = False,
) -> None:
    """End a hold."""
    with runtime_of(context) as runtime:
        ended = release_hold(runtime.record.own_log(), hold, subject=user_name(), reason=reason)
    if as_json:
        print_json(_row(ended))
    else:
        note(f"released {ended.id} on {ended.target} {ended.reference}")


def _row(hold: Hold) -> dict[str, object]:
    return {
        "hold_id": hold.id,
        "target": hold.target,
        "reference": hold.reference,
        "class": hold.retention,
        "ground": hold.ground,
        "until": hold.until and hold.until.isoformat(),
        "entry": hold.entry,
    }


def _one_of(text: str, known: tuple[str, ...], what: str) -> str:
    if text not in known:
        raise UsageError(f"{text!r} is no {what} of a hold", hint=f"one of {', '.join(known)}")
    return text


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is no day", hint="for example 2026-12-31") from error
