"""The use-case gate: which purposes may be used as they stand, and which questions are outside them.

A purpose whose assessment is signed is used in mode `assessed`. One that nobody signed yet is used in mode `trial`,
where trials are allowed: on this machine only, with every answer marked. A purpose that was changed after it was
signed, is dated ahead, retired or prohibited is used in no mode. What a record allows counts once it is signed.

A question is outside beyond doubt where patterns find what would be decided about whom, or where it is more like such
questions than any sentence on contracts that is kept for comparison: it is blocked, or flagged if the purpose says so.
Any other that resembles one is flagged whatever the purpose says: nobody's work is to be stopped by a guess.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, Protocol

from averment.compliance.purposes.screening import ScreeningRules, folded, screen, screening_rules
from averment.compliance.purposes.store import PurposeState
from averment.core.analysis import Admission
from averment.core.clock import Clock
from averment.core.errors import PurposeNotUsable
from averment.core.ports import Likeness

LIKENESS: Final = "likeness"


class Purposes(Protocol):
    """Says how purposes stand."""

    def state(self, code: str, *, now: datetime) -> PurposeState:
        """Say how a purpose stands at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a question is taken for, whatever its purpose says of uses outside; `score` as in `Admission`."""

    outcome: Literal["allowed", "flagged", "blocked"] = "allowed"
    codes: tuple[str, ...] = ()
    score: int | None = None


def judge(
    question: str, *, rules: ScreeningRules, likeness: Likeness | None, intended: frozenset[str] = frozenset()
) -> Judged:
    """Judge whether a question is a use outside, by the patterns and, where they find nothing, by its likeness.

    Args:
        question: As it was asked.
        rules: The patterns.
        likeness: Likens it to uses outside; they are not looked for when None.
        intended: Points of Annex III that the purpose was assessed for; questions within them are none outside.

    Raises:
        ModelUnavailable: The embedding model does not load.
    """
    found = screen(question, rules=rules, intended=intended)
    if found.points:
        return Judged(outcome="blocked" if found.is_decision else "flagged", codes=found.codes)
    if likeness is None:
        return Judged()
    likened = likeness.liken(folded(question))
    if likened.is_like and likened.label.removeprefix("annex-iii.") not in intended:
        return Judged(outcome="flagged", codes=(likened.label, LIKENESS), score=likened.score)
    return Judged(score=likened.score)


class PurposeGate:
    """The gate of an installation; files are read for every question, so a change of a record counts at once.

    Args:
        purposes: The recorded purposes.
        clock: Tells the time.
        allow_trial: Whether a purpose may be used before its assessment is signed.
        rules: How uses outside are recognised; the packaged ones when absent.
        likeness: Likens a question to uses outside, where no pattern recognises one.
    """

    def __init__(
        self,
        purposes: Purposes,
        *,
        clock: Clock,
        allow_trial: bool,
        rules: ScreeningRules | None = None,
        likeness: Likeness | None = None,
    ):
        self._purposes = purposes
        self._clock = clock
        self._allow_trial = allow_trial
        self._rules = rules or screening_rules()
        self._likeness = likeness

    def admit(self, question: str, *, purpose: str) -> Admission:
        """Judge a question under a purpose.

        Raises:
            PurposeNotUsable: There is no such purpose, or it may not be used as it stands.
        """
        state = self._purposes.state(purpose, now=self._clock.now())
        is_trial = state.status == "unassessed"
        if state.status != "assessed" and not (is_trial and self._allow_trial):
            raise PurposeNotUsable(
                f"purpose {purpose!r} may not be used: {state.problem}", hint=f"averment purpose check {purpose}"
            )
        intended = frozenset() if is_trial else frozenset(state.record.points)
        judged = judge(question, rules=self._rules, likeness=self._likeness, intended=intended)
        is_lenient = state.record.outside_use == "flag" and not is_trial
        return Admission(
            mode="trial" if is_trial else "assessed",
            outcome="flagged" if judged.outcome == "blocked" and is_lenient else judged.outcome,
            codes=judged.codes,
            score=judged.score,
            classification=state.signed.result if state.signed else None,
            assessment_digest=state.signed.digest if state.signed else None,
            is_obvious_ai=bool(state.record.article_50_1.obvious_because.strip()) and not is_trial,
        )
