"""The HTML report of a retrieval evaluation: one file, no script, nothing loaded from elsewhere."""

import html
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

_COLOURS: Final = {"averment": "#0b5", "dense": "#27c", "bm25": "#c60", "fused": "#888"}
_NAMES: Final = {
    "averment": "Averment",
    "dense": "naive: dense only",
    "bm25": "naive: BM25 only",
    "fused": "naive: both fused (for information)",
}
_STYLE: Final = """
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}
table{border-collapse:collapse;margin:1rem 0}th,td{border:1px solid #ccc;padding:.25rem .6rem;text-align:right}
th:first-child,td:first-child{text-align:left}thead{background:#f3f3f3}.best{font-weight:600}
small,.note{color:#555}svg text{font:12px system-ui,sans-serif}
"""


def write_report(result: Mapping[str, Any], path: Path) -> None:
    """Write the report of a result of `averment.evaluation.retrieval`."""
    parts = [f"<h1>Retrieval</h1><p class='note'>{_facts(result)}</p>"]
    for name, run in result["benchmarks"].items():
        parts.append(_section(name, run))
    page = (
        "<!doctype html><html lang='en'><meta charset='utf-8'><meta name='viewport' content='width=device-width'>"
        f"<title>Retrieval evaluation</title><style>{_STYLE}</style><body>{''.join(parts)}</body></html>\n"
    )
    path.write_text(page, encoding="utf-8")


def _facts(result: Mapping[str, Any]) -> str:
    settings, model = result["settings"], result["model"]
    return html.escape(
        f"{result['created_at']}; input {settings['input']}; model {model['id']} ({model['precision']}); "
        f"seed {settings['seed']}. Recall@k: share of gold letters and digits within the first "
        f"k × {settings['budget_chars']:,} characters, best first. Brackets: 95 % bootstrap intervals."
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
        f"<h2>{html.escape(name)}</h2><p>{html.escape(facts)}</p>{_plot(run)}{_recall_table(run)}"
        f"{_gain_table(run)}<h3>Recall@8 by category</h3>{_category_table(run)}"
    )


def _recall_table(run: Mapping[str, Any]) -> str:
    systems = run["systems"]
    ks = list(next(iter(systems.values()))["recall"])
    head = ["", "right document first", *(f"R@{k}" for k in ks), "hit@8"]
    rows = []
    for system, summary in systems.items():
        cells = [_NAMES.get(system, system), _number(summary["document_first"])]
        for k in ks:
            cell = summary["recall"][k]
            cells.append(f"{_number(cell['mean'])}<br><small>{_interval(cell['interval'])}</small>")
        rows.append([*cells, _number(summary["hit"]["8"])])
    return _table(head, rows)


def _gain_table(run: Mapping[str, Any]) -> str:
    gains = run["against_naive"]
    row = [f"{gain['gain']:+.3f}<br><small>{_interval(gain['interval'])}</small>" for gain in gains.values()]
    better = [html.escape(gain["naive"]) for gain in gains.values()]
    return _table(["against the better naive", *(f"R@{k}" for k in gains)], [["gain", *row], ["better naive", *better]])


def _category_table(run: Mapping[str, Any]) -> str:
    systems = run["systems"]
    names = list(next(iter(systems.values()))["recall_8_by_category"])
    rows = []
    for name in names:
        found = {system: summary["recall_8_by_category"][name] for system, summary in systems.items()}
        count = next(iter(found.values()))[0]
        rows.append([f"{html.escape(name)} <small>({count})</small>", *(_number(pair[1]) for pair in found.values())])
    return _table(["", *(_NAMES.get(system, system) for system in systems)], rows)


def _plot(run: Mapping[str, Any]) -> str:
    """Draw recall over k, k on a logarithmic axis."""
    width, height, left, bottom = 640, 300, 48, 36
    systems = run["systems"]
    ks = [int(k) for k in next(iter(systems.values()))["recall"]]
    step = (width - left - 20) / max(1, len(ks) - 1)
    at = {k: left + n * step for n, k in enumerate(ks)}

    def up(value: float) -> float:
        return 12 + (height - bottom - 12) * (1 - value)

    tall = height + 24 * len(systems)
    parts = [f"<svg role='img' aria-label='Recall over k' viewBox='0 0 {width} {tall}' width='{width}'>"]
    for tenth in range(0, 11, 2):
        y = up(tenth / 10)
        parts.append(f"<line x1='{left}' y1='{y:.1f}' x2='{width - 20}' y2='{y:.1f}' stroke='#ddd'/>")
        parts.append(f"<text x='{left - 8}' y='{y + 4:.1f}' text-anchor='end'>{tenth / 10:.1f}</text>")
    parts += [f"<text x='{x:.1f}' y='{height - 14}' text-anchor='middle'>{k}</text>" for k, x in at.items()]
    for place, (system, summary) in enumerate(systems.items()):
        colour = _COLOURS.get(system, "#555")
        points = " ".join(f"{at[k]:.1f},{up(summary['recall'][str(k)]['mean'] or 0):.1f}" for k in ks)
        y = height + 14 + 22 * place
        parts.append(f"<polyline points='{points}' fill='none' stroke='{colour}' stroke-width='2.5'/>")
        parts.append(
            f"<line x1='{left}' y1='{y - 4}' x2='{left + 24}' y2='{y - 4}' stroke='{colour}' stroke-width='3'/>"
        )
        parts.append(f"<text x='{left + 32}' y='{y}'>{html.escape(_NAMES.get(system, system))}</text>")
    return "".join([*parts, "</svg>"])


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a table; cells are HTML already."""
    top = "".join(f"<th>{cell}</th>" for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _interval(pair: Sequence[float] | None) -> str:
    return "" if pair is None else f"[{pair[0]:.3f}, {pair[1]:.3f}]"
