"""What was measured of a language model's output: which of its calls may shape an answer, because answers got better.

`averment eval answers --decide` writes the file; `model.trust_path` names it. A call is trusted where answers with it
were right more often than those by extraction alone, on the same questions, and the lower end of the interval of that
gain lies above zero. The record belongs to one model under one profile in one pipeline: of another it says nothing, and
the calls that it could have spoken of are not trusted. Calls that are not measured stay what the profile says. Of two
calls that choose sentences, by labels and one by one, the better one is trusted.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from averment.core.errors import ConfigurationError
from averment.pipelines.reasoning.model_desk import ModelTrust

MeasuredCall = Literal["select", "yes_no", "write"]
MEASURED: Final[tuple[MeasuredCall, ...]] = get_args(MeasuredCall)
CHOOSING: Final[tuple[MeasuredCall, ...]] = ("select", "yes_no")
"""Calls that do the same in different ways."""
# Resampling a handful of questions says nothing of others.
LEAST_QUESTIONS: Final = 30
HINT: Final = "averment eval answers --decide --pack DIR --out DIR makes one; or unset model.trust_path"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Gain(_Part):
    """How many more of `questions` were answered rightly, as a share, with its paired 95 % interval; None of none."""

    questions: int = Field(ge=0)
    gain: float | None = Field(ge=-1, le=1)
    interval: tuple[float, float] | None

    @property
    def is_trusted(self) -> bool:
        """Say whether the gain is more than chance."""
        return self.questions >= LEAST_QUESTIONS and self.interval is not None and self.interval[0] > 0


class AskedSet(_Part):
    """The questions that were asked of one benchmark."""

    name: str
    digest: str
    seed: int


class TrustRecord(_Part):
    """What was measured, and with what: profile (whatever it trusts), model, pipeline, program and questions.

    `yes_no_threshold` is the probability of yes (0-1) from which sentences were chosen; None where not measured.
    """

    schema_version: Literal[1] = 1
    created_at: str
    profile: str
    profile_digest: str
    model: str
    revision: str | None
    pipeline_hash: str
    program: str
    made_from: tuple[AskedSet, ...]
    calls: Mapping[MeasuredCall, Gain]
    yes_no_threshold: float | None = Field(default=None, ge=0, le=1)

    @property
    def trusted(self) -> tuple[MeasuredCall, ...]:
        """Return the calls that make answers better; of those that do the same, the one with which they are best."""
        better = [call for call, gain in self.calls.items() if gain.is_trusted]
        choosing = sorted((call for call in better if call in CHOOSING), key=self._order)
        return tuple(call for call in better if call not in choosing[1:])

    def _order(self, call: MeasuredCall) -> tuple[float, int]:
        """Put calls with more gain first, and of equals the one that costs less."""
        return -(self.calls[call].gain or 0.0), CHOOSING.index(call)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A record beside the model that it is to speak of.

    Args:
        record: What was measured.
        profile_digest: Of the profile in use, without what it trusts.
        model: The model in use, by the name it is served under.
        revision: Its weights, as far as they are known.
    """

    record: TrustRecord
    profile_digest: str
    model: str
    revision: str | None

    def stale(self, pipeline_hash: str) -> str | None:
        """Return what the record was made with another of: profile, model, weights or pipeline; None where it holds.

        Args:
            pipeline_hash: What scores answers while the model is trusted with nothing.
        """
        record = self.record
        facts = {
            "profile": record.profile_digest == self.profile_digest,
            "model": record.model == self.model,
            "weights": record.revision == self.revision,
            "pipeline": record.pipeline_hash == pipeline_hash,
        }
        return next((name for name, is_same in facts.items() if not is_same), None)

    def applied(self, profile: ModelTrust, *, pipeline_hash: str) -> "DecidedTrust":
        """Return what a model may do: as measured, and what its profile says of calls that are not measured.

        Args:
            profile: What the profile says.
            pipeline_hash: See `stale`.
        """
        unmeasured = tuple(call for call in profile.trusted_for if call not in MEASURED)
        measured = () if self.stale(pipeline_hash) else self.record.trusted
        threshold = self.record.yes_no_threshold
        return DecidedTrust(
            profile=profile,
            trusted_for=unmeasured + measured,
            yes_no_threshold=profile.yes_no_threshold if threshold is None else threshold,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedTrust:
    """A profile, but for the calls that the model is trusted with, and from which probability a yes counts."""

    profile: ModelTrust
    trusted_for: tuple[str, ...]
    yes_no_threshold: float

    @property
    def window_tokens(self) -> int:
        """Return how much of a document the model is shown, tokens."""
        return self.profile.window_tokens

    def thinking_budget(self, purpose: str) -> int:
        """Return how many tokens a kind of call may think."""
        return self.profile.thinking_budget(purpose)


def read_trust(path: Path) -> TrustRecord:
    """Read a record.

    Raises:
        ConfigurationError: There is none, or it is not of the schema.
    """
    try:
        return TrustRecord.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ConfigurationError(f"{str(path)!r} cannot be read as a record of trust", hint=HINT) from error
    except (ValueError, ValidationError) as error:
        raise ConfigurationError(f"{str(path)!r} is no record of trust of schema version 1", hint=HINT) from error
