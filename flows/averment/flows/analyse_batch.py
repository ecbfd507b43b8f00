"""The flow `analyse-batch`: the questions of a YAML file over the documents it names, into a table.

One task a document, its questions in a row, so that they share the model's cached prefix. Every finished cell is
in a journal, so a run that is killed goes on where it stopped.
"""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.futures import wait

from averment.core.access import EVERYONE, Principal
from averment.core.jsonable import Json
from averment.flows._wiring import Wiring, open_wiring
from averment.flows.ingest_corpus import RUNNER, retry_if_it_can_help
from averment.flows.submission import uninspected
from averment.pipelines.batch import (
    Cell,
    Journal,
    answer_cells,
    cells,
    load_batch,
    markdown_table,
    write_table,
)


@task(name="analyse-document", retry_delay_seconds=5, retry_condition_fn=retry_if_it_can_help,
      cache_policy=NO_CACHE, persist_result=False)  # fmt: skip
def analyse_document(wiring: Wiring, todo: Sequence[Cell], who: Principal, purpose: str, journal: Journal) -> int:
    """Answer a document's open questions; returns how many there were."""
    return answer_cells(wiring.analyst, todo, journal, principal=who, purpose=purpose)


@flow(name="analyse-batch", task_runner=RUNNER, persist_result=False)
def analyse_batch(
    batch: str, out: str, config: str | None = None, groups: tuple[str, ...] = (EVERYONE,)
) -> dict[str, Json]:
    """Answer a batch and write `table.csv` and `table.json` under `out`.

    Args:
        batch: The YAML file.
        out: Folder of the table and its journal.
        config: Settings file; found as the command line finds it when absent.
        groups: Whose documents are asked about.

    Returns:
        Counts and the paths of the table.
    """
    spec = load_batch(Path(batch))
    journal = Journal(Path(out) / "cells.jsonl")
    with open_wiring(Path(config) if config else None) as wiring:
        who = Principal(subject="analyse-batch", groups=groups, tenant=wiring.settings.tenant)
        documents = wiring.visible(who, spec.filters())
        grid = list(cells(spec, documents, pipeline_hash=wiring.analyst.fingerprint.pipeline_hash))
        purpose = spec.purpose or wiring.settings.purpose
        by_document = [list(group) for _, group in groupby(grid, key=lambda cell: cell.document.document_id)]
        handed_over = analyse_document.with_options(retries=wiring.settings.flows.retries)
        futures = [handed_over.submit(*uninspected(wiring, todo, who, purpose, journal)) for todo in by_document]
        wait(futures)  # the stores must not close under tasks that run while another one has failed
        n_answered = sum(future.result() for future in futures)
    finished = journal.read()
    rows = [finished[cell.key] for cell in grid if cell.key in finished]
    as_csv, as_json = write_table(rows, Path(out))
    table = markdown_table(rows, [question.id for question in spec.questions])
    create_markdown_artifact(key=f"batch-{spec.name.replace('_', '-')}", markdown=table, description="Batch analysis")
    return {
        "batch": spec.name,
        "documents": len(by_document),
        "cells": len(rows),
        "answered_now": n_answered,
        "csv": str(as_csv),
        "json": str(as_json),
    }
