"""How many marked clauses are found: counted by what they are on, with exact lower limits.

A question counts where it asks whether there is a clause and a person has marked one. It is `found` where a marked
place is cited, `denied` where the answer says that there is none, `open` where neither. Sought clauses on disk: one
JSON object a line, `{"id", "topic", "outcome"}`, whoever marked them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final, Literal, get_args

from averment.core.errors import ConfigurationError
from averment.evaluation.json_lines import read_lines, write_lines
from averment.evaluation.risk_control import upper_limit
from averment.pipelines.reasoning.recall import CLAUSES, STATEMENTS, FoundShare

Outcome = Literal["found", "denied", "open"]
OUTCOMES: Final[tuple[Outcome, ...]] = get_args(Outcome)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """A marked clause that was asked for; `topic` is what it is on (`averment.pipelines.reasoning.recall`)."""

    id: str
    topic: str
    outcome: Outcome


def found_shares(sought: Iterable[Sought], *, delta: float) -> dict[str, FoundShare]:
    """Return the share found of each topic, and of all clauses; what was never sought has none.

    Args:
        sought: Marked clauses, each once.
        delta: Probability, 0-1, that a share's lower limit is too high.
    """
    by_topic: dict[str, list[Sought]] = {}
    for one in sought:
        by_topic.setdefault(one.topic, []).append(one)
        if one.topic not in (CLAUSES, STATEMENTS):
            by_topic.setdefault(CLAUSES, []).append(one)
    return {topic: _share(found, delta) for topic, found in sorted(by_topic.items())}


def _share(sought: Sequence[Sought], delta: float) -> FoundShare:
    n, n_found = len(sought), sum(one.outcome == "found" for one in sought)
    return FoundShare(
        n=n,
        n_found=n_found,
        n_denied=sum(one.outcome == "denied" for one in sought),
        # What is found at least is what is missed at most.
        lower=max(0.0, 1 - upper_limit(n - n_found, n, delta=delta)),
        delta=delta,
    )


def read_sought(path: Path) -> list[Sought]:
    """Read sought clauses.

    Raises:
        ConfigurationError: A line is not of the form, or an id occurs twice.
    """
    return read_lines(path, _sought, what="sought clauses", names=[field.name for field in fields(Sought)])


def write_sought(sought: Iterable[Sought], path: Path) -> None:
    """Write sought clauses."""
    write_lines(sought, path)


def _sought(row: Mapping[str, Any], where: str) -> Sought:
    if not isinstance(row["topic"], str) or not row["topic"]:
        raise ConfigurationError(f"{where}: topic is {row['topic']!r}, expected the name of one")
    if row["outcome"] not in OUTCOMES:
        raise ConfigurationError(f"{where}: outcome is {row['outcome']!r}, expected one of {', '.join(OUTCOMES)}")
    return Sought(id=str(row["id"]), topic=row["topic"], outcome=row["outcome"])
