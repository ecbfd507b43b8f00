"""The thresholds of the post-market monitoring plan, as people set them in field 72.3 of its file.

A row names a metric, a threshold, the day it was set and what happens beyond it. Where the metric is one of the
indicators, the threshold says `at most 0.2` (of the share in a window) or `rise of 0.05` (over the share in the
reference). Other rows are for people to watch.
"""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final, Literal, cast

from averment.compliance.documents.kinds import kind_of
from averment.compliance.documents.people import people_path, read_people
from averment.compliance.monitoring.indicators import INDICATORS
from averment.core.errors import ConfigurationError
from averment.core.ids import sha256_id

PLAN: Final = "monitoring-plan"
THRESHOLDS_FIELD: Final = "72.3"
_THRESHOLD: Final = re.compile(r"(at most|rise of) (0(?:\.[0-9]{1,6})?|1(?:\.0{1,6})?)")
_KINDS: Final = {"at most": "at-most", "rise of": "rise"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """What an indicator may reach: `at-most` a share of a window, or a `rise` over the share in the reference (0-1)."""

    indicator: str
    kind: Literal["at-most", "rise"]
    value: Decimal
    set_on: datetime.date

    @property
    def code(self) -> str:
        """Return what entries of the log call it, for example `rise:0.05`."""
        return f"{self.kind}:{self.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the people's part says. `digest` is that of the file, None where there is none.

    `for_people` are the metrics that no indicator measures.
    """

    digest: str | None
    thresholds: tuple[Threshold, ...]
    for_people: tuple[str, ...]


def read_plan(folder: Path) -> Plan:
    """Read the plan; without a file, or before its field is provided, it has no thresholds.

    Args:
        folder: The folder `compliance/` of the data directory.

    Raises:
        ConfigurationError: The file breaks a rule, or the threshold of an indicator is none.
    """
    kind = kind_of(PLAN)
    path = people_path(folder, kind)
    field = read_people(path, kind).get(THRESHOLDS_FIELD)
    digest = sha256_id(path.read_bytes()) if path.is_file() else None
    rows = field.rows if field is not None and field.status == "provided" else ()
    metrics = [str(row.get("metric") or "") for row in rows]
    return Plan(
        digest=digest,
        thresholds=tuple(
            _threshold(metric, row, name=path.name)
            for metric, row in zip(metrics, rows, strict=True)
            if metric in INDICATORS
        ),
        for_people=tuple(metric for metric in metrics if metric not in INDICATORS),
    )


def _threshold(metric: str, row: Mapping[str, object], *, name: str) -> Threshold:
    given, set_on = str(row.get("threshold")), row.get("set_on")
    found = _THRESHOLD.fullmatch(given)
    if found is None:
        raise ConfigurationError(
            f"{name}: {given!r} is no threshold of {metric!r}",
            hint="'at most 0.2' for the share in a window, 'rise of 0.05' over the share in the reference",
        )
    if not isinstance(set_on, datetime.date):
        raise ConfigurationError(f"{name}: the threshold of {metric!r} has no day", hint="set_on: 2026-11-30")
    kind = cast("Literal['at-most', 'rise']", _KINDS[found[1]])
    return Threshold(indicator=metric, kind=kind, value=Decimal(found[2]), set_on=set_on)
