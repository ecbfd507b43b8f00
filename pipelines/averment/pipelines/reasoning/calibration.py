"""What a calibration says: from which score an answer is given, and at most how many of such answers are wrong.

`averment eval calibrate` writes the file; `reasoning.calibration_path` names it. Scores of different kinds of answers
cannot be compared, so each group has a threshold of its own. A calibration belongs to the pipeline that it was made
with: other rules, weights, models or prompts score otherwise, and it says nothing of them.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from averment.core.answers import Confidence, SentenceKind
from averment.core.errors import ConfigurationError
from averment.core.ids import sha256_id
from averment.core.jsonable import canonical_json
from averment.pipelines.reasoning.absence import NEAR_SIMILARITY, absence_score
from averment.pipelines.reasoning.findings import Findings
from averment.pipelines.reasoning.recall import FoundShare

Group = Literal["quote", "named_quote", "statement", "figure", "absence"]
Share = Annotated[float, Field(ge=0, le=1)]
HINT: Final = "averment eval calibrate --pack DIR --out DIR makes one; or unset reasoning.calibration_path"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Threshold(_Part):
    """The bound of one group: of `n` labelled answers `n_answered` reach the threshold, `n_wrong` of them are wrong."""

    threshold: Share
    risk: Share
    delta: Share
    n: int = Field(ge=1)
    n_answered: int = Field(ge=1)
    n_wrong: int = Field(ge=0)


class LabelledSet(_Part):
    """The labelled answers that a calibration was made from."""

    name: str
    digest: str
    seed: int


class Calibration(_Part):
    """A calibration with what it was made with. A group without a threshold is not calibrated.

    `recall` says by topic how many clauses that are there are found (`averment.pipelines.reasoning.recall`).
    """

    schema_version: Literal[1] = 1
    created_at: str
    pipeline_hash: str
    model: str | None
    made_from: tuple[LabelledSet, ...]
    groups: Mapping[Group, Threshold]
    recall: Mapping[str, FoundShare] = Field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Return the digest of everything it says."""
        return sha256_id(canonical_json(self.model_dump(mode="json")))


def read_calibration(path: Path) -> Calibration:
    """Read a calibration.

    Raises:
        ConfigurationError: There is none, or it is not of the schema.
    """
    try:
        return Calibration.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ConfigurationError(f"{str(path)!r} cannot be read as a calibration", hint=HINT) from error
    except (ValueError, ValidationError) as error:
        raise ConfigurationError(f"{str(path)!r} is no calibration of schema version 1", hint=HINT) from error


def group_of(found: Findings) -> Group | None:
    """Return the group that an answer's score belongs to; None where nothing is answered.

    Quotations that answer to a clause the question names are scored on words the others are not.
    """
    if found.is_absent:
        return "absence"
    if not found.sentences:
        return None
    if found.sentences[0].kind is SentenceKind.STATEMENT:
        return "statement"
    if found.figured is not None:
        return "figure"
    return "named_quote" if any(topic.is_named for topic in found.planned.topics) else "quote"


def score_of(found: Findings) -> float | None:
    """Return how good the evidence of an answer is, 0-1, of its best sentence; None without any."""
    if found.is_absent:
        return absence_score(found)
    if found.figured is not None:
        return found.figured.score
    chosen = found.draft.candidates if found.draft and found.drafted in found.sentences else found.selected
    best = (chosen or found.candidates)[:1]
    return best[0].score if best else None


def hold_to_threshold(found: Findings, thresholds: Mapping[Group, Threshold]) -> None:
    """Settle how sure an answer is, and withhold it where a calibration says that this is not enough."""
    group = group_of(found)
    found.calibrated = thresholds.get(group) if group is not None else None
    found.confidence = _confidence(found, group)
    if found.calibrated is not None and (found.confidence.score or 0.0) < found.calibrated.threshold:
        found.sentences, found.value, found.is_absent = [], None, False
        found.refusal = "below_threshold"


def _confidence(found: Findings, group: Group | None) -> Confidence:
    score, known = score_of(found), found.calibrated
    if known is not None:
        return Confidence(score=score, threshold=known.threshold, bound=known.risk, calibrated=True, group=group)
    threshold = 1 - NEAR_SIMILARITY if found.is_absent else found.threshold
    return Confidence(score=score, threshold=threshold, group=group)
