"""What is watched: shares of cases that the log's own entries tell of, each with the entries it is counted from.

A case is an analysis, a document, a decision of a reviewer, or what a person said of an answer. More of any of these is
for the worse. Of feedback only verdicts count, as remarks are texts under a person's key.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from averment.compliance.events import Leaf
from averment.core.audit import EventType

_Facts = Mapping[str, object]
_SET_ASIDE: Final = ("override", "reject")


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """`count` of `n` cases; 0 of 0 where there were none."""

    count: int
    n: int

    @property
    def value(self) -> float:
        """Return the share, 0-1; 0 where there were no cases."""
        return self.count / self.n if self.n else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One share. `judge` tells of an entry whether it is such a case; None where it is no case at all."""

    code: str
    means: str
    types: tuple[EventType, ...]
    judge: Callable[[EventType, _Facts, int], bool | None]


_COMPLETED: Final = (EventType.ANALYSIS_COMPLETED,)
_READ: Final = (EventType.DOCUMENT_INGESTED,)

INDICATORS: Final[Mapping[str, Indicator]] = {
    one.code: one
    for one in (
        Indicator(
            code="abstained",
            means="answers that abstain",
            types=_COMPLETED,
            judge=lambda _type, facts, _slow: facts["status"] == "abstained",
        ),
        Indicator(
            code="truncated",
            means="answers cut short because time or steps were spent",
            types=_COMPLETED,
            judge=lambda _type, facts, _slow: facts["status"] == "truncated",
        ),
        Indicator(
            code="withheld",
            means="answers of which a statement was withheld",
            types=_COMPLETED,
            judge=lambda _type, facts, _slow: "statement_withheld" in cast("Sequence[str]", facts["warnings"]),
        ),
        Indicator(
            code="checks-failed",
            means="answers with a claim that failed a check",
            types=_COMPLETED,
            judge=lambda _type, facts, _slow: cast("Mapping[str, int]", facts["checks"])["failed"] > 0,
        ),
        Indicator(
            code="without-model",
            means="answers that the language model had no part in",
            types=_COMPLETED,
            judge=lambda _type, facts, _slow: facts["method"] != "model",
        ),
        Indicator(
            code="escalated",
            means="answers handed on to a second model",
            types=_COMPLETED,
            judge=lambda _type, facts, _slow: facts.get("escalation") is not None,
        ),
        Indicator(
            code="slow",
            means="answers that took longer than monitoring.slow_s",
            types=_COMPLETED,
            judge=lambda _type, facts, slow: cast("Mapping[str, int]", facts["usage"])["duration_ms"] > slow,
        ),
        Indicator(
            code="failed",
            means="analyses that ended in an error",
            types=(EventType.ANALYSIS_FAILED, EventType.ANALYSIS_COMPLETED),
            judge=lambda kind, _facts, _slow: kind is EventType.ANALYSIS_FAILED,
        ),
        Indicator(
            code="outside-purpose",
            means="questions that the gate flagged or blocked",
            types=(EventType.ANALYSIS_STARTED,),
            judge=lambda _type, facts, _slow: None if facts.get("gate") is None else facts["gate"] != "allowed",
        ),
        Indicator(
            code="overridden",
            means="final decisions of reviewers that set an answer aside, planted errors left out",
            types=(EventType.REVIEW_CLOSED,),
            judge=lambda _type, facts, _slow: _set_aside(facts),
        ),
        Indicator(
            code="called-wrong",
            means="answers that whoever asked called wrong, of those called correct or wrong",
            types=(EventType.FEEDBACK_GIVEN,),
            judge=lambda _type, facts, _slow: None if facts["verdict"] == "remark" else facts["verdict"] == "wrong",
        ),
        Indicator(
            code="documents-rejected",
            means="documents that could not be read or were set aside",
            types=(EventType.DOCUMENT_REJECTED, EventType.DOCUMENT_INGESTED),
            judge=lambda kind, _facts, _slow: kind is EventType.DOCUMENT_REJECTED,
        ),
        Indicator(
            code="documents-scanned",
            means="documents read with pages that needed OCR",
            types=_READ,
            judge=lambda _type, facts, _slow: cast("int", facts["ocr_pages"]) > 0,
        ),
        Indicator(
            code="documents-incomplete",
            means="documents read whose certificate is incomplete",
            types=_READ,
            judge=lambda _type, facts, _slow: (
                None if facts.get("certificate") is None else facts["certificate"] == "incomplete"
            ),
        ),
    )
}
COUNTED_TYPES: Final = tuple(dict.fromkeys(kind for one in INDICATORS.values() for kind in one.types))


def count_shares(leaves: Iterable[Leaf], *, slow_ms: int) -> Mapping[str, Share]:
    """Count every indicator over entries; entries of other types are passed over.

    Args:
        leaves: Entries, in any order.
        slow_ms: Above which an answer is slow, milliseconds.
    """
    by_type: dict[str, list[Indicator]] = {}
    for one in INDICATORS.values():
        for kind in one.types:
            by_type.setdefault(kind, []).append(one)
    cases: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for leaf in leaves:
        for one in by_type.get(str(leaf["type"]), ()):
            verdict = one.judge(EventType(str(leaf["type"])), cast("_Facts", leaf["data"]), slow_ms)
            if verdict is not None:
                cases[one.code] += 1
                found[one.code] += verdict
    return {code: Share(count=found[code], n=cases[code]) for code in INDICATORS}


def _set_aside(facts: _Facts) -> bool | None:
    if not facts["is_final"] or facts.get("planted") is not None:
        return None
    return facts["decision"] in _SET_ASIDE
