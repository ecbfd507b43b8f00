"""What a benchmark returns: rows of figures, each beside its baseline and its target; as a table and as JSON.

A figure that was not taken is a row without a value and with a note that says why.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Final, Literal

from averment.core.jsonable import Json, to_json

SCHEMA_VERSION: Final = 1

Detail = Mapping[str, int | float | str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What a figure is held against: taken in the same run, in the same unit."""

    name: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What a figure should reach.

    Args:
        of: Whether the figure itself or its ratio to the baseline is meant.
        limit: Where it should stop or start.
        is_floor: Whether more is better.
        unit: Unit of the limit, for the text.
    """

    of: Literal["value", "ratio"]
    limit: float
    is_floor: bool
    unit: str = "×"

    @property
    def text(self) -> str:
        """Write the goal, for example `>= 0.4×`."""
        return f"{'>=' if self.is_floor else '<'} {self.limit:g}{self.unit if self.unit == '×' else ' ' + self.unit}"

    def is_met(self, figure: float) -> bool:
        """Tell whether a figure reaches the goal."""
        return figure >= self.limit if self.is_floor else figure < self.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure. `ratio` is value divided by baseline; `met` is None where there is no target or no figure.

    `detail` says how it was taken: counts, rounds, spread.
    """

    benchmark: str
    name: str
    value: float | None
    unit: str
    baseline: str | None = None
    baseline_value: float | None = None
    ratio: float | None = None
    target: str | None = None
    met: bool | None = None
    note: str = ""
    detail: Detail = field(default_factory=dict)


def at_least(ratio: float) -> Goal:
    """Ask for so many times the baseline, or more."""
    return Goal(of="ratio", limit=ratio, is_floor=True)


def reaching(limit: float, unit: str) -> Goal:
    """Ask for a figure of so much, or more."""
    return Goal(of="value", limit=limit, is_floor=True, unit=unit)


def below(limit: float, unit: str) -> Goal:
    """Ask for a figure below a limit."""
    return Goal(of="value", limit=limit, is_floor=False, unit=unit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A value with its unit."""

    value: float
    unit: str


def measured(
    place: tuple[str, str],
    figure: Figure,
    *,
    baseline: Baseline | None = None,
    goal: Goal | None = None,
    note: str = "",
    detail: Detail | None = None,
) -> Row:
    """Make the row of a figure that was taken.

    Args:
        place: Benchmark and name of the figure.
        figure: The figure.
        baseline: What it is held against.
        goal: What it should reach.
        note: What a reader must know to read it rightly.
        detail: How it was taken.
    """
    ratio = figure.value / baseline.value if baseline and baseline.value else None
    judged = figure.value if goal is None or goal.of == "value" else ratio
    return Row(
        benchmark=place[0],
        name=place[1],
        value=figure.value,
        unit=figure.unit,
        baseline=baseline.name if baseline else None,
        baseline_value=baseline.value if baseline else None,
        ratio=ratio,
        target=goal.text if goal else None,
        met=goal.is_met(judged) if goal and judged is not None else None,
        note=note,
        detail=detail or {},
    )


def not_taken(place: tuple[str, str], *, goal: Goal | None = None, note: str) -> Row:
    """Make the row of a figure that could not be taken; `note` says why and what would mend it."""
    return Row(benchmark=place[0], name=place[1], value=None, unit="", target=goal.text if goal else None, note=note)


def report(rows: Sequence[Row], configuration: Mapping[str, Json], *, created_at: str) -> dict[str, Json]:
    """Write rows and what they were taken with as JSON values; what is not finite is null."""
    return {
        "schema_version": SCHEMA_VERSION,
        "created_at": created_at,
        "configuration": dict(configuration),
        "rows": [_finite(to_json(asdict(row))) for row in rows],
    }


def _finite(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value


def table(rows: Sequence[Row]) -> str:
    """Write rows as a text table, notes below it."""
    head = ("benchmark", "figure", "value", "baseline", "ratio", "target", "met")
    notes: list[str] = []
    body = [_cells(row, notes) for row in rows]
    widths = [max(len(line[column]) for line in (head, *body)) for column in range(len(head))]
    lines = [_line(head, widths), "  ".join("-" * width for width in widths), *(_line(line, widths) for line in body)]
    return "\n".join([*lines, *([""] if notes else []), *notes])


def _cells(row: Row, notes: list[str]) -> tuple[str, ...]:
    mark = ""
    if row.note:
        notes.append(f"[{len(notes) + 1}] {row.note}")
        mark = f" [{len(notes)}]"
    against = f"{_number(row.baseline_value)} {row.baseline}" if row.baseline_value is not None else ""
    return (
        row.benchmark,
        row.name + mark,
        f"{_number(row.value)} {row.unit}" if row.value is not None else "not taken",
        against,
        f"{row.ratio:.2f}×" if row.ratio is not None else "",
        row.target or "",
        {True: "yes", False: "NO", None: ""}[row.met],
    )


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"
