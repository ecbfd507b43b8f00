"""What people do with answers that they were given: take them out as files, and say what they think of them.

Both are in the log before anything leaves. Pictures and texts in a report are opened anew for whoever takes it out, so
that it shows no place of a document that they may no longer read.
"""

import json
from typing import Final

from averment.compliance.key_encryption import wrapping_key
from averment.compliance.marks.release import release_file, release_of_answers
from averment.compliance.purposes.store import PurposeStore
from averment.compliance.recorded import RecordedAnalyses
from averment.compliance.signing_keys import mark_key
from averment.compliance.system_identity import running_system
from averment.core.access import Principal
from averment.core.answers import Answer, Citation
from averment.core.audit import AuditEvent, EventType, Payload
from averment.core.clock import Clock, rfc3339
from averment.core.data_dir import DataDir
from averment.core.desk import About, Exported, ExportFormat, FeedbackVerdict, PurposeChoice
from averment.core.errors import AvermentError, DocumentError
from averment.core.jsonable import to_json
from averment.core.ports import AuditSink
from averment.core.settings import Settings
from averment.pipelines.admission import DISCLOSURE_VERSION
from averment.pipelines.page_views import PageViews
from averment.pipelines.workspace import Workspace
from averment.service.answer_report import ReportFacts, render_report

REPORT_DPI: Final = 110.0
UNUSABLE: Final = frozenset({"retired", "prohibited", "dated-ahead"})


class AnswerDesk:
    """Where people bring what they were answered.

    Args:
        data_dir: Where log, keys and purposes are.
        pages: Opens places of documents.
        audit: Takes events.
        settings: All settings.
        clock: Tells the time.
    """

    def __init__(self, data_dir: DataDir, *, pages: PageViews, audit: AuditSink, settings: Settings, clock: Clock):
        self._data_dir = data_dir
        self._pages = pages
        self._audit = audit
        self._settings = settings
        self._clock = clock

    def about(self, principal: Principal) -> About:
        """Tell what the system is, for somebody who works with it."""
        store, default = PurposeStore(self._data_dir.purposes), self._settings.purpose
        now = self._clock.now()
        choices = []
        for code in sorted({default, *store.codes()}):
            try:
                state = store.state(code, now=now)
            except AvermentError:  # a damaged file of one purpose leaves the others usable
                continue
            if state.status not in UNUSABLE:
                choices.append(PurposeChoice(code=code, status=state.status, description=state.record.description))
        return About(
            version=running_system().version,
            mode=store.mode(default, now=now),
            default_purpose=default,
            purposes=tuple(choices),
            roles=principal.roles,
            notice_version=DISCLOSURE_VERSION,
        )

    def export(self, answer: Answer, file_format: ExportFormat, *, principal: Principal) -> Exported:
        """Write a file of an answer, once the log holds that it is taken out; generated words leave marked.

        Raises:
            UsageError: The log holds no such answer of the principal's.
            AuditWriteFailed: The log could not be written; nothing leaves.
        """
        entry = self._entry(answer.id, subject=principal.subject)
        self._audit.append(
            AuditEvent(
                type=EventType.ACCESS_READ,
                subject=principal.subject,
                purpose=answer.purpose,
                parents=(entry,),
                data={"answer_id": answer.id, "reason": "export"},
            )
        )
        if file_format == "receipt":
            return Exported(
                content=_written(answer.receipt),
                media_type="application/json",
                file_name=f"receipt-{answer.id}.json",
            )
        if file_format == "json":
            raw, media_type = _written(answer), "application/json"
        else:
            raw, media_type = self._report(answer, principal).encode(), "text/html; charset=utf-8"
        signer = mark_key(self._data_dir.keys, name=self._settings.log.origin)
        release = release_of_answers([answer], subject=principal.subject)
        content = release_file(raw, release, signer=signer, audit=self._audit)
        return Exported(content=content, media_type=media_type, file_name=f"answer-{answer.id}.{file_format}")

    def take_feedback(self, answer_id: str, verdict: FeedbackVerdict, *, comment: str | None, subject: str) -> None:
        """Log what somebody says of an answer of theirs, their words as an encrypted payload.

        Raises:
            UsageError: The log holds no such answer of theirs.
            AuditWriteFailed: The log could not be written.
        """
        payloads = (Payload(name="comment", content=comment.encode()),) if comment else ()
        self._audit.append(
            AuditEvent(
                type=EventType.FEEDBACK_GIVEN,
                subject=subject,
                parents=(self._entry(answer_id, subject=subject),),
                data={"answer_id": answer_id, "verdict": verdict},
                payloads=payloads,
            )
        )

    def _entry(self, answer_id: str, *, subject: str) -> int:
        wrapping = wrapping_key(self._settings.log)
        analyses = RecordedAnalyses(self._data_dir.evidence, self._data_dir.keys, wrapping=wrapping)
        return analyses.find(answer_id, subject=subject).entry

    def _report(self, answer: Answer, principal: Principal) -> str:
        def page_image(citation: Citation) -> bytes | None:
            if citation.page is None:
                return None
            try:
                opened = self._pages.page(
                    citation.document_id,
                    citation.page,
                    spans=[(citation.start, citation.end)],
                    text_hash=citation.text_hash,
                    principal=principal,
                )
                return self._pages.picture(opened, dots_per_inch=REPORT_DPI)
            except DocumentError:
                return None

        def text_around(citation: Citation, n_chars: int) -> tuple[str, str]:
            span = (citation.start, citation.end)
            try:
                found = self._pages.window(
                    citation.document_id, span, around=n_chars, text_hash=citation.text_hash, principal=principal
                )
            except DocumentError:
                return "", ""
            return found.text[: citation.start - found.start], found.text[citation.end - found.start :]

        called = {step.model_call.model for step in answer.steps if step.model_call is not None}
        receipt = answer.receipt
        facts = ReportFacts(
            title="Averment: an answer",
            model=", ".join(sorted(called)) or "none",
            log_origin=self._settings.log.origin,
            log_size=0 if receipt is None else receipt.index + 1,
            verification=("Check the receipt of this answer without this system: averment-verify ANSWER.json",),
            created=rfc3339(self._clock.now()),
        )
        return render_report([answer], facts, page_image=page_image, text_around=text_around)


def open_desk(workspace: Workspace, pages: PageViews) -> AnswerDesk:
    """Return the desk of an installation."""
    return AnswerDesk(
        workspace.data_dir,
        pages=pages,
        audit=workspace.audit,
        settings=workspace.settings,
        clock=workspace.clock,
    )


def _written(value: object) -> bytes:
    return json.dumps(to_json(value), ensure_ascii=False, indent=2).encode()
