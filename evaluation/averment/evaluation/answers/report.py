"""The HTML report of an evaluation of answers: arms side by side, differences with intervals, every question."""

import html
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from averment.evaluation.answers.summary import LEAST_COVERAGE
from averment.evaluation.html_page import cell, page, plain, sortable
from averment.evaluation.plots import bar_plot
from averment.pipelines.reasoning.trust import TrustRecord

_RATES: Final = (
    ("right", "right"),
    ("coverage", "coverage of the answerable"),
    ("right_among_answered", "right among answered"),
    ("falsely_found", "falsely found"),
    ("falsely_absent", "falsely said to be absent"),
    ("citation_precision", "citation precision"),
    ("citation_precision_explained", "with explained places"),
    ("wrong_numbers", "wrong numbers"),
)
_COSTS: Final = (
    ("seconds", "seconds", 2),
    ("outside_model_s", "seconds outside model calls", 2),
    ("joules", "joules", 1),
    ("model_calls", "model calls", 1),
    ("prompt_tokens", "tokens in", 0),
    ("completion_tokens", "tokens out", 0),
)
_MAX_SHOWN: Final = 300


def write_report(result: Mapping[str, Any], path: Path) -> None:
    """Write the report of a result of `averment.evaluation.answers.run`."""
    parts = [f"<p class='note'>{html.escape(_facts(result))}</p>"]
    if (trust := result.get("trust")) is not None:
        parts += _trust(trust)
    for name, run in result["benchmarks"].items():
        parts += _section(name, run)
    path.write_text(page("Answers", parts), encoding="utf-8")


def _facts(result: Mapping[str, Any]) -> str:
    model, settings = result["model"], result["settings"]
    asked = (
        "no language model"
        if model is None
        else f"language model {model['id']} (profile {model['profile']}), trusted for "
        f"{', '.join(model['trusted_for']) or 'nothing'}, {model['calls_made']} calls made and "
        f"{model['calls_kept']} kept from before"
    )
    return (
        f"{result['created_at']}; {asked}; embedder {result['embedder']}; at most {settings['limit'] or 'all'} "
        f"questions a benchmark, seed {settings['seed']}, input {settings['input']}. Brackets: 95 % bootstrap "
        "intervals, paired for differences. A rate among answered questions says little below a coverage of "
        f"{LEAST_COVERAGE}. Configuration {result['configuration_digest']}. "
        + (f"Joules unknown: {reason}." if (reason := result["joules_unknown_because"]) else "")
    )


def _trust(record: Mapping[str, Any]) -> Iterator[str]:
    """Say what the model may do by this run."""
    found = TrustRecord.model_validate(record)
    yield "<h2>What the model may do</h2>"
    yield plain(
        ["call", "questions", "gain over extraction alone", "interval", "trusted"],
        [
            [
                call,
                str(one.questions),
                _number(one.gain),
                _interval(one.interval),
                "yes" if call in found.trusted else "no",
            ]
            for call, one in found.calls.items()
        ],
    )
    if found.yes_no_threshold is not None:
        yield f"<p>yes_no was best where sentences were chosen from a probability of {found.yes_no_threshold}.</p>"


def _section(name: str, run: Mapping[str, Any]) -> Iterator[str]:
    arms = run["arms"]
    yield f"<h2>{html.escape(name)}</h2>"
    yield f"<p>{run['questions']} of {run['of']} questions over {run['documents']} documents.</p>"
    bars = [(arm, found["right"] or 0.0, _number(found["right"])) for arm, found in arms.items()]
    yield bar_plot("Share of questions answered rightly", bars)
    yield plain(
        ["arm", *(title for _, title in _RATES), "fabricated quotations"],
        [_arm(arm, found) for arm, found in arms.items()],
    )
    yield _sets(arms) + _decisions(run["decisions"])
    yield _differences(run["differences"])
    yield _contamination(run["contamination"])
    yield "<h3>Cost of a question</h3>" + plain(
        ["arm", *(title for _, title, _ in _COSTS)], [_costs(arm, found["cost"]) for arm, found in arms.items()]
    )
    kinds = sorted({kind for found in arms.values() for kind in found["by_type"]})
    rows = [[kind, *(_kind(found["by_type"].get(kind)) for found in arms.values())] for kind in kinds]
    yield "<h3>Right, and coverage of the answerable, by type of question</h3>" + plain(["type", *arms], rows)
    yield "<h3>Every question</h3>" + _questions(run["rows"])


def _arm(name: str, found: Mapping[str, Any]) -> list[str]:
    right = f"{_number(found['right'])}<br><small>{_interval(found['right_interval'])}</small>"
    rates = [right, *(_number(found[key]) for key, _ in _RATES[1:])]
    return [html.escape(name), *rates, str(found["fabricated_quotations"])]


def _sets(arms: Mapping[str, Mapping[str, Any]]) -> str:
    """Show how well sets of documents are found, in all and by type of question."""
    rows = []
    for arm, found in arms.items():
        named = {"all": found, **found["by_type"]}
        rows += [[html.escape(arm), kind, *_set(one["sets"])] for kind, one in named.items() if one["sets"] is not None]
    head = ["arm", "type", "questions", "precision", "recall", "F1", "95 % interval"]
    return "" if not rows else "<h3>Sets of documents</h3>" + plain(head, rows)


def _decisions(found: Mapping[str, Mapping[str, int]]) -> str:
    """Show how often a document was decided on a property, and how often that was known."""
    said = [
        f"{html.escape(arm)}: {one['made']} decisions of a document and a property made, {one['kept']} known before."
        for arm, one in found.items()
        if one["made"] or one["kept"]
    ]
    return "".join(f"<p>{line}</p>" for line in said)


def _set(found: Mapping[str, Any]) -> list[str]:
    rates = [_number(found[key]) for key in ("precision", "recall", "f1")]
    return [str(found["questions"]), *rates, _interval(found["f1_interval"])]


def _costs(name: str, cost: Mapping[str, Any]) -> list[str]:
    return [html.escape(name), *(_number(cost[key], digits) for key, _, digits in _COSTS)]


def _contamination(found: Mapping[str, Any] | None) -> str:
    if found is None:
        return ""
    share = _number(found["share_of_what_plain_rag_has_right"])
    return (
        f"<p>Without any document the model answered {found['answered_rightly_without_documents']} questions rightly; "
        f"they are {share} of what plain RAG got right.</p>"
    )


def _differences(found: Mapping[str, Any]) -> str:
    rows = []
    for title, difference in found.items():
        rows.append(_difference(title, difference))
        rows += [_difference(f"&nbsp;&nbsp;{kind}", one) for kind, one in difference["by_type"].items()]
    return "" if not rows else plain(["gain in right answers", "questions", "gain", "interval", "coverage"], rows)


def _difference(title: str, found: Mapping[str, Any]) -> list[str]:
    gain = "–" if found["gain"] is None else f"{found['gain']:+.3f}"
    coverage = f"{_number(found['coverage'])} against {_number(found['coverage_of_other'])}"
    return [title, str(found["questions"]), gain, _interval(found["interval"]), coverage]


def _kind(found: Mapping[str, Any] | None) -> str:
    if found is None:
        return "–"
    return f"{_number(found['right'])} <small>of {found['questions']}; coverage {_number(found['coverage'])}</small>"


def _questions(rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    listed = []
    for arm, found in rows.items():
        for row in found:
            judged = row["judged"]
            shown = (row["reply"] or "")[:_MAX_SHOWN]
            words = (row["id"], row["type"], arm, judged["is_answered"], judged["is_right"])
            listed.append([*map(cell, words), cell(row["cost"]["seconds"], digits=2), cell(row["note"]), cell(shown)])
    bad = [number for number, row in enumerate(row for found in rows.values() for row in found)
           if row["judged"]["is_answered"] and not row["judged"]["is_right"]]  # fmt: skip
    return sortable(("question", "type", "arm", "answered", "right", "seconds", "ended", "reply"), listed, bad=bad)


def _number(value: float | None, digits: int = 3) -> str:
    return "–" if value is None else f"{value:,.{digits}f}"


def _interval(pair: Sequence[float] | None) -> str:
    return "" if pair is None else f"[{pair[0]:+.3f}, {pair[1]:+.3f}]"
