"""`averment eval faults`: does the completeness certificate find what is lost?"""

from pathlib import Path
from typing import Annotated

import typer

from averment.cli.evaluation_log import logged_run, write_result
from averment.cli.output import JsonFlag, note, print_json, print_table
from averment.cli.progress import progress
from averment.core.errors import EXIT_VERIFICATION_FAILED


def evaluate_faults(
    context: typer.Context,
    pack: Annotated[Path, typer.Option("--pack", help="Folder of the pack (docs.jsonl, corpus/).")],
    out: Annotated[Path, typer.Option("--out", help="Folder for result.json.")] = Path("out/faults"),
    count: Annotated[
        int, typer.Option("--count", min=1, help="Faults of pages with text, and as many of formats without pages.")
    ] = 500,
    scanned: Annotated[int, typer.Option("--scanned", min=0, help="Faults of each kind of scanned pages.")] = 10,
    documents: Annotated[int, typer.Option("--documents", min=1, help="Documents with and without pages.")] = 12,
    seed: Annotated[int, typer.Option("--seed", help="For the sample and the faults.")] = 0,
    as_json: JsonFlag = False,
) -> None:
    """Lose, double, swap and change pages, rows, words and digits of what was read, and count what is found.

    Exit 4 where anything was missed but one or two rows of a scanned page.
    """
    from averment.evaluation.faults import FaultOptions, not_tried, run_faults, to_result
    from averment.evaluation.pack import Pack

    options = FaultOptions(count=count, scanned=scanned, documents=documents, seed=seed)
    with logged_run(context, "faults", out=out, pack=pack):
        with progress("faults") as shown:
            rows = run_faults(Pack(pack), options, on_progress=shown.update)
        result = to_result(rows, options)
        write_result(out, result, evaluation="faults")
    if as_json:
        print_json(result)
    else:
        print_table(
            ("reading", "fault", "tried", "found", "must be found", "missed in"),
            [
                (
                    row.reading,
                    row.fault.replace("_", " "),
                    row.tried,
                    row.found,
                    "yes" if row.is_required else "no",
                    ", ".join(dict.fromkeys(row.missed)),
                )
                for row in rows
            ],
        )
        for reading in not_tried(rows):
            note(f"not tried: {reading}; no document of the sample has any")
        note(
            f"{result['required_found']} of {result['required_tried']} that must be found; seed {seed}; "
            f"result: {out / 'result.json'}"
        )
    if not result["passed"]:
        raise typer.Exit(EXIT_VERIFICATION_FAILED)
