"""`averment purpose screen`: what a question is taken for, and how good that is on labelled questions."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from averment.cli.context import settings_of
from averment.cli.output import JsonFlag, print_json, print_table, say
from averment.compliance.purposes.gate import Judged, judge
from averment.compliance.purposes.screening import screening_examples, screening_rules
from averment.compliance.purposes.screening_quality import ScreeningQuality, Share, measure_screening, read_questions
from averment.compliance.recording import screening_likeness
from averment.core.errors import UsageError
from averment.core.jsonable import to_json
from averment.pipelines.ingestion.embedding import open_embedder
from averment.pipelines.likeness import open_likeness

_ROWS = {
    "recognised": "uses outside: recognised",
    "blocked": "uses outside: blocked",
    "right_point": "recognised: with the right point",
    "stopped": "other questions: blocked",
    "flagged": "other questions: flagged",
}


def screen(
    context: typer.Context,
    question: Annotated[str | None, typer.Argument(help="A question to judge; nothing of it is kept.")] = None,
    evaluate: Annotated[
        Path | None, typer.Option("--evaluate", help="YAML of labelled questions (outside, inside) to measure on.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Say what a question is taken for under a purpose with no point of Annex III, or measure that on a file."""
    if (question is None) == (evaluate is None):
        raise UsageError("name either a question or --evaluate FILE", hint="averment purpose screen --help")
    settings = settings_of(context)
    cache = settings.data_dir / "cache"
    embedder = open_embedder(settings.embedding, caches=(cache, settings.model.models_dir))
    likeness = screening_likeness(open_likeness(lambda: embedder, cache=cache))
    judging = partial(judge, rules=screening_rules(), likeness=likeness)
    if evaluate is not None:
        _print_quality(measure_screening(read_questions(evaluate), judging), as_json=as_json)
    elif question is not None:
        _print_judged(judging(question), as_json=as_json)


def _print_judged(judged: Judged, *, as_json: bool) -> None:
    if as_json:
        print_json(to_json(judged))
        return
    say(judged.outcome + (f" ({', '.join(judged.codes)})" if judged.codes else ""))
    if judged.score is not None:
        say(f"likeness to uses outside: {judged.score} thousandths")


def _print_quality(quality: ScreeningQuality, *, as_json: bool) -> None:
    as_of = max(screening_rules().as_of, screening_examples().as_of)
    if as_json:
        print_json({"as_of": as_of, **{name: to_json(getattr(quality, name)) for name in (*_ROWS, "missed")}})
        return
    print_table(
        ("what", "count", "of", "share", "95 % interval"),
        [(text, *_cells(getattr(quality, name))) for name, text in _ROWS.items()],
    )
    if quality.missed:
        say(f"missed, by their place in the file: {', '.join(map(str, quality.missed))}")
    say(f"patterns and sentences of {as_of.isoformat()}")


def _cells(share: Share) -> tuple[str, ...]:
    value = f"{share.count / share.of:.2f}" if share.of else "-"
    return str(share.count), str(share.of), value, f"{share.low:.2f} to {share.high:.2f}"
