"""`averment oversight …`: the review queue, the stop, and the report."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, cast

import typer

from averment.cli.context import runtime_of, settings_of, user_name
from averment.cli.filters import GroupOption, principal
from averment.cli.output import JsonFlag, counts, note, print_json, print_table, say
from averment.compliance.oversight.report import OversightReport, Share
from averment.compliance.oversight.safe_state import SafeState
from averment.compliance.oversight.stopping import stop_now
from averment.core.access import Principal
from averment.core.clock import SystemClock
from averment.core.errors import UsageError
from averment.core.oversight import Decision, Judgement, Review, ReviewCase, ReviewReason, Stop
from averment.core.record_settings import OversightSettings
from averment.service.reviewed import with_roles

_Review = Annotated[str, typer.Argument(help="Id of the review, as averment oversight list prints it.")]
_Reason = Annotated[str, typer.Option("--reason", metavar="CODE", help="Why, as a code, for example wrong-figures.")]
_Purpose = Annotated[str | None, typer.Option("--purpose", help="Only questions of this purpose; all when absent.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Review of answers by people, and the stop.", no_args_is_help=True)
    group.command("list")(list_reviews)
    group.command("show")(show)
    group.command("take")(take)
    group.command("decide")(decide)
    group.command("stop")(stop)
    group.command("resume")(resume)
    group.command("report")(report)
    app.add_typer(group, name="oversight")


def list_reviews(
    context: typer.Context,
    closed: Annotated[bool, typer.Option("--closed", help="Reviews that are closed instead.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """List the answers that wait for your review, and what is stopped."""
    with runtime_of(context) as runtime:
        who = _reviewer(None, runtime.settings.oversight, tenant=runtime.settings.tenant)
        reviews = runtime.oversight.reviews.list(who, is_closed=closed)
        stops = runtime.oversight.stops.stops()
    if as_json:
        print_json({"reviews": reviews, "stops": stops})
        return
    for found in stops:
        note(_stop_line(found))
    print_table(
        ("review", "opened", "status", "purpose", "reasons", "decisions"),
        [(one.id, one.opened_at, one.status, one.purpose, ", ".join(one.reasons), _decisions(one)) for one in reviews],
    )
    if not reviews:
        note("nothing waits for you" if not closed else "no review is closed")


def show(context: typer.Context, review: _Review, groups: GroupOption = None, as_json: JsonFlag = False) -> None:
    """Show the question and the answer of a review; the time you look counts from the first time on."""
    with runtime_of(context) as runtime:
        who = _reviewer(groups, runtime.settings.oversight, tenant=runtime.settings.tenant)
        case = runtime.oversight.reviews.show(review, who)
    if as_json:
        print_json(case)
        return
    for line in _case_lines(case):
        say(line)
    note(f"decide with: averment oversight decide {review} accept|edit|override|reject --reason CODE")


def take(context: typer.Context, review: _Review, groups: GroupOption = None, as_json: JsonFlag = False) -> None:
    """Take a review and show what is to be reviewed."""
    show(context, review, groups=groups, as_json=as_json)


def decide(
    context: typer.Context,
    review: _Review,
    decision: Annotated[Decision, typer.Argument(help="What you decide.")],
    reason: Annotated[ReviewReason, typer.Option("--reason", help="Why.")],
    correction: Annotated[
        Path | None, typer.Option("--correction", help="File with the corrected text, for edit and override.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Decide on an answer that was shown to you."""
    text = None if correction is None else _read(correction)
    with runtime_of(context) as runtime:
        who = _reviewer(None, runtime.settings.oversight, tenant=runtime.settings.tenant)
        judgement = Judgement(decision=decision, reason=reason, correction=text)
        found = runtime.oversight.reviews.decide(review, who, judgement=judgement)
    if as_json:
        print_json(found)
        return
    if not found.is_closed:
        say("noted; a second reviewer decides as well")
        return
    say(f"closed: {_decisions(found)}")
    if found.planted is not None:
        say(f"This was a test: in the {found.planted} an error had been planted. Whoever asked never saw it.")


def stop(context: typer.Context, reason: _Reason, purpose: _Purpose = None, as_json: JsonFlag = False) -> None:
    """Stop: new questions are refused, running ones end at their next step and keep what was done."""
    settings = settings_of(context)
    # In force before anything is opened: a store or a log that hangs must not keep the system running.
    stop_now(SafeState(settings.data_dir.expanduser().absolute()), reason=reason, purpose=purpose, clock=SystemClock())
    with runtime_of(context) as runtime:
        found = runtime.oversight.stops.stop(reason, purpose=purpose, subject=user_name())
    if as_json:
        print_json(found)
    else:
        say(_stop_line(found))


def resume(context: typer.Context, reason: _Reason, purpose: _Purpose = None, as_json: JsonFlag = False) -> None:
    """Let questions be answered again; for reviewers."""
    with runtime_of(context) as runtime:
        who = _reviewer(None, runtime.settings.oversight, tenant=runtime.settings.tenant)
        lifted = runtime.oversight.stops.resume(who, reason=reason, purpose=purpose)
    if as_json:
        print_json({"lifted": lifted})
    else:
        say(f"{len(lifted)} lifted; questions are answered again")


def report(
    context: typer.Context,
    since: Annotated[str, typer.Option("--from", metavar="TIME", help="First day or time of the period.")] = "",
    until: Annotated[str, typer.Option("--to", metavar="TIME", help="Day or time at which it ends, exclusive.")] = "",
    as_json: JsonFlag = False,
) -> None:
    """Report what people decided, how long they looked, and how many planted errors they accepted."""
    with runtime_of(context) as runtime:
        made = runtime.oversight.report(since=since, until=until)
    if as_json:
        print_json(made)
        return
    for line in _report_lines(made):
        say(line)


def _reviewer(groups: list[str] | None, settings: OversightSettings, *, tenant: str) -> Principal:
    return with_roles(principal(groups, subject=user_name(), tenant=tenant), settings)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the correction {str(path)!r} cannot be read: {error}") from error


def _decisions(review: Review) -> str:
    return "; ".join(
        f"{one.decision.value} ({one.reason}, {one.seconds_viewed} s{''.join(f', {flag}' for flag in one.flags)})"
        for one in review.decisions
    )


def _stop_line(found: Stop) -> str:
    word = "stopped" if found.case is None else f"suspended in case {found.case}"
    return f"{word}: {found.purpose or 'all purposes'} since {found.since}, reason {found.reason}"


def _case_lines(case: ReviewCase) -> Iterator[str]:
    yield f"Question  {_plain(case.question)}"
    yield f"Status    {case.answer.get('status')}, purpose {case.answer.get('purpose')}"
    yield ""
    for number, sentence in enumerate(_objects(case.answer, "sentences"), start=1):
        yield f"  {number}. [{sentence['kind']}] {_plain(str(sentence['text']))}"
        claim = cast("Mapping[str, object] | None", sentence.get("claim"))
        for citation in () if claim is None else _objects(claim, "citations"):
            page = f", page {citation['page']}" if citation.get("page") else ""
            yield f"       {_plain(str(citation['title']))}{page}, characters {citation['start']}-{citation['end']}"
            yield f"       “{_plain(str(citation['quote']))}”"


def _objects(holder: Mapping[str, object], name: str) -> Iterable[Mapping[str, object]]:
    return cast("Iterable[Mapping[str, object]]", holder.get(name) or ())


def _plain(text: str) -> str:
    """Keep document text from steering the terminal."""
    return "".join(char if char.isprintable() else " " for char in text)


def _report_lines(made: OversightReport) -> Iterator[str]:
    yield f"Period      {made.since or 'the beginning'} to {made.until or 'now'}"
    yield f"Reviews     {made.n_opened} opened, {made.n_open} wait"
    yield f"Decisions   {counts(made.decisions)}"
    yield f"Overridden  {_share(made.overridden)} of answers were overridden or rejected"
    yield f"Planted     {_share(made.planted_accepted)} of planted errors were accepted"
    for kind, share in made.planted_by_kind.items():
        yield f"  {kind:10s}{_share(share)}"
    yield f"Four eyes   {made.four_eyes.n} by two people, {made.four_eyes.n_disagreements} with disagreement"
    yield f"Flags       {counts(made.flags)}"
    yield f"Stops       {counts(made.events)}"
    for row in made.reviewers:
        yield (
            f"Reviewer    {row.reviewer[-12:]}: {counts(row.decisions)}; looked {row.median_s:g} s (median), "
            f"{row.shortest_s} to {row.longest_s} s; planted {_share(row.planted_accepted)}"
        )
    yield "Not established:"
    for line in made.not_established:
        yield f"  - {line}"


def _share(share: Share) -> str:
    if share.share is None:
        return "none of none"
    return (
        f"{share.k} of {share.n} ({share.share:.3f}, {share.lower:.3f} to {share.upper:.3f} at level {share.level:g})"
    )
