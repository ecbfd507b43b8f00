"""The flow `ingest-parts`: one source brought up to date by many workers, each of which takes a part of its items.

An item's part follows from its uri, so that nothing needs to be handed out: every run lists the source, leaves alone
what is not of its part, and removes what has left its part. A part that failed is done by running it again. All of
them write to one catalog and one index.
"""

from typing import Any, Final

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.deployments import run_deployment
from prefect.futures import wait
from prefect.task_runners import ThreadPoolTaskRunner

from averment.core.errors import UsageError
from averment.core.jsonable import Json

PART: Final = "ingest-corpus/part"
MAX_PARTS: Final = 256
# The tasks only wait for runs elsewhere. Prefect types the runner of a flow by its futures, invariantly.
_RUNNER: Final[Any] = ThreadPoolTaskRunner(max_workers=MAX_PARTS)


@task(name="run-part", cache_policy=NO_CACHE, persist_result=False)
def run_part(deployment: str, parameters: dict[str, Any]) -> str:
    """Hand a part to the work pool and return the state it ended in."""
    run: Any = run_deployment(deployment, parameters=parameters, timeout=None, as_subflow=False)
    return str(run.state.type.value) if run.state else "UNKNOWN"


@flow(name="ingest-parts", task_runner=_RUNNER, persist_result=False)
def ingest_parts(
    source: str,
    parts: int = 4,
    config: str | None = None,
    full: bool = False,  # noqa: FBT001, FBT002 - flow parameters are a form in Prefect's page
    deployment: str = PART,
) -> dict[str, Json]:
    """Bring catalog and index up to one source with several workers.

    Args:
        source: Name of a source in settings, or a folder that every worker sees.
        parts: How many runs share the work, 1 to 256; as many as there are workers, or a few times that.
        config: Settings file on the workers; found as the command line finds it when absent.
        full: Read every document anew.
        deployment: What runs one part.

    Returns:
        How many parts ended in which state.

    Raises:
        UsageError: There are too few or too many parts.
        RuntimeError: A part did not complete; the others are done.
    """
    if not 1 <= parts <= MAX_PARTS:
        raise UsageError(f"parts is {parts}, expected 1 to {MAX_PARTS}")
    shared = {"source": source, "config": config, "full": full, "parts": parts}
    futures = [run_part.submit(deployment, {**shared, "part": part}) for part in range(parts)]
    wait(futures)
    states = [future.result() for future in futures]
    counts: dict[str, Json] = {state: states.count(state) for state in sorted(set(states))}
    if set(states) != {"COMPLETED"}:
        raise RuntimeError(f"of {parts} parts not all completed: {counts}; run them again, what is done stays done")
    return counts
