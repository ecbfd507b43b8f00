"""`averment eval structure`: tables as cells with their meaning, metadata with its place."""

import re
from pathlib import Path
from typing import Annotated

import typer

from averment.cli.evaluation_log import logged_run, write_result
from averment.cli.output import JsonFlag, note, print_json, print_table
from averment.cli.progress import progress
from averment.core.errors import UsageError


def evaluate_structure(
    context: typer.Context,
    pack: Annotated[Path, typer.Option("--pack", help="Folder of the pack.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for result.json and report.html.")] = Path("out/structure"),
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="At most so many documents a collection.")] = None,
    part: Annotated[str, typer.Option("--part", help="K/N: every N-th document, from the K-th on.")] = "1/1",
    as_json: JsonFlag = False,
) -> None:
    """Say how many gold cells and how much metadata of a pack are read right, each with its place."""
    from averment.evaluation.pack import Pack
    from averment.evaluation.structure import StructureOptions, rows, run_structure, to_result
    from averment.evaluation.structure_report import write_structure_report

    found = re.fullmatch(r"(\d{1,4})/(\d{1,4})", part)
    if found is None:
        raise UsageError(f"--part {part!r} is none", hint="expected K/N, as in 1/2")
    options = StructureOptions(limit=limit, part=int(found[1]), parts=int(found[2]))
    with logged_run(context, "structure", out=out, pack=pack):
        with progress("structure") as shown:
            read = run_structure(Pack(pack), options, on_progress=lambda done, total: shown.update(done, total, ""))
        result = to_result(read)
        write_result(out, result, evaluation="structure")
    write_structure_report(result, out / "report.html")
    if as_json:
        print_json(result)
        return
    print_table(("what", "right", "of", "share", "place right"), rows(result))
    note(f"{read.n_documents} documents; result: {out / 'result.json'}  report: {out / 'report.html'}")
