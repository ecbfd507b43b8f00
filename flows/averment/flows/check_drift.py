"""The flow `check-drift`: windows of the log that have ended are held against the post-market monitoring plan."""

from pathlib import Path

from prefect import flow
from prefect.artifacts import create_markdown_artifact

from averment.compliance.monitoring.breaches import Breach
from averment.compliance.monitoring.desk import Check
from averment.core.jsonable import Json
from averment.flows._wiring import SUBJECT, open_wiring


@flow(name="check-drift", persist_result=False)
def check_drift(config: str | None = None) -> dict[str, Json]:
    """Measure what is due and open a breach, with its item of the risk register, for what is beyond a threshold.

    Args:
        config: Settings file; found as the command line finds it when absent.

    Returns:
        How many windows were measured, and the ids of the breaches that were opened and that are open.
    """
    with open_wiring(Path(config) if config else None) as wiring:
        desk = wiring.oversight.monitoring
        found = desk.check(subject=SUBJECT)
        open_now = [breach for breach in desk.breaches() if breach.closed_at is None]
    report = report_markdown(found, open_now)
    create_markdown_artifact(key="drift-report", markdown=report, description="Post-market monitoring")
    return {
        "windows": len(found.windows),
        "opened": [breach.id for breach in found.opened],
        "open": [breach.id for breach in open_now],
    }


def report_markdown(found: Check, open_now: list[Breach]) -> str:
    """Write a check for Prefect's page: what was measured against a threshold, and the breaches that are open."""
    measured = [
        f"| {window.since} | {one.indicator} | {one.share.count} of {one.share.n} | {one.threshold} | {one.outcome} |"
        for window in found.windows
        for one in window.findings
        if one.threshold is not None
    ]
    lines = [f"{len(found.windows)} windows measured, {len(open_now)} breaches open"]
    if measured:
        lines += ["", "| window | indicator | measured | threshold | outcome |", "|---|---|---|---|---|", *measured]
    if open_now:
        lines += ["", *(f"- `{one.id}` {one.indicator}, found {one.found_at}" for one in open_now)]
    return "\n".join(lines)
