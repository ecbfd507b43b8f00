"""The use-case gate: which purposes may be used as they stand, and which questions are outside them.

A purpose whose assessment is signed is used in mode `assessed`. One that nobody signed yet is used in mode `trial`,
where trials are allowed: on this machine only, with every answer marked. A purpose that was changed after it was
signed, is dated ahead, retired or prohibited is used in no mode. What a record allows counts once it is signed.
"""

from datetime import datetime
from typing import Literal, Protocol

from averment.compliance.purposes.screening import ScreeningRules, screen, screening_rules
from averment.compliance.purposes.store import PurposeState
from averment.core.analysis import Admission
from averment.core.clock import Clock
from averment.core.errors import PurposeNotUsable


class Purposes(Protocol):
    """Says how purposes stand."""

    def state(self, code: str, *, now: datetime) -> PurposeState:
        """Say how a purpose stands at a time."""


class PurposeGate:
    """The gate of an installation; files are read for every question, so a change of a record counts at once.

    Args:
        purposes: The recorded purposes.
        clock: Tells the time.
        allow_trial: Whether a purpose may be used before its assessment is signed.
        rules: How uses outside are recognised; the packaged ones when absent.
    """

    def __init__(self, purposes: Purposes, *, clock: Clock, allow_trial: bool, rules: ScreeningRules | None = None):
        self._purposes = purposes
        self._clock = clock
        self._allow_trial = allow_trial
        self._rules = rules or screening_rules()

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
        found = screen(question, rules=self._rules, intended=intended)
        is_lenient = state.record.outside_use == "flag" and not is_trial
        outside: Literal["blocked", "flagged"] = "flagged" if is_lenient else "blocked"
        return Admission(
            mode="trial" if is_trial else "assessed",
            outcome=outside if found.points else "allowed",
            codes=found.codes,
            classification=state.signed.result if state.signed else None,
            assessment_digest=state.signed.digest if state.signed else None,
            is_obvious_ai=bool(state.record.article_50_1.obvious_because.strip()) and not is_trial,
        )
