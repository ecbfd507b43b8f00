"""How good the screening of uses outside is: how many it recognises, and how many other questions it stops or flags."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from averment.compliance.oversight.intervals import exact_interval
from averment.compliance.purposes.gate import Judged
from averment.core.errors import UsageError


class LabelledQuestions(BaseModel):
    """Questions with what they are: `outside` with a point (`4.a`, `article-5.f`), and `inside`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    outside: tuple[tuple[str, str], ...]
    inside: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How many of how many, with the exact 95 % interval of the share, 0-1."""

    count: int
    of: int
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningQuality:
    """What became of labelled questions.

    `recognised` are uses outside that were blocked or flagged, `right_point` those of them under their own point.
    `stopped` and `flagged` are questions inside that were blocked, and that were answered with a warning. `missed` are
    the numbers of the uses outside that were not recognised, 1-based, in the order of the file.
    """

    recognised: Share
    blocked: Share
    right_point: Share
    stopped: Share
    flagged: Share
    missed: tuple[int, ...]


def read_questions(path: Path) -> LabelledQuestions:
    """Read labelled questions from a YAML file.

    Raises:
        UsageError: There is no such file, or it does not follow the schema.
    """
    try:
        return LabelledQuestions.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeError, yaml.YAMLError, ValidationError) as error:
        raise UsageError(
            f"{str(path)!r} holds no labelled questions: {error}",
            hint='write YAML: outside: [["4.a", "a question"]], inside: ["a question"]',
        ) from error


def measure_screening(questions: LabelledQuestions, judge: Callable[[str], Judged]) -> ScreeningQuality:
    """Judge labelled questions and count.

    Args:
        questions: What to judge.
        judge: Judges a question, no point being intended.
    """
    outside = [(point, judge(question)) for point, question in questions.outside]
    inside = [judge(question) for question in questions.inside]
    recognised = [(point, judged) for point, judged in outside if judged.outcome != "allowed"]
    right = [judged for point, judged in recognised if {point, f"annex-iii.{point}"} & set(judged.codes)]
    return ScreeningQuality(
        recognised=_share(recognised, outside),
        blocked=_share([judged for _, judged in outside if judged.outcome == "blocked"], outside),
        right_point=_share(right, recognised),
        stopped=_share([judged for judged in inside if judged.outcome == "blocked"], inside),
        flagged=_share([judged for judged in inside if judged.outcome == "flagged"], inside),
        missed=tuple(number for number, (_, judged) in enumerate(outside, start=1) if judged.outcome == "allowed"),
    )


def _share(found: Sequence[object], among: Sequence[object]) -> Share:
    low, high = exact_interval(len(found), len(among))
    return Share(count=len(found), of=len(among), low=low, high=high)
