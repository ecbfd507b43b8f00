"""The desk at which answers are reviewed: opened by the policy, taken, shown, decided.

Decisions are entries of the log; the corrected text of an edit or an override is an encrypted payload beside them.
"""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, cast

from averment.compliance.oversight.planting import PlantedKind, choose_kind, plant
from averment.compliance.oversight.policy import ReviewPolicy, is_planted_on, policy_for, reasons_to_review
from averment.compliance.oversight.queue import TYPES, reviews_of, standing_of, waiting
from averment.compliance.oversight.record import OversightRecord
from averment.core.access import Principal
from averment.core.answers import Answer
from averment.core.audit import AuditEvent, EventType, EventValue, Payload
from averment.core.clock import Clock, unix_ms
from averment.core.errors import AccessDenied, RecordNotFound, StoreError, UsageError
from averment.core.ids import uuid7
from averment.core.jsonable import canonical_json, to_json
from averment.core.oversight import (
    BELOW_MINIMUM_VIEW,
    DISAGREEMENT,
    OWN_QUESTION,
    REVIEWER,
    Decision,
    Judgement,
    Review,
    ReviewCase,
    Standing,
)
from averment.core.record_settings import OversightSettings

MAX_CORRECTION_CHARS: Final = 20_000
_SHOWN: Final = ("id", "text", "status", "method", "value", "sentences", "coverage", "warnings", "purpose", "mode")


class ReviewDesk:
    """The review queue of one installation.

    Args:
        record: The log.
        settings: Which answers are reviewed.
        clock: Tells the time.
    """

    def __init__(self, record: OversightRecord, *, settings: OversightSettings, clock: Clock):
        self._record = record
        self._settings = settings
        self._clock = clock

    def open_for(self, answer: Answer, *, subject: str) -> None:
        """Put an answer before reviewers where the policy asks for it.

        A copy with a planted error comes first, so that nobody has seen the answer itself before.

        Args:
            answer: A finished answer with its receipt.
            subject: Who asked.

        Raises:
            AuditWriteFailed: The log could not be written; the answer must not be released.
        """
        policy = policy_for(self._settings, answer.purpose)
        reasons = reasons_to_review(answer, policy)
        if is_planted_on(answer.id, policy):
            document = cast("Mapping[str, object]", to_json(answer))
            self._open(answer, policy, subject=subject, reasons=reasons, document=document)
        if reasons:
            self._open(answer, policy, subject=subject, reasons=reasons)

    def list(self, who: Principal, *, is_closed: bool = False) -> list[Review]:
        """Return what waits for somebody, or what was closed, oldest first.

        The decisions of a review that waits for a second reviewer are not shown.

        Raises:
            AccessDenied: No reviewer asks.
        """
        require_reviewer(who)
        reviews = reviews_of(self._record.leaves(TYPES))
        if is_closed:
            return [review for review in reviews if review.is_closed]
        pseudonym = self._record.pseudonym(who.subject)
        return [_blind(review) for review in waiting(reviews) if not self._is_kept_from(pseudonym, review)]

    def show(self, review_id: str, who: Principal) -> ReviewCase:
        """Return the question and the answer of a review; it counts as taken from the first time on.

        Raises:
            AccessDenied: No reviewer asks, it is kept for another, or they are not in the groups that it was asked as.
            RecordNotFound: There is no such review.
            StoreError: The texts were erased.
        """
        require_reviewer(who)
        review = self._find(review_id)
        pseudonym = self._record.pseudonym(who.subject)
        if not review.is_closed:
            self._refuse_second_look(review, pseudonym)
        recorded = self._record.open_analysis(review.answer_id, subject=who.subject, reason="review")
        _refuse_strangers(who, recorded.request)
        answer = _shown(recorded.answer)
        kind = self._planted(review)
        if kind is not None:
            answer = plant(answer, kind=kind, key=review.id)
        if not review.is_closed and pseudonym not in review.taken:
            self._take(review, who)
            review = self._find(review_id)
        return ReviewCase(review=_blind(review), question=recorded.question, answer=answer)

    def decide(self, review_id: str, who: Principal, *, judgement: Judgement) -> Review:
        """Log a reviewer's decision and return the review; once it is closed it tells of a planted error.

        Raises:
            AccessDenied: No reviewer decides, or it is kept for another.
            UsageError: There is no such open review, it was not looked at, or the correction does not fit.
        """
        require_reviewer(who)
        _check(judgement)
        review, pseudonym = self._find(review_id), self._record.pseudonym(who.subject)
        if review.is_closed:
            raise UsageError(f"the review {review_id!r} is closed", hint="averment oversight list shows what is open")
        self._refuse_second_look(review, pseudonym)
        if pseudonym not in review.taken:
            raise UsageError(
                f"the review {review_id!r} was not shown to you", hint=f"averment oversight take {review_id}"
            )
        entry = self._record.append(self._closing(review, who, judgement=judgement))
        after = self._find(review_id)
        if entry not in [decided.entry for decided in after.decisions]:
            raise UsageError(f"the review {review_id!r} was decided by others meanwhile")
        return _blind(after)

    def is_for(self, review: Review, who: Principal) -> bool:
        """Tell whether somebody is in every group that the question of a review was asked as; else it is not theirs.

        The desk on the machine itself, where `--as` names any group, shows the queue without asking this.
        """
        started = self._record.leaves((EventType.ANALYSIS_STARTED,), answer_id=review.answer_id)
        data = started[0]["data"] if started else None
        groups = data.get("groups") if isinstance(data, dict) else None
        own = {self._record.keyed(group) for group in who.groups}
        return isinstance(groups, list) and bool(groups) and set(groups) <= own

    def require_for(self, review_id: str, who: Principal) -> None:
        """Refuse a review that is not for somebody in the words of one that there is not.

        Raises:
            RecordNotFound: There is no such review for them.
        """
        if not self.is_for(self._find(review_id), who):
            raise _no_review(review_id)

    def standing(self, answer_id: str) -> Standing | None:
        """Return what became of an answer; None where it was not put before reviewers."""
        leaves = self._record.leaves(TYPES, answer_id=answer_id)
        found = standing_of(reviews_of(leaves))
        if found is None or found.state not in {Decision.EDIT, Decision.OVERRIDE}:
            return found
        (leaf,) = [leaf for leaf in leaves if leaf["seq"] == found.entry]
        try:
            return replace(found, correction=self._record.text(leaf, "correction").decode("utf-8"))
        except StoreError:  # erased: that it was corrected still stands
            return found

    def _open(
        self,
        answer: Answer,
        policy: ReviewPolicy,
        *,
        subject: str,
        reasons: Sequence[str],
        document: Mapping[str, object] | None = None,
    ) -> None:
        identity = uuid7(unix_ms=unix_ms(self._clock.now()))
        kind = None if document is None else choose_kind(document, key=identity)
        if document is not None and kind is None:
            return
        self._record.append(
            AuditEvent(
                type=EventType.REVIEW_OPENED,
                subject=subject,
                purpose=answer.purpose,
                parents=() if answer.receipt is None else (answer.receipt.index,),
                data={
                    "review_id": identity,
                    "answer_id": answer.id,
                    # A planted copy of an answer that the rules leave out looks like one that was drawn.
                    "reasons": [*reasons] or ["drawn"],
                    "n_reviewers": policy.n_reviewers,
                    "policy": policy.digest,
                },
                payloads=(Payload(name="plan", content=canonical_json({"planted": kind})),),
            )
        )

    def _take(self, review: Review, who: Principal) -> None:
        self._record.append(
            AuditEvent(
                type=EventType.REVIEW_TAKEN,
                subject=who.subject,
                purpose=review.purpose,
                parents=(review.entry,),
                data={"review_id": review.id, "answer_id": review.answer_id},
            )
        )

    def _closing(self, review: Review, who: Principal, *, judgement: Judgement) -> AuditEvent:
        is_final = len(review.decisions) + 1 >= review.n_reviewers
        pseudonym = self._record.pseudonym(who.subject)
        looked = self._clock.now() - datetime.fromisoformat(review.taken[pseudonym])
        seconds = max(0, int(looked.total_seconds()))
        correction = judgement.correction
        data: dict[str, EventValue] = {
            "review_id": review.id,
            "answer_id": review.answer_id,
            "round": len(review.decisions) + 1,
            "is_final": is_final,
            "decision": judgement.decision.value,
            "reason": judgement.reason.value,
            "seconds_viewed": seconds,
            "difference": None if correction is None else self._difference(review, who, correction=correction),
            "planted": self._planted(review) if is_final else None,
            "flags": self._flags(review, judgement.decision, seconds=seconds, pseudonym=pseudonym),
        }
        return AuditEvent(
            type=EventType.REVIEW_CLOSED,
            subject=who.subject,
            purpose=review.purpose,
            parents=(review.entry,),
            data=data,
            payloads=() if correction is None else (Payload(name="correction", content=correction.encode("utf-8")),),
        )

    def _difference(self, review: Review, who: Principal, *, correction: str) -> str:
        """Return the lines that the correction changes; of them the leaf has a keyed digest."""
        recorded = self._record.open_analysis(review.answer_id, subject=who.subject, reason="review")
        before = str(recorded.answer["text"]).splitlines()
        return "\n".join(difflib.unified_diff(before, correction.splitlines(), lineterm="", n=0))

    def _flags(self, review: Review, decision: Decision, *, seconds: int, pseudonym: str) -> Sequence[str]:
        flags: list[str] = []
        if decision is Decision.ACCEPT and seconds < self._settings.min_view_s:
            flags.append(BELOW_MINIMUM_VIEW)
        if pseudonym == review.asker:
            flags.append(OWN_QUESTION)
        if review.decisions and review.decisions[0].decision is not decision:
            flags.append(DISAGREEMENT)
        return flags

    def _refuse_second_look(self, review: Review, pseudonym: str) -> None:
        if self._is_kept_from(pseudonym, review):
            raise AccessDenied(
                f"the review {review.id!r} is kept for another reviewer",
                hint="the second of two reviewers is neither the first nor who asked",
            )

    def _is_kept_from(self, pseudonym: str, review: Review) -> bool:
        if pseudonym in [decided.reviewer for decided in review.decisions]:
            return True
        if pseudonym != review.asker:
            return False
        return bool(review.decisions) or self._planted(review) is not None

    def _planted(self, review: Review) -> PlantedKind | None:
        if review.planted is not None:
            return cast("PlantedKind", review.planted)
        opened = self._record.leaves((EventType.REVIEW_OPENED,), answer_id=review.answer_id)
        (leaf,) = [leaf for leaf in opened if leaf["seq"] == review.entry]
        try:
            return cast("PlantedKind | None", self._record.document(leaf, "plan")["planted"])
        except StoreError:  # erased with who asked; the answer cannot be shown either
            return None

    def _find(self, review_id: str) -> Review:
        for review in reviews_of(self._record.leaves(TYPES)):
            if review.id == review_id:
                return review
        raise _no_review(review_id)


def _no_review(review_id: str) -> RecordNotFound:
    return RecordNotFound(f"there is no review {review_id!r}", hint="averment oversight list shows what is open")


def require_reviewer(who: Principal) -> None:
    """Refuse whoever is no reviewer.

    Raises:
        AccessDenied: The principal has not the role.
    """
    if REVIEWER not in who.roles:
        raise AccessDenied(
            f"this is for the role {REVIEWER!r}", hint="name who has it in the setting oversight.reviewers"
        )


def _refuse_strangers(who: Principal, request: Mapping[str, object]) -> None:
    """Refuse who is not in every group that the question was asked as: the answer may quote what they may not read."""
    groups = request.get("groups")
    asked_as = {str(group) for group in groups} if isinstance(groups, list) else None
    if asked_as is None or not asked_as <= set(who.groups) or request.get("tenant", who.tenant) != who.tenant:
        raise AccessDenied(
            "the answer was given to groups that you are not in", hint="a reviewer of these groups must take it"
        )


def _shown(answer: Mapping[str, object]) -> Mapping[str, object]:
    """Return what a reviewer sees of an answer: no steps, no scores and no receipt, which would tell a copy."""
    return {name: answer[name] for name in _SHOWN if name in answer}


def _blind(review: Review) -> Review:
    """Return a review without decisions that would sway the second reviewer."""
    return review if review.is_closed else replace(review, decisions=())


def _check(judgement: Judgement) -> None:
    needs = judgement.decision in {Decision.EDIT, Decision.OVERRIDE}
    text = judgement.correction
    if needs != bool(text and text.strip()):
        problem = "needs the corrected text" if needs else "takes no corrected text"
        raise UsageError(f"the decision {judgement.decision.value!r} {problem}", hint="--correction FILE")
    if text is not None and len(text) > MAX_CORRECTION_CHARS:
        raise UsageError(f"the correction has {len(text)} characters, more than {MAX_CORRECTION_CHARS}")
