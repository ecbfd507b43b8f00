"""The flow `ingest-corpus`: a source brought up to date by parallel tasks, with retries and a report.

Every batch of documents is a task. What is finished stays finished, so a run that is killed is simply started
again. The tasks hand points to the owner of the index through the index port and never open it themselves.
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.futures import wait
from prefect.task_runners import ThreadPoolTaskRunner
from prefect.tasks import Task

from averment.core.documents import IngestReport
from averment.core.errors import AvermentError
from averment.core.jsonable import Json, to_json
from averment.flows._wiring import Wiring, open_wiring
from averment.flows.submission import uninspected
from averment.pipelines.ingestion.changes import PlannedItem, in_part
from averment.pipelines.ingestion.ingestor import batches
from averment.pipelines.ingestion.tally import BatchResult

# Prefect types the runner of a flow by its futures, invariantly.
RUNNER: Final[Any] = ThreadPoolTaskRunner(max_workers=2)


def retry_if_it_can_help(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Tell Prefect to try again only after errors that say so."""
    error = state.result(raise_on_failure=False)
    return isinstance(error, AvermentError) and error.retryable


@task(name="ingest-batch", retry_delay_seconds=5, retry_condition_fn=retry_if_it_can_help,
      cache_policy=NO_CACHE, persist_result=False)  # fmt: skip
def ingest_batch(wiring: Wiring, source: str, batch: Sequence[PlannedItem]) -> BatchResult:
    """Read, embed and store a few documents."""
    return wiring.ingestor.process(wiring.connector(source), batch)


@flow(name="ingest-corpus", task_runner=RUNNER, persist_result=False)
def ingest_corpus(
    source: str,
    config: str | None = None,
    full: bool = False,  # noqa: FBT001, FBT002 - flow parameters are a form in Prefect's page
    part: int = 0,
    parts: int = 1,
) -> dict[str, Json]:
    """Bring catalog and index up to one source.

    Args:
        source: Name of a source in settings, or a folder.
        config: Settings file; found as the command line finds it when absent.
        full: Read every document anew.
        part: Which part of the source, from 0.
        parts: How many parts it is divided into; see the flow `ingest-parts`.

    Returns:
        The ingestion report as JSON values.
    """
    with open_wiring(Path(config) if config else None) as wiring:
        wanted = partial(in_part, part=part, parts=parts) if parts > 1 else None
        connector = wiring.connector(source, wanted=wanted)
        run = wiring.ingestor.begin(connector, full=full, wanted=wanted)
        limits = wiring.settings.flows
        handed_over = ingest_batch.with_options(retries=limits.retries)
        work = batches(run.plan.work, limits.batch_documents)
        results = [wiring.ingestor.settle(run)]
        futures = [handed_over.submit(*uninspected(wiring, source, batch)) for batch in work]
        wait(futures)  # the stores must not close under tasks that run while another one has failed
        results += [future.result() for future in futures]
        report = wiring.ingestor.finish(run, results)
    create_markdown_artifact(key="ingest-report", markdown=report_markdown(report), description="Ingestion report")
    body = to_json(report)
    if not isinstance(body, dict):
        raise TypeError("a report is an object")
    return body


def report_markdown(report: IngestReport) -> str:
    """Write a report for Prefect's page: counts, and the reason of every failure; no document content."""
    lines = [
        f"**{report.status}**: {report.added} added, {report.changed} changed, {report.unchanged} unchanged, "
        f"{report.removed} removed, {report.quarantined} quarantined, {report.failed} failed",
        "",
        f"{report.n_pages} pages, {report.n_chunks_embedded} chunks embedded in {report.duration_s:.1f} s",
    ]
    lines += [text for notice in report.notices for text in ("", f"Note: {notice}")]
    if report.failures:
        lines += ["", "| code | stage | item | page | retryable |", "|---|---|---|---|---|"]
        lines += [
            f"| {item.code} | {item.stage} | `{item.source_uri.replace('|', '%7C')}` | {item.page or ''} "
            f"| {item.retryable} |"
            for item in report.failures
        ]
    return "\n".join(lines)
