"""`averment replay`: a recorded answer made again on the present stack."""

from typing import Annotated

import typer

from averment.cli.context import runtime_of, user_name
from averment.cli.output import JsonFlag, note, print_json_with, print_table, say
from averment.core.errors import EXIT_VERIFICATION_FAILED
from averment.pipelines.reasoning.replay import Replay
from averment.service.reviewed import standing_line


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("replay")(replay)


def replay(
    context: typer.Context,
    answer: Annotated[str, typer.Argument(help="Id of the answer, as averment ask and averment audit show print it.")],
    as_json: JsonFlag = False,
) -> None:
    """Ask a recorded question again and say, step by step, what came out the same; exit 4 where something did not."""
    with runtime_of(context) as runtime:
        found = runtime.replay(answer, subject=user_name())
        review = runtime.review_of(answer)
    if as_json:
        print_json_with(found, review=review)
    else:
        if review is not None:
            note(standing_line(review))
        _show(found)
    if not found.is_same:
        raise typer.Exit(EXIT_VERIFICATION_FAILED)


def _show(found: Replay) -> None:
    say(f"{_words(found.verdict)}: answer {found.answer_id}")
    print_table(
        ("step", "kind", "verdict", "reason", "recorded", "replayed"),
        [
            (step.number, step.kind, _words(step.verdict), step.reason, step.recorded, step.replayed)
            for step in found.steps
        ],
    )
    compared = {
        "status": found.same_status,
        "evidence": found.same_evidence,
        "calculations": found.same_calculations,
        "sentences": found.same_sentences,
    }
    say("; ".join(f"{name} {'same' if is_same else 'differ'}" for name, is_same in compared.items()))
    if found.stack:
        say(f"the stack differs in {', '.join(found.stack)}")


def _words(verdict: str) -> str:
    return verdict.replace("_", " ")
