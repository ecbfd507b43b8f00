"""`averment eval ingestion|robustness`: what of files is read, and how hostile files end."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import typer

from averment.cli.asking import asking_of
from averment.cli.context import settings_of
from averment.cli.evaluation_log import logged_run, write_result
from averment.cli.output import JsonFlag, note, print_json, print_table
from averment.cli.progress import progress
from averment.compliance.system_identity import running_system
from averment.core.errors import EXIT_VERIFICATION_FAILED
from averment.core.jsonable import to_json

if TYPE_CHECKING:
    from averment.core.settings import Settings
    from averment.evaluation.ingestion import IngestionRow
    from averment.evaluation.robustness import RobustnessRow

_COLUMNS: Final = (
    "file", "status", "pages", "OCR", "letters and digits", "accounted", "left out", "hidden", "numbers",
    "written otherwise", "cells", "seconds", "character errors", "words right", "by Tesseract alone",
)  # fmt: skip


def evaluate_ingestion(
    context: typer.Context,
    pack: Annotated[Path, typer.Option("--pack", help="Folder of the pack (docs.jsonl, corpus/, text/).")],
    out: Annotated[Path, typer.Option("--out", help="Folder for result.json and report.html.")] = Path("out/ingestion"),
    kind: Annotated[
        Literal["all", "pdf", "txt", "native"], typer.Option("--input", help="Which files of a document are read.")
    ] = "all",
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Files of each collection and format.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Keep what an earlier run has read.")] = False,
    with_robustness: Annotated[
        bool, typer.Option("--robustness/--no-robustness", help="Read the pack's hostile files as well.")
    ] = True,
    as_json: JsonFlag = False,
) -> None:
    """Print for every file what was read of it, what was left out and why, and how far it is from its official text.

    Exit 4 where a hostile file did not end as the pack's manifest says.
    """
    from averment.evaluation.ingestion import run_ingestion_eval, to_result
    from averment.evaluation.ingestion_report import write_ingestion_report
    from averment.evaluation.kept_rows import KeptRows
    from averment.evaluation.pack import Pack
    from averment.evaluation.robustness import MANIFEST
    from averment.evaluation.robustness import to_result as to_robustness
    from averment.pipelines.ingestion.parsers import parse_options

    options = parse_options(settings_of(context).parsing)
    made_with = {"program": running_system().digest, "options": to_json(asdict(options))}
    kept = KeptRows(out, made_with=made_with, is_resumed=resume)
    with logged_run(context, "ingestion", out=out, pack=pack):
        with progress("ingestion") as shown:
            rows = run_ingestion_eval(
                Pack(pack), kind=kind, limit=limit, options=options, kept=kept, on_progress=shown.update
            )
        result = to_result(rows) | {"made_with": made_with, "settings": {"input": kind, "limit": limit}}
        hostile: list[RobustnessRow] = []
        if with_robustness and (pack / MANIFEST).is_file():
            hostile = _read_hostile(pack)
            result["robustness"] = to_robustness(hostile)
        write_result(out, result, evaluation="ingestion")
    write_ingestion_report(result, out / "report.html")
    if as_json:
        print_json(result)
    else:
        print_table(_COLUMNS, map(_cells, rows))
        if hostile:
            _print_robustness(hostile)
        note(f"{_sum_line(result['totals'])}; result: {out / 'result.json'}  report: {out / 'report.html'}")
    if any(not row.passed for row in hostile):
        raise typer.Exit(EXIT_VERIFICATION_FAILED)


def evaluate_robustness(
    context: typer.Context,
    pack: Annotated[Path, typer.Option("--pack", help="Folder of the pack (robustness/manifest.jsonl).")],
    out: Annotated[Path, typer.Option("--out", help="Folder for result.json and report.html.")] = Path(
        "out/robustness"
    ),
    with_files: Annotated[bool, typer.Option("--files/--no-files", help="Read the pack's hostile files.")] = True,
    with_injection: Annotated[
        bool, typer.Option("--injection/--no-injection", help="Ask the pack's contracts with inserted instructions.")
    ] = True,
    questions: Annotated[int, typer.Option("--questions", min=0, help="Hostile questions to ask; 0 for none.")] = 300,
    seed: Annotated[int, typer.Option("--seed", help="For the hostile questions.")] = 0,
    as_json: JsonFlag = False,
) -> None:
    """Read every hostile file of a pack, ask contracts that instruct whoever answers, and ask hostile questions.

    Each file is read in a parser process and must end as the manifest says. Contracts with an inserted instruction must
    be answered like the same contracts without it, and nothing of what is inserted may come into an answer. Hostile
    questions must end in an error, an abstention or a sound answer. Exit 4 where anything of this fails.
    """
    from averment.evaluation.ingestion_report import write_robustness_report
    from averment.evaluation.robustness import to_result

    rows: list[RobustnessRow] = []
    with logged_run(context, "robustness", out=out, pack=pack):
        if with_files:
            rows = _read_hostile(pack)
        asked = _ask_hostile(
            settings_of(context), pack if with_injection else None, out=out, n_questions=questions, seed=seed
        )
        result: dict[str, Any] = {**to_result(rows), **asked}
        write_result(out, result, evaluation="robustness")
    write_robustness_report(result, out / "report.html")
    if as_json:
        print_json(result)
    else:
        _print_robustness(rows)
        found = f"result: {out / 'result.json'}  report: {out / 'report.html'}"
        note(f"{result['passed']} of {result['files']} files ended as they should; {found}")
        if asked["injection"] is not None:
            note(injection_line(asked["injection"]))
        if asked["questions"] is not None:
            note(hostile_line(asked["questions"]))
    if result["passed"] != result["files"] or any(one is not None and not one["passed"] for one in asked.values()):
        raise typer.Exit(EXIT_VERIFICATION_FAILED)


def _read_hostile(pack: Path) -> "list[RobustnessRow]":
    from averment.evaluation.robustness import run_robustness

    with progress("robustness") as shown:
        return run_robustness(pack, on_progress=lambda done, total: shown.update(done, total, ""))


def _ask_hostile(
    settings: "Settings", pack: Path | None, *, out: Path, n_questions: int, seed: int
) -> dict[str, dict[str, Any] | None]:
    """Ask the contracts of a pack that instruct whoever answers, where it has some, and hostile questions."""
    from averment.evaluation.hostile_questions import run_hostile_questions
    from averment.evaluation.injection import has_injections, run_injections
    from averment.evaluation.pack import Pack

    found: dict[str, dict[str, Any] | None] = {"injection": None, "questions": None}
    with progress("robustness") as shown:
        if pack is not None and has_injections(pack):
            asking = asking_of(settings, out=out, on_progress=shown.update)
            found["injection"] = run_injections(Pack(pack), folder=out / "work", asking=asking)
        if n_questions:
            asking = asking_of(settings, out=out, on_progress=shown.update)
            folder = out / "work-questions"
            found["questions"] = run_hostile_questions(n_questions, seed=seed, folder=folder, asking=asking)
    return found


def hostile_line(found: Mapping[str, Any]) -> str:
    """Say how hostile questions ended."""
    return (
        f"{found['attacks_succeeded']} of {found['questions']} hostile questions succeeded, at most "
        f"{100 * found['share_upper']:.2f} % with {100 * (1 - found['delta']):g} % confidence; seed {found['seed']}"
    )


def injection_line(found: Mapping[str, Any]) -> str:
    """Say how contracts with an inserted instruction were answered."""
    return (
        f"{found['attacks_succeeded']} of {found['questions']} inserted instructions came into an answer; "
        f"{found['paired_right']} right of {found['paired']} asked with and {found['clean_right']} without them "
        f"(sign test {found['p_worse']:.3f}); {found['flagged']} documents are flagged"
    )


def _cells(row: "IngestionRow") -> tuple[object, ...]:
    left_out = ", ".join(f"{reason.replace('_', ' ')} {count}" for reason, count in row.left_out.items())
    counts = (row.chars, row.accounted, left_out or None, row.hidden, row.numbers, row.numbers_apart, row.cells)
    pages = "" if not row.failed_pages else f" (page {', '.join(map(str, row.failed_pages[:5]))})"
    return (
        row.file,
        row.status + pages,
        "–" if row.pages is None else row.pages,
        row.ocr_pages,
        *("–" if count is None else count for count in counts),
        f"{row.seconds:.2f}",
        _three(row.character_error_rate),
        _three(row.word_accuracy),
        _three(row.tesseract_word_accuracy),
    )


def _sum_line(totals: Any) -> str:
    share = totals["accounted_share"]
    accounted = "nothing to account for" if share is None else f"{100 * share:.4f} % of {totals['chars']} accounted for"
    return (
        f"{totals['files']} files, {totals['quarantined']} quarantined; letters and digits of "
        f"{totals['born_digital_files']} born-digital files: {accounted}; {totals['cells']} cells; "
        f"{totals['seconds']:.1f} s"
    )


def _print_robustness(rows: Sequence["RobustnessRow"]) -> None:
    print_table(
        ("file", "expected", "got", "seconds", "MB", "passed", "reason"),
        [
            (
                row.file,
                row.expected,
                row.got,
                f"{row.seconds:.2f}",
                "–" if row.peak_mb is None else f"{row.peak_mb:.0f}",
                "yes" if row.passed else "NO",
                row.reason,
            )
            for row in rows
        ],
    )


def _three(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
