"""`averment eval answers`: what the language model adds, measured in arms of one run."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import typer

from averment.cli.asking import answerer_maker, configured_entailment, evaluation_embedder
from averment.cli.context import settings_of
from averment.cli.evaluation_log import logged_run
from averment.cli.output import JsonFlag, note, print_json, print_table
from averment.cli.progress import progress
from averment.core.errors import ConfigurationError, UsageError

if TYPE_CHECKING:
    from averment.core.settings import Settings
    from averment.evaluation.answers.run import OnProgress, ServedModel, Setup
    from averment.pipelines.reasoning.entailment import EntailmentCheck

_DEFAULT: Final = ("cuad", "contractnli", "tatqa", "sec_html")
BenchmarksOption = Annotated[
    list[str] | None, typer.Option("--benchmark", help="Benchmark of the pack; repeat for several.")
]
TrustOption = Annotated[
    list[str] | None,
    typer.Option("--trust", help="What the model may do here, not what its profile says: select, yes_no, write."),
]
VerifierOption = Annotated[
    Path | None, typer.Option("--verifier", help="Folder of a trained verifier, a candidate too; that of settings.")
]
DecideOption = Annotated[
    bool,
    typer.Option("--decide", help="Ask with the model trusted with one call at a time too; writes OUT/trust.json."),
]
HeldOutOption = Annotated[
    Path | None,
    typer.Option("--held-out", help="Folder of a trained model: ask only about documents it was not trained on."),
]


def evaluate_answers(
    context: typer.Context,
    pack: Annotated[Path, typer.Option("--pack", help="Folder of the pack (docs.jsonl, corpus/, benchmarks/).")],
    out: Annotated[Path, typer.Option("--out", help="Folder for result.json and report.html.")] = Path("out/answers"),
    benchmarks: BenchmarksOption = None,
    limit: Annotated[int, typer.Option("--limit", min=0, help="Questions a benchmark; 0 for all.")] = 20,
    kind: Annotated[
        Literal["pdf", "txt", "native"], typer.Option("--input", help="Which files are ingested.")
    ] = "native",
    with_model: Annotated[
        bool, typer.Option("--model/--no-model", help="Ask the language model of the settings.")
    ] = True,
    trust: TrustOption = None,
    closed_book: Annotated[
        bool, typer.Option("--closed-book", help="Ask the model without documents too: what it knew before.")
    ] = False,
    decide: DecideOption = False,
    verifier: VerifierOption = None,
    held_out: HeldOutOption = None,
    seed: Annotated[int, typer.Option("--seed", help="For the sample and the intervals.")] = 0,
    resume: Annotated[bool, typer.Option("--resume", help="Keep what an earlier run has read and judged.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Ask a sample of questions of plain RAG, of Averment without the language model, and of Averment with it.

    Calls of the model are kept by request, so a second run repeats none of them.
    """
    from averment.evaluation.answers.run import AnswersOptions, run_answers_eval
    from averment.pipelines.models.admission import held_out_documents

    settings = settings_of(context)
    unseen = None if held_out is None else held_out_documents(held_out)
    options = AnswersOptions(
        input=kind, limit=limit or None, seed=seed, resume=resume,
        closed_book=closed_book, decide=decide, held_out=unseen,
    )  # fmt: skip
    entailment = configured_entailment(settings, verifier)
    with (
        logged_run(context, "answers", out=out, pack=pack),
        _served(settings, trust) if with_model else _nobody() as served,
        progress("answers") as shown,
    ):
        setup = _setup(settings, served, entailment=entailment, out=out, on_progress=shown.update)
        result = run_answers_eval(pack, benchmarks or list(_DEFAULT), out=out, setup=setup, options=options)
    if as_json:
        print_json(result)
    else:
        _print(result, out)


def _setup(
    settings: "Settings",
    served: "ServedModel | None",
    *,
    entailment: "EntailmentCheck | None",
    out: Path,
    on_progress: "OnProgress",
) -> "Setup":
    """Return what asks as an installation with these settings does."""
    from averment.evaluation.answers.run import Setup

    return Setup(
        embedder=evaluation_embedder(settings, out),
        served=served,
        make_answerer=answerer_maker(settings, entailment=entailment),
        verifier=None if entailment is None else entailment.identity,
        on_progress=on_progress,
    )


@contextmanager
def _served(settings: "Settings", trust: list[str] | None) -> "Iterator[ServedModel]":
    """Find the model of the settings: at their endpoint, at a running `averment model serve`, or started for this."""
    from averment.evaluation.answers.run import ServedModel
    from averment.pipelines.models.configured import find_model, model_path, profile_of, server_of, within_context

    found = find_model(settings)
    if found is not None:
        yield ServedModel(model=found, profile=_trusted(within_context(found.profile, settings), trust))
        return
    path = model_path(settings, profile_of(settings))
    if not path.is_dir():
        raise ConfigurationError(
            f"no language model: no endpoint, no running server, and no folder {str(path)!r}",
            hint="averment model fetch, set model.endpoint, or give --no-model",
        )
    with server_of(settings, announce=note):
        started = find_model(settings)
        assert started is not None
        yield ServedModel(model=started, profile=_trusted(within_context(started.profile, settings), trust))


@contextmanager
def _nobody() -> Iterator[None]:
    yield None


def _trusted(profile: Any, trust: list[str] | None) -> Any:
    if trust is None:
        return profile
    allowed = ("plan", "select", "yes_no", "write", "repair")
    if unknown := [name for name in trust if name not in allowed]:
        raise UsageError(f"--trust {unknown[0]!r}: expected one of {', '.join(allowed)}")
    return profile.model_copy(update={"trusted_for": tuple(trust)})


def _print(result: Mapping[str, Any], out: Path) -> None:
    cited = ("citation_precision", "citation_precision_explained")
    rates = ("right", "coverage", "right_among_answered", "falsely_found", *cited, "wrong_numbers")
    rows = []
    for name, run in result["benchmarks"].items():
        for arm, found in run["arms"].items():
            shown = [_three(found[rate]) for rate in rates]
            ending = (found["fabricated_quotations"], _three(found["cost"]["seconds"]))
            rows.append((name, arm, found["questions"], *shown, *ending))
    head = ("benchmark", "arm", "questions", "right", "coverage", "right of answered", "falsely found")
    print_table((*head, "citations on gold", "or explained", "wrong numbers", "fabricated", "seconds"), rows)
    sets = [
        (name, arm, one["questions"], *(_three(one[rate]) for rate in ("precision", "recall", "f1")))
        for name, run in result["benchmarks"].items()
        for arm, found in run["arms"].items()
        if (one := found["sets"]) is not None
    ]
    if sets:
        print_table(("benchmark", "arm", "questions on sets", "precision", "recall", "F1"), sets)
    gains = [
        (name, title, one["questions"], f"{one['gain']:+.3f}", _pair(one["interval"]))
        for name, run in result["benchmarks"].items()
        for title, one in run["differences"].items()
        if one["gain"] is not None
    ]
    if gains:
        print_table(("benchmark", "difference", "questions", "gain", "95 % interval, paired"), gains)
    if result["trust"] is not None:
        _print_trust(result["trust"])
        note(f"set model.trust_path to {out / 'trust.json'} to use it")
    note(f"result: {out / 'result.json'}  report: {out / 'report.html'}")


def _print_trust(record: Mapping[str, Any]) -> None:
    from averment.pipelines.reasoning.trust import LEAST_QUESTIONS, TrustRecord

    found = TrustRecord.model_validate(record)
    rows = [
        (
            call,
            one.questions,
            "–" if one.gain is None else f"{one.gain:+.3f}",
            _pair(one.interval),
            "yes" if call in found.trusted else "no",
        )
        for call, one in found.calls.items()
    ]
    if "yes_no" in found.trusted:
        note(f"yes_no chooses sentences from a probability of {found.yes_no_threshold}")
    print_table(("call", f"questions (at least {LEAST_QUESTIONS})", "gain", "95 % interval, paired", "trusted"), rows)


def _three(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, int | float) else "–"


def _pair(interval: Any) -> str:
    return "–" if interval is None else f"[{interval[0]:+.3f}, {interval[1]:+.3f}]"
