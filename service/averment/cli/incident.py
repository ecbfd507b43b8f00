"""`averment incident …`: incidents and risks, their clocks, who was told, and the reports."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer

from averment.cli.context import runtime_of, user_name
from averment.cli.output import JsonFlag, note, print_json, print_table, say
from averment.compliance.incidents.cases import Case, Outcome, Recipient, ReportKind, Role
from averment.compliance.incidents.desk import Opening
from averment.core.errors import UsageError
from averment.core.jsonable import to_json
from averment.service.runtime import Runtime

_Case = Annotated[str, typer.Argument(metavar="CASE", help="Id of the case, as averment incident list prints it.")]
_Reason = Annotated[str, typer.Option("--reason", metavar="CODE", help="What happened, as a code.")]
_RoleOption = Annotated[Role, typer.Option("--role", help="What the organisation is for this system.")]
_Aware = Annotated[
    str | None, typer.Option("--aware-at", metavar="TIME", help="When it became known; now when absent.")
]
_Answers = Annotated[
    list[str] | None, typer.Option("--answer", help="An answer it is about; repeat for several. Evidence from it on.")
]
_Words = Annotated[
    Path | None, typer.Option("--description", help="File with a description; kept encrypted beside the log.")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Incidents and risks, with their clocks.", no_args_is_help=True)
    group.command("open")(open_incident)
    group.command("risk")(flag_risk)
    group.command("classify")(classify)
    group.command("notify")(notify)
    group.command("report")(report)
    group.command("close")(close)
    group.command("list")(list_cases)
    group.command("show")(show)
    app.add_typer(group, name="incident")


def open_incident(
    context: typer.Context,
    reason: _Reason,
    role: _RoleOption = "deployer",
    aware_at: _Aware = None,
    answers: _Answers = None,
    description: _Words = None,
    as_json: JsonFlag = False,
) -> None:
    """Open an incident: evidence is kept, and the system is held as it is until the authority is informed."""
    with runtime_of(context) as runtime:
        opening = _opening(runtime, reason, role, aware_at=aware_at, answers=answers, description=description)
        case = runtime.oversight.incidents.open(opening, subject=user_name())
    _print(case, as_json=as_json)


def flag_risk(
    context: typer.Context,
    reason: _Reason,
    purpose: Annotated[str | None, typer.Option(help="Purpose whose use is suspended; all when absent.")] = None,
    role: _RoleOption = "deployer",
    aware_at: _Aware = None,
    answers: _Answers = None,
    description: _Words = None,
    as_json: JsonFlag = False,
) -> None:
    """Flag a risk: use is suspended, and who is to be told is kept in order."""
    with runtime_of(context) as runtime:
        opening = _opening(runtime, reason, role, aware_at=aware_at, answers=answers, description=description)
        case = runtime.oversight.incidents.flag_risk(opening, purpose=purpose, subject=user_name())
    _print(case, as_json=as_json)


def classify(
    context: typer.Context,
    case: _Case,
    code: Annotated[
        str,
        typer.Option(
            "--class",
            metavar="CLASS",
            help="death, health, infrastructure, widespread, fundamental-rights, property-or-environment or none.",
        ),
    ],
    equivalent_duty: Annotated[
        bool, typer.Option("--equivalent-duty", help="Other Union law binds the provider to report equally.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Classify an incident: its clock runs from when it became known."""
    with runtime_of(context) as runtime:
        desk = runtime.oversight.incidents
        found = desk.classify(case, code=code, has_equivalent_duty=equivalent_duty, subject=user_name())
    _print(found, as_json=as_json)


def notify(
    context: typer.Context,
    case: _Case,
    recipient: Annotated[Recipient, typer.Option("--to", help="Who was told.")],
    outcome: Annotated[Outcome, typer.Option("--outcome", help="Whether they could be.")] = "informed",
    informed_at: Annotated[str | None, typer.Option("--at", metavar="TIME", help="When; now when absent.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Record that somebody was told: a deployer tells provider, importer and distributor, authority, in this order."""
    with runtime_of(context) as runtime:
        found = runtime.oversight.incidents.notify(
            case, recipient=recipient, outcome=outcome, informed_at=informed_at, subject=user_name()
        )
    _print(found, as_json=as_json)


def report(
    context: typer.Context,
    case: _Case,
    kind: Annotated[ReportKind, typer.Option("--kind", help="An initial report may be incomplete.")],
    out: Annotated[Path, typer.Option("--out", help="JSON file to write.")],
    facts: Annotated[
        Path | None, typer.Option("--facts", help="JSON file with what only people know; absent fields are missing.")
    ] = None,
) -> None:
    """Make out a report on an incident; it is in the log before it is written."""
    given = {} if facts is None else _facts(facts)
    with runtime_of(context) as runtime:
        made = runtime.oversight.incidents.report(case, kind=kind, facts=given, subject=user_name())
    out.write_text(json.dumps(to_json(made.document), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    note(f"wrote {out}" + (f"; missing: {', '.join(made.missing)}" if made.missing else ""))
    if made.is_late:
        note("the deadline has passed")


def close(context: typer.Context, case: _Case, reason: _Reason, as_json: JsonFlag = False) -> None:
    """Close a case once all that is owed is recorded."""
    with runtime_of(context) as runtime:
        found = runtime.oversight.incidents.close(case, reason=reason, subject=user_name())
    _print(found, as_json=as_json)


def list_cases(context: typer.Context, as_json: JsonFlag = False) -> None:
    """List incidents and risks, oldest first."""
    with runtime_of(context) as runtime:
        cases = runtime.oversight.incidents.cases()
    if as_json:
        print_json({"cases": cases})
        return
    print_table(
        ("case", "kind", "reason", "aware", "class", "due", "state"),
        [
            (
                case.id,
                case.kind,
                case.reason,
                case.aware_at,
                case.classification.code if case.classification else None,
                case.classification.deadline if case.classification else None,
                "closed" if case.closed_at else "held" if case.is_change_blocked else "open",
            )
            for case in cases
        ],
    )
    if not cases:
        note("there are no cases")


def show(context: typer.Context, case: _Case, as_json: JsonFlag = False) -> None:
    """Show a case: its clock, what is kept, who was told, and its reports."""
    with runtime_of(context) as runtime:
        found = runtime.oversight.incidents.find(case)
    _print(found, as_json=as_json)


def _opening(
    runtime: Runtime,
    reason: str,
    role: Role,
    *,
    aware_at: str | None,
    answers: list[str] | None,
    description: Path | None,
) -> Opening:
    return Opening(
        reason=reason,
        system=runtime.system_digest(),
        role=role,
        aware_at=aware_at,
        answers=tuple(answers or ()),
        description="" if description is None else read_text(description),
    )


def read_text(path: Path) -> str:
    """Return the text of a file that a person wrote.

    Raises:
        UsageError: It cannot be read, or is no UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{str(path)!r} cannot be read: {error}") from error


def _facts(path: Path) -> Mapping[str, str]:
    try:
        found = json.loads(read_text(path))
    except ValueError as error:
        raise UsageError(f"{str(path)!r} is no JSON: {error}") from error
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise UsageError(f"{str(path)!r} is no JSON object of texts", hint='for example {"description": "…"}')
    return found


def _print(case: Case, *, as_json: bool) -> None:
    if as_json:
        print_json(case)
        return
    for line in _lines(case):
        say(line)


def _lines(case: Case) -> Iterator[str]:
    yield f"Case       {case.id} ({case.kind}, {case.reason}, as {case.role})"
    yield f"Known      {case.aware_at}, opened {case.opened_at} in entry {case.entry}"
    found = case.classification
    if found is not None:
        due = f"report due {found.deadline} ({found.days} days)" if found.is_reported else "no report under Article 73"
        checked = "" if found.is_verified else "; not verified against the Official Journal"
        yield f"Class      {found.code}: {due}, basis {found.basis}{checked}"
    elif case.kind == "incident":
        yield "Class      not classified"
    for first, until in case.frozen:
        yield f"Evidence   entries {first} to {until - 1} are kept"
    if case.suspended is not None:
        yield f"Suspended  {case.suspended}"
    for told in case.notifications:
        yield f"Told       {told.recipient}: {told.outcome}, {told.informed_at}"
    for made in case.reports:
        late = ", late" if made.is_late else ""
        yield f"Report     {made.kind}, {made.reported_at}{late}, {made.missing} fields missing"
    if case.is_change_blocked:
        yield "Held       the system must stay as it is until the authority is informed"
    if case.closed_at is not None:
        yield f"Closed     {case.closed_at}"
