"""What the log says of an analysis that a service began and did not end: answered after all, or interrupted."""

from collections.abc import Sequence

from averment.compliance import audit
from averment.compliance.events import Leaf
from averment.compliance.index import EntryFilter
from averment.compliance.recorded import RecordedAnalyses
from averment.compliance.recorder import EvidenceRecorder
from averment.core.analysis import AnalysisRequest
from averment.core.answers import Answer
from averment.core.audit import AuditEvent, EventType
from averment.core.errors import AnalysisInterrupted, AuditWriteFailed
from averment.core.jsonable import canonical_json
from averment.core.reading import read_answer

STAGE = "service"
_TYPES = (EventType.ANALYSIS_STARTED, EventType.ANALYSIS_COMPLETED, EventType.ANALYSIS_FAILED)


class Recovery:
    """Looks analyses up in an open log.

    Args:
        recorder: The log.
        analyses: Opens what it holds of them.
    """

    def __init__(self, recorder: EvidenceRecorder, analyses: RecordedAnalyses):
        self._recorder = recorder
        self._analyses = analyses

    def find(self, request: AnalysisRequest, *, answer_id: str) -> tuple[Answer, int] | None:
        """Return an answer that the log holds, without its receipt, and its entry; None where there is none.

        An analysis that was begun and neither ended nor failed is logged as failed first, so that none stays open.

        Raises:
            AuditWriteFailed: The log takes no entry, or says that the answer was withheld.
            StoreError: The answer was erased.
        """
        self._recorder.seal()
        leaves = list(audit.show(self._recorder.evidence_dir, EntryFilter(answer_id=answer_id, types=_TYPES)))
        kinds = [str(leaf["type"]) for leaf in leaves]
        if EventType.ANALYSIS_COMPLETED not in kinds:
            self._close_open(leaves, request, answer_id)
            return None
        if kinds[-1] == EventType.ANALYSIS_FAILED:
            raise AuditWriteFailed("the log says that the answer was withheld", hint="ask again")
        found = self._analyses.find(answer_id, subject=request.principal.subject)
        return read_answer(canonical_json(self._analyses.open(found).answer)), found.entry

    def _close_open(self, leaves: Sequence[Leaf], request: AnalysisRequest, answer_id: str) -> None:
        if not leaves or leaves[-1]["type"] != EventType.ANALYSIS_STARTED:
            return
        self._recorder.append(
            AuditEvent(
                type=EventType.ANALYSIS_FAILED,
                subject=request.principal.subject,
                purpose=request.purpose,
                parents=(int(str(leaves[-1]["seq"])),),
                data={
                    "answer_id": answer_id,
                    "code": AnalysisInterrupted.code,
                    "stage": STAGE,
                    "retryable": AnalysisInterrupted.retryable,
                },
            )
        )
