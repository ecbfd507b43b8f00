"""`averment monitor …`: post-market monitoring, from windows of the log to breaches and what was done about them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from averment.cli.context import runtime_of, user_name
from averment.cli.incident import read_text
from averment.cli.output import JsonFlag, note, print_json, print_table, say
from averment.compliance.monitoring.breaches import Breach
from averment.compliance.monitoring.desk import Check
from averment.compliance.monitoring.findings import Finding
from averment.compliance.monitoring.indicators import INDICATORS, Share
from averment.core.errors import EXIT_VERIFICATION_FAILED

_Breach = Annotated[str, typer.Argument(metavar="BREACH", help="Id of the breach, as averment monitor list prints it.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Post-market monitoring: drift, breaches of thresholds, actions.", no_args_is_help=True)
    group.command("check")(check)
    group.command("list")(list_breaches)
    group.command("show")(show)
    group.command("act")(act)
    group.command("resolve")(resolve)
    group.command("indicators")(list_indicators)
    app.add_typer(group, name="monitor")


def check(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Hold every window that has ended since the last check against the plan; exit 4 where a breach is open."""
    with runtime_of(context) as runtime:
        desk = runtime.oversight.monitoring
        found = desk.check(subject=user_name())
        open_now = [breach for breach in desk.breaches() if breach.closed_at is None]
    if as_json:
        print_json({"windows": found.windows, "opened": found.opened, "open": open_now})
    else:
        _print_check(found, n_open=len(open_now))
    if open_now:
        raise typer.Exit(EXIT_VERIFICATION_FAILED)


def list_breaches(
    context: typer.Context,
    with_closed: Annotated[bool, typer.Option("--all", help="Those that were closed, too.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """List breaches of thresholds that are open, oldest first."""
    with runtime_of(context) as runtime:
        breaches = runtime.oversight.monitoring.breaches()
    chosen = [breach for breach in breaches if with_closed or breach.closed_at is None]
    if as_json:
        print_json({"breaches": chosen})
        return
    print_table(
        ("breach", "indicator", "threshold", "measured", "found", "actions", "state"),
        [
            (
                breach.id,
                breach.indicator,
                breach.threshold,
                f"{breach.count} of {breach.n}",
                breach.found_at,
                len(breach.actions),
                "closed" if breach.closed_at else "open",
            )
            for breach in chosen
        ],
    )
    if not chosen:
        note("there are no breaches" if with_closed else "no breach is open")


def show(context: typer.Context, breach: _Breach, as_json: JsonFlag = False) -> None:
    """Show a breach, its item of the risk register and what was done."""
    with runtime_of(context) as runtime:
        found = runtime.oversight.monitoring.find(breach)
    _print(found, as_json=as_json)


def act(
    context: typer.Context,
    breach: _Breach,
    action: Annotated[str, typer.Option("--action", metavar="CODE", help="What was done, as a code.")],
    description: Annotated[
        Path | None, typer.Option("--description", help="File with a description; kept encrypted beside the log.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Record what was done about a breach."""
    words = "" if description is None else read_text(description)
    with runtime_of(context) as runtime:
        found = runtime.oversight.monitoring.act(breach, action=action, description=words, subject=user_name())
    _print(found, as_json=as_json)


def resolve(
    context: typer.Context,
    breach: _Breach,
    reason: Annotated[str, typer.Option("--reason", metavar="CODE", help="Why it is closed, as a code.")],
    as_json: JsonFlag = False,
) -> None:
    """Close a breach's item of the risk register, once an action is recorded."""
    with runtime_of(context) as runtime:
        found = runtime.oversight.monitoring.resolve(breach, reason=reason, subject=user_name())
    _print(found, as_json=as_json)


def list_indicators(as_json: JsonFlag = False) -> None:
    """List what is measured: the metrics that a threshold of the plan may name."""
    if as_json:
        print_json({"indicators": [{"indicator": one.code, "means": one.means} for one in INDICATORS.values()]})
        return
    print_table(("indicator", "share of"), [(one.code, one.means) for one in INDICATORS.values()])


def _print_check(found: Check, *, n_open: int) -> None:
    for window in found.windows:
        note(f"window {window.since} to {window.until}, entry {window.entry}")
        print_table(("indicator", "share", "reference", "threshold", "p", "outcome"), map(_row, window.findings))
    if not found.windows:
        note("no window has ended since the last check")
    if not found.plan.thresholds:
        note("the monitoring plan sets no threshold for an indicator: averment report new monitoring-plan, field 72.3")
    for metric in found.plan.for_people:
        note(f"not measured here, for people to watch: {metric}")
    for breach in found.opened:
        note(f"breach {breach.id}: {breach.indicator}, {breach.count} of {breach.n}, threshold {breach.threshold}")
    note(f"{n_open} breaches are open")


def _row(finding: Finding) -> tuple[object, ...]:
    p = "–" if finding.p is None else f"{finding.p:.4f}"
    shares = (_share(finding.share), _share(finding.reference))
    return (finding.indicator, *shares, finding.threshold, p, finding.outcome)


def _share(share: Share | None) -> str | None:
    return None if share is None or not share.n else f"{share.value:.3f} ({share.count} of {share.n})"


def _print(breach: Breach, *, as_json: bool) -> None:
    if as_json:
        print_json(breach)
        return
    for line in _lines(breach):
        say(line)


def _lines(breach: Breach) -> Iterator[str]:
    yield f"Breach     {breach.id}: {breach.indicator}, {breach.count} of {breach.n}, threshold {breach.threshold}"
    yield f"Found      {breach.found_at} in entry {breach.entry}"
    if breach.registered is not None:
        yield f"Register   entry {breach.registered}"
    for action in breach.actions:
        yield f"Action     {action.code}, {action.done_at} in entry {action.entry}"
    if breach.closed_at is not None:
        yield f"Closed     {breach.closed_at}, {breach.reason}"
