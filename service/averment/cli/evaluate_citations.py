"""`averment eval citations`: do the checks tell what a citation supports from what it does not?"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from averment.cli.asking import configured_entailment
from averment.cli.context import settings_of
from averment.cli.evaluation_log import logged_run
from averment.cli.output import JsonFlag, note, print_json, print_table
from averment.cli.progress import progress
from averment.core.clock import SystemClock
from averment.core.errors import EXIT_VERIFICATION_FAILED

if TYPE_CHECKING:
    pass


def evaluate_citations(
    context: typer.Context,
    pack: Annotated[Path, typer.Option("--pack", help="Folder of the pack (benchmarks/citation_check).")],
    out: Annotated[Path, typer.Option("--out", help="Folder for result.json, report.html and labels.jsonl.")] = Path(
        "out/citations"
    ),
    benchmarks: Annotated[
        list[str] | None, typer.Option("--benchmark", help="Claims of a benchmark as well, such as contractnli.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=0, help="Claims of each such benchmark; 0 for all.")] = 0,
    verifier: Annotated[
        Path | None, typer.Option("--verifier", help="Folder of a trained verifier, a candidate too; that of settings.")
    ] = None,
    mutations: Annotated[
        int,
        typer.Option("--mutations", min=0, help="Wrong statements about tables, and as many about clauses."),
    ] = 0,
    tables: Annotated[
        list[str] | None, typer.Option("--tables", help="Collection whose tables these are about; sec_html.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="For the sample and the mistakes.")] = 0,
    as_json: JsonFlag = False,
) -> None:
    """Check claims with the passages they cite: true ones, and wrong ones by the way in which they are wrong.

    Exit 4 under 95 % of a kind of wrong claims or 99 % of mutations held back, or 90 % of true claims accepted.
    """
    from averment.evaluation.citation_run import CitationOptions, run_citations_eval
    from averment.evaluation.pack import Pack

    chosen, read = tuple(benchmarks or ()), tuple(tables or ("sec_html",))
    options = CitationOptions(benchmarks=chosen, limit=limit or None, mutations=mutations, tables=read, seed=seed)
    with logged_run(context, "citations", out=out, pack=pack), progress("citations") as shown:
        result = run_citations_eval(
            Pack(pack),
            out=out,
            options=options,
            entailment=configured_entailment(settings_of(context), verifier),
            clock=SystemClock(),
            on_progress=shown.update,
        )
    if as_json:
        print_json(result)
    else:
        _print(result, out)
    if not result["passed"]:
        raise typer.Exit(EXIT_VERIFICATION_FAILED)


def _print(result: dict[str, Any], out: Path) -> None:
    from averment.evaluation.citations_report import HEAD, MUTATION_HEAD, claim_row, mutation_row

    kinds = result["claims"]["kinds"].items()
    print_table(HEAD, [tuple(map(_shown, claim_row(kind, one))) for kind, one in kinds])
    for about, mutated in result["mutations"].items():
        rows = [tuple(map(_shown, mutation_row(kind, one))) for kind, one in mutated["kinds"].items()]
        print_table(MUTATION_HEAD, rows)
        note(
            f"{mutated['blocked']} of {mutated['wrong']} mutated statements about {about} held back; "
            f"{mutated['true_passed']} of {mutated['true']} true ones pass; seed {mutated['seed']}"
        )
    note(f"result: {out / 'result.json'}  report: {out / 'report.html'}")


def _shown(value: object) -> object:
    return f"{value:.3f}" if isinstance(value, float) else value
