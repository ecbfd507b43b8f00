"""Checks the claims of a pack and mutated statements about its tables; writes result, report and labelled claims."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from averment.core.clock import Clock
from averment.evaluation.citations import claims_of_questions, labels_of, read_claims, run_claims, summarise_claims
from averment.evaluation.citations_report import write_citations_report
from averment.evaluation.clause_mutations import run_clause_mutations
from averment.evaluation.labels import write_labels
from averment.evaluation.mutation_run import run_mutations
from averment.evaluation.pack import Pack
from averment.pipelines.reasoning.entailment import EntailmentCheck

SCHEMA_VERSION: Final = 1
OnProgress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationOptions:
    """Which benchmarks' claims are checked as well, and at most how many of each; how many statements are mutated.

    So many are about tables, of the collections `tables`, and as many about clauses, of the documents that the claims
    are about. `seed` chooses samples and mistakes.
    """

    benchmarks: tuple[str, ...] = ()
    limit: int | None = None
    mutations: int = 0
    tables: tuple[str, ...] = ("sec_html",)
    seed: int = 0


def run_citations_eval(
    pack: Pack,
    *,
    out: Path,
    options: CitationOptions,
    entailment: EntailmentCheck | None,
    clock: Clock,
    on_progress: OnProgress = lambda _done, _total, _what: None,
) -> dict[str, Any]:
    """Check, write `result.json`, `report.html` and `labels.jsonl`, and return the result.

    Raises:
        ConfigurationError: The pack has no claims, or a line of it breaks the schema.
    """
    claims = read_claims(pack)
    for name in options.benchmarks:
        claims += claims_of_questions(pack, name, limit=options.limit, seed=options.seed)
    rows = run_claims(
        pack, claims, entailment=entailment, on_progress=lambda done, total: on_progress(done, total, "claims")
    )
    summary = summarise_claims(rows)
    mutations = _mutated(pack, sorted({one.doc_id for one in claims}), options=options, on_progress=on_progress)
    result: dict[str, Any] = {
        "kind": "citations",
        "created_at": clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "seed": options.seed,
        "verifier": entailment.identity if entailment is not None else None,
        "claims": summary,
        "mutations": mutations,
        "passed": summary["passed"] and all(one["passed"] for one in mutations.values()),
    }
    out.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"schema_version": SCHEMA_VERSION, **result}, indent=1, ensure_ascii=False)
    (out / "result.json").write_text(text + "\n", encoding="utf-8")
    write_labels(labels_of(rows), out / "labels.jsonl")
    write_citations_report(result, out / "report.html")
    return result


def _mutated(
    pack: Pack, doc_ids: Sequence[str], *, options: CitationOptions, on_progress: OnProgress
) -> dict[str, dict[str, Any]]:
    """Return what became of mutated statements about tables and clauses; nothing where none are asked for."""
    if not options.mutations:
        return {}
    return {
        "tables": run_mutations(
            pack,
            options.tables,
            count=options.mutations,
            seed=options.seed,
            on_progress=lambda done, total: on_progress(done, total, "tables"),
        ),
        "clauses": run_clause_mutations(
            pack,
            doc_ids,
            count=options.mutations,
            seed=options.seed,
            on_progress=lambda done, total: on_progress(done, total, "clauses"),
        ),
    }
