"""An evaluation's result against the log: the entry of its run, and the thresholds that were declared before it.

Thresholds count for a run where their entry stands before the run's and was written before the run began. Of several,
the last such entry counts. Pure over entries.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from averment.compliance.documents.log_view import Logged, LogView
from averment.core.audit import EventType


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A threshold and what was measured; `measured` is None where the run has no such figure."""

    figure: str
    bound: str
    value: str
    measured: str | None

    @property
    def is_met(self) -> bool:
        """Tell whether it was measured and is not beyond."""
        if self.measured is None:
            return False
        found, limit = Decimal(self.measured), Decimal(self.value)
        return found >= limit if self.bound == "at-least" else found <= limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What the log says of a result.

    Attributes:
        run: The entry of the run that made the file; None where there is none.
        thresholds: The entry of the thresholds that count for it.
        late: An entry of thresholds that came too late, where none counts.
        verdicts: Each threshold that counts, held against the run's figures.
    """

    run: Logged | None = None
    thresholds: Logged | None = None
    late: Logged | None = None
    verdicts: tuple[Verdict, ...] = ()


def measured(log: LogView, *, result: str) -> Measured:
    """Find a result's run in the log, and its thresholds.

    Args:
        log: The log at a checkpoint.
        result: Digest of the file.
    """
    run = next((found for found in log.entries(EventType.EVAL_RUN) if found.fact("result") == result), None)
    if run is None:
        return Measured()
    declared = [
        found for found in log.entries(EventType.EVAL_THRESHOLDS) if found.fact("evaluation") == run.fact("evaluation")
    ]
    early = [
        found for found in declared if found.evidence.index < run.evidence.index and found.time < run.fact("started_at")
    ]
    if not early:
        return Measured(run=run, late=declared[0] if declared else None)
    return Measured(run=run, thresholds=early[-1], verdicts=_verdicts(run, early[-1]))


def _verdicts(run: Logged, thresholds: Logged) -> tuple[Verdict, ...]:
    figures = {one["figure"]: one["value"] for one in _listed(run, "figures")}
    return tuple(
        Verdict(figure=one["figure"], bound=one["bound"], value=one["value"], measured=figures.get(one["figure"]))
        for one in _listed(thresholds, "thresholds")
    )


def _listed(found: Logged, name: str) -> Sequence[Mapping[str, str]]:
    return cast("Mapping[str, Sequence[Mapping[str, str]]]", found.leaf["data"])[name]
