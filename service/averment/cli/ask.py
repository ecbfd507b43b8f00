"""`averment ask` and `averment search`."""

from datetime import datetime
from typing import Annotated

import typer

from averment.cli.answer_text import answer_lines
from averment.cli.context import runtime_of, user_name
from averment.cli.filters import FilterOption, GroupOption, parse_filters, principal
from averment.cli.interpretation_text import interpretation_lines
from averment.cli.output import JsonFlag, note, print_json, print_json_with, say
from averment.core.analysis import AnalysisRequest, SearchRequest
from averment.core.answers import Answer, ReasoningStep
from averment.core.errors import UsageError
from averment.core.oversight import Standing
from averment.service.reviewed import standing_line


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("ask")(ask)
    app.command("search")(search)


def ask(
    context: typer.Context,
    question: Annotated[str, typer.Argument(help="The question, in a sentence.")],
    filters: FilterOption = None,
    groups: GroupOption = None,
    as_of: Annotated[
        datetime | None,
        typer.Option("--as-of", formats=["%Y-%m-%d"], help="Day whose text in force is quoted.", metavar="DATE"),
    ] = None,
    purpose: Annotated[str | None, typer.Option(help="Purpose code; the settings' purpose when absent.")] = None,
    answer_type: Annotated[
        str | None,
        typer.Option("--answer-type", help="boolean, label, date, duration, number, amount, text or list."),
    ] = None,
    labels: Annotated[
        str | None, typer.Option(help="For --answer-type label: the labels, separated by commas.")
    ] = None,
    after: Annotated[
        str | None,
        typer.Option("--after", metavar="ANSWER", help="Id of an answer of yours that the question follows."),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Answer a question; every sentence is proven or withheld, and the answer carries its receipt."""
    wanted = parse_filters(filters)
    with runtime_of(context) as runtime:
        who = principal(groups, subject=user_name(), tenant=runtime.settings.tenant)
        answer = runtime.analyse(
            AnalysisRequest(
                question=question,
                principal=who,
                filters=wanted,
                purpose=purpose or runtime.settings.purpose,
                answer_type=answer_type,
                labels=tuple(label.strip() for label in labels.split(",")) if labels else (),
                channel="cli",
                after=after,
                as_of=as_of.date() if as_of else None,
            ),
            on_event=_show_step,
        )
        earlier = None if after is None else runtime.review_of(after)
    _show_answer(answer, earlier, as_json=as_json)


def search(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help="What to look for.")],
    top_k: Annotated[int | None, typer.Option("--top-k", min=1, max=200, help="Passages returned.")] = None,
    filters: FilterOption = None,
    groups: GroupOption = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option("--ignore", metavar="ID", help="Search without what an id of the interpretation stands for."),
    ] = None,
    purpose: Annotated[str | None, typer.Option(help="Purpose code; the settings' purpose when absent.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Find passages, best first; the search is in the log before they are shown."""
    if not query.strip():
        raise UsageError("the query is empty", hint="name what to look for")
    wanted = parse_filters(filters)
    with runtime_of(context) as runtime:
        who = principal(groups, subject=user_name(), tenant=runtime.settings.tenant)
        found = runtime.search(
            SearchRequest(
                query=query,
                principal=who,
                filters=wanted,
                top_k=top_k or runtime.settings.retrieval.top_k,
                purpose=purpose or runtime.settings.purpose,
                channel="cli",
                ignore=tuple(ignore or ()),
            )
        )
    if as_json:
        print_json({"passages": found.passages, "interpretation": found.interpretation})
        return
    for line in interpretation_lines(found.interpretation):
        note(line)
    for passage in found.passages:
        page = f", page {passage.first_page}" if passage.first_page else ""
        say(f"{passage.rank}. {passage.score:.3f}  {passage.title}{page}  [{passage.section}]")
        say("   " + " ".join(passage.text.split())[:300])
    if not found.passages:
        note("nothing found")


def _show_step(step: ReasoningStep) -> None:
    note(f"  {step.number:2d} {step.kind:8s} {step.summary} ({step.duration_s:.2f} s)")


def _show_answer(answer: Answer, earlier: Standing | None, *, as_json: bool) -> None:
    """Print an answer, and what became of the one it follows."""
    if as_json:
        print_json_with(answer, after_review=earlier)
        return
    if earlier is not None:
        note(standing_line(earlier))
    for line in answer_lines(answer):
        say(line)
