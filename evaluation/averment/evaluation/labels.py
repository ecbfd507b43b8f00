"""Labelled answers on disk: one JSON object a line, `{"id", "group", "score", "right"}`, whoever labelled them."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final, get_args

from averment.core.errors import ConfigurationError
from averment.core.ids import sha256_id
from averment.core.jsonable import canonical_json
from averment.evaluation.json_lines import read_lines, write_lines
from averment.pipelines.reasoning.calibration import Group

GROUPS: Final[tuple[Group, ...]] = get_args(Group)


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledAnswer:
    """An answer that somebody or something found right or wrong; `score` is 0-1, comparable within its group."""

    id: str
    group: Group
    score: float
    right: bool


def read_labels(path: Path) -> list[LabelledAnswer]:
    """Read labelled answers.

    Raises:
        ConfigurationError: A line is not of the form, or an id occurs twice.
    """
    return read_lines(path, _label, what="labelled answers", names=[field.name for field in fields(LabelledAnswer)])


def write_labels(labels: Iterable[LabelledAnswer], path: Path) -> None:
    """Write labelled answers."""
    write_lines(labels, path)


def digest_of(labels: Iterable[LabelledAnswer]) -> str:
    """Return the digest of labelled answers, whatever their order."""
    return sha256_id(canonical_json(sorted((asdict(one) for one in labels), key=lambda one: str(one["id"]))))


def _label(row: Mapping[str, Any], where: str) -> LabelledAnswer:
    score, right, group = row["score"], row["right"], row["group"]
    if not isinstance(score, int | float) or isinstance(score, bool) or not 0 <= score <= 1:
        raise ConfigurationError(f"{where}: score is {score!r}, expected a number from 0 to 1")
    if not isinstance(right, bool):
        raise ConfigurationError(f"{where}: right is {right!r}, expected true or false")
    if group not in GROUPS:
        raise ConfigurationError(f"{where}: group is {group!r}, expected one of {', '.join(GROUPS)}")
    return LabelledAnswer(id=str(row["id"]), group=group, score=float(score), right=right)
