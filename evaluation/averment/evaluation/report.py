"""The HTML report of a retrieval evaluation: recall and time of every system and benchmark."""

import html
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from averment.evaluation.html_page import page, plain
from averment.evaluation.plots import latency_plot, recall_plot

_NAMES: Final = {
    "averment": "Averment",
    "dense": "naive: dense only",
    "bm25": "naive: BM25 only",
    "fused": "naive: both fused (for information)",
}


def write_report(result: Mapping[str, Any], path: Path) -> None:
    """Write the report of a result of `averment.evaluation.retrieval`."""
    parts = [f"<p class='note'>{_facts(result)}</p>"]
    for name, run in result["benchmarks"].items():
        parts.append(_section(name, run))
    path.write_text(page("Retrieval", parts), encoding="utf-8")


def _facts(result: Mapping[str, Any]) -> str:
    settings, model = result["settings"], result["model"]
    return html.escape(
        f"{result['created_at']}; input {settings['input']}; model {model['id']} ({model['precision']}); "
        f"seed {settings['seed']}. Recall@k: share of gold letters and digits within the first "
        f"k × {settings['budget_chars']:,} characters, best first. Gold documents: share of them among the first "
        "2 × |gold| different documents ranked. Brackets: 95 % bootstrap intervals."
    )


def _section(name: str, run: Mapping[str, Any]) -> str:
    corpus, alignment, latency = run["corpus"], run["alignment"], run["query_ms"]
    facts = (
        f"{run['questions']} questions with gold ({run['questions_without_gold']} without are left out), "
        f"{corpus['ingested']} of {corpus['documents']} documents, {corpus['chunks']:,} chunks "
        f"(baselines {corpus['baseline_chunks']:,}), {corpus['characters']:,} characters. Gold spans aligned: "
        f"{alignment['well_aligned']:,} of {alignment['spans']:,}, not found {alignment['not_found']:,} "
        f"(count as missed). Query {latency['p50']} ms median, {latency['p99']} ms at the 99th percentile."
    )
    return (
        f"<h2>{html.escape(name)}</h2><p>{html.escape(facts)}</p>{recall_plot(run['systems'], _NAMES)}"
        f"{_recall_table(run)}{_gain_table(run)}<h3>Recall@8 by category</h3>{_category_table(run)}"
        f"{_ablation_table(run)}<h3>Share of queries answered within a time</h3>"
        f"{latency_plot([row['ms'] for row in run['rows']])}"
    )


def _recall_table(run: Mapping[str, Any]) -> str:
    systems = run["systems"]
    ks = list(next(iter(systems.values()))["recall"])
    head = ["", "right document first", "gold documents", *(f"R@{k}" for k in ks), "hit@8"]
    rows = []
    for system, summary in systems.items():
        cells = [_NAMES.get(system, system), _number(summary["document_first"])]
        cells.append(_number(summary["gold_documents_ranked"]))
        for k in ks:
            cell = summary["recall"][k]
            cells.append(f"{_number(cell['mean'])}<br><small>{_interval(cell['interval'])}</small>")
        rows.append([*cells, _number(summary["hit"]["8"])])
    return plain(head, rows)


def _gain_table(run: Mapping[str, Any]) -> str:
    gains = run["against_naive"]
    row = [f"{gain['gain']:+.3f}<br><small>{_interval(gain['interval'])}</small>" for gain in gains.values()]
    better = [html.escape(gain["naive"]) for gain in gains.values()]
    return plain(["against the better naive", *(f"R@{k}" for k in gains)], [["gain", *row], ["better naive", *better]])


def _category_table(run: Mapping[str, Any]) -> str:
    systems = run["systems"]
    names = list(next(iter(systems.values()))["recall_8_by_category"])
    rows = []
    for name in names:
        found = {system: summary["recall_8_by_category"][name] for system, summary in systems.items()}
        count = next(iter(found.values()))[0]
        rows.append([f"{html.escape(name)} <small>({count})</small>", *(_number(pair[1]) for pair in found.values())])
    return plain(["", *(_NAMES.get(system, system) for system in systems)], rows)


def _ablation_table(run: Mapping[str, Any]) -> str:
    """Show what is lost without each part; empty where that was not measured."""
    found = run.get("ablations") or {}
    if not found:
        return ""
    own = run["systems"]["averment"]
    whole = [own["recall"]["8"]["mean"], own["recall"]["32"]["mean"], own["gold_documents_ranked"]]
    rows = [["everything", *map(_number, whole)]]
    for name, measured in found.items():
        values = (measured["recall_8"], measured["recall_32"], measured["gold_documents_ranked"])
        rows.append([html.escape(name), *(_lost(value, of) for value, of in zip(values, whole, strict=True))])
    head = ["", "R@8", "R@32", "gold documents among the first 2 × |gold|"]
    return f"<h3>What each part is worth</h3>{plain(head, rows)}"


def _lost(value: float | None, whole: float | None) -> str:
    if value is None or whole is None:
        return _number(value)
    return f"{value:.3f} <small>({value - whole:+.3f})</small>"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _interval(pair: Sequence[float] | None) -> str:
    return "" if pair is None else f"[{pair[0]:.3f}, {pair[1]:.3f}]"
