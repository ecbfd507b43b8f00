"""`averment obligations`: which duties of the AI Act apply on a day, and where the text can be read in two ways."""

from datetime import date, datetime
from typing import Annotated, get_args

import typer

from averment.cli.output import JsonFlag, note, print_json, print_table, say
from averment.compliance.obligations import Duty, Who, duties_on, regulation, status
from averment.core.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("obligations")(obligations)


def obligations(
    on: Annotated[datetime, typer.Option("--on", formats=["%Y-%m-%d"], metavar="DATE", help="The day asked for.")],
    who: Annotated[
        str | None, typer.Option("--who", help="Only duties of a provider, deployer, supplier or model-provider.")
    ] = None,
    scope: Annotated[
        str | None, typer.Option("--scope", help="Only duties of a scope or its parts, such as high-risk or gpai.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Also what does not apply yet, or no longer.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Print the duties of the AI Act on a day: dated data with source, both readings where they differ; no advice."""
    if who is not None and who not in get_args(Who):
        raise UsageError(f"--who {who!r} is not a role", hint=f"choose one of {', '.join(get_args(Who))}")
    data = regulation()
    found = duties_on(on.date(), rows=data.obligations, who=who, scope=scope)
    if scope is not None and not found:
        raise UsageError(f"no duty has the scope {scope!r}", hint="averment obligations --all lists every scope")
    shown = [duty for duty in found if every or duty.state in ("applies", "contested")]
    if as_json:
        print_json(
            {
                "on": on.date(),
                "as_of": data.as_of,
                "sources": data.sources,
                "obligations": shown,
                "status": status().model_dump(mode="json"),
            }
        )
        return
    print_table(
        ("article", "who", "scope", "state", "from", "what"),
        [(each.article, ", ".join(each.who), each.scope, each.state, _dates(each), _what(each)) for each in shown],
    )
    by_readings: dict[tuple[str, ...], dict[str, None]] = {}
    for each in shown:
        if each.state == "contested":
            by_readings.setdefault(each.readings, {})[each.article] = None
    for readings, articles in by_readings.items():
        say(f"contested: Articles {'; '.join(articles)}")
        for reading in readings:
            say(f"  - {reading}")
    note(f"as known on {data.as_of}; no legal advice. Read from: {'; '.join(data.sources.values())}")


def _dates(duty: Duty) -> str:
    starts = dict.fromkeys(map(_day, duty.applies_from))
    ends = {_day(end) for end in duty.applies_until if end}
    return " or ".join(starts) + "".join(f" until {end}" for end in sorted(ends))


def _day(day: date | None) -> str:
    return day.isoformat() if day else "never"


def _what(duty: Duty) -> str:
    return duty.what if duty.verified else f"{duty.what} (unverified)"
