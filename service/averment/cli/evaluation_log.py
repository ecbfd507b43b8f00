"""Evaluations as entries of the log: each run that was finished, and thresholds declared before one."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from averment.cli.context import log_event, runtime_of, settings_of, user_name
from averment.cli.output import JsonFlag, note, print_json
from averment.compliance.documents.evaluations import run_facts
from averment.compliance.documents.evidence import file_digest
from averment.compliance.documents.thresholds import declare
from averment.core.audit import EventType
from averment.core.clock import SystemClock, rfc3339
from averment.core.data_dir import COMPLIANCE_FOLDER

_DOCUMENTS = "docs.jsonl"


@contextmanager
def logged_run(context: typer.Context, evaluation: str, *, out: Path, pack: Path | None = None) -> Iterator[None]:
    """Log an evaluation once it has left its result; one that fails is not logged.

    A log that cannot be opened is told before anything is measured.

    Args:
        context: The command's.
        evaluation: What is measured, a code.
        out: Folder in which `result.json` is written meanwhile.
        pack: Folder of the pack that is measured on.

    Raises:
        AvermentError: There is an installation, and its log cannot be written.
    """
    started_at = rfc3339(SystemClock().now())
    if settings_of(context).data_dir.is_dir():
        with runtime_of(context):
            pass
    yield
    listed = None if pack is None else pack / _DOCUMENTS
    data = file_digest(listed) if listed is not None and listed.is_file() else None
    facts = run_facts(out / "result.json", evaluation=evaluation, started_at=started_at, data=data)
    if not log_event(context, EventType.EVAL_RUN, facts):
        note("not logged: there is no installation here")


def write_result(out: Path, result: Mapping[str, object], *, evaluation: str) -> None:
    """Write `result.json` with what was measured and when, so that documents can state it."""
    out.mkdir(parents=True, exist_ok=True)
    whole = {"kind": evaluation, "created_at": rfc3339(SystemClock().now()), **result}
    (out / "result.json").write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def declare_thresholds(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="YAML file, signed: averment report sign.")],
    as_json: JsonFlag = False,
) -> None:
    """Declare what evaluations of a kind must reach from now on; runs that began before are not held to it."""
    folder = settings_of(context).data_dir / COMPLIANCE_FOLDER
    with runtime_of(context) as runtime:
        facts = declare(file, folder)
        runtime.record.record_event(EventType.EVAL_THRESHOLDS, facts, subject=user_name())
    if as_json:
        print_json(facts)
    else:
        note(f"declared for {facts['evaluation']}: {facts['content']}")
