"""Analyses under oversight: people can stop them, and their answers go before reviewers where rules ask for it."""

from collections.abc import Callable

from averment.core.analysis import AnalysisRequest
from averment.core.answers import Answer
from averment.core.ids import sha256_id
from averment.core.jsonable import canonical_json
from averment.core.ports import Overseer
from averment.pipelines.analysis import Analyst, Fingerprint, StepListener


class OverseenAnalyst:
    """Runs analyses as an analyst does, overseen by people.

    Args:
        analyst: Runs them.
        overseer: What people decide.
    """

    def __init__(self, analyst: Analyst, *, overseer: Overseer):
        self._analyst = analyst
        self._overseer = overseer

    @property
    def fingerprint(self) -> Fingerprint:
        """Return what answers."""
        return self._analyst.fingerprint

    @property
    def system_digest(self) -> str:
        """Return the digest that names what answers."""
        return sha256_id(canonical_json(self.fingerprint))

    def analyse(
        self,
        request: AnalysisRequest,
        *,
        answer_id: str | None = None,
        on_event: StepListener | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Answer:
        """Answer a question and return the answer with its receipt, as `Analyst.analyse`.

        Raises:
            AnalysisStopped: People stopped it; nothing was begun.
            ChangeBlocked: An open incident holds the system as it was.
            AuditWriteFailed: The log could not be written; no part of the answer is released.
        """
        self._overseer.refuse(request.purpose, system=self.system_digest)

        def ends() -> bool:
            return (cancelled is not None and cancelled()) or self._overseer.is_stopped(request.purpose)

        answer = self._analyst.analyse(request, answer_id=answer_id, on_event=on_event, cancelled=ends)
        self._overseer.open_for(answer, subject=request.principal.subject)
        return answer
