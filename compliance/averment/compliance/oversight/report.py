"""The oversight report: what people did with the answers of a period, measured from the log alone.

A review belongs to the period in which its last decision fell. Times looked are from the first showing to the decision:
an upper limit, for nobody knows where a reviewer looked meanwhile.
"""

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from averment.compliance.events import Leaf
from averment.compliance.oversight.intervals import LEVEL, exact_interval
from averment.compliance.oversight.queue import TYPES, reviews_of
from averment.core.audit import EventType
from averment.core.oversight import DISAGREEMENT, OWN_QUESTION, Decided, Decision, Review

REPORT_TYPES: Final = (
    *TYPES, EventType.OVERSIGHT_STOP, EventType.OVERSIGHT_RESUMED, EventType.USE_SUSPENDED,
)  # fmt: skip
NOT_ESTABLISHED: Final = (
    "that a reviewer read what was shown: the time looked is an upper limit",
    "that two pseudonyms are two people: that rests on how sign-ins are given out",
    "that planted errors are as hard to see as real ones",
    "times: they are those of the operator's clock",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """So many of so many, and the exact interval of the share at a level; the share is None of nothing."""

    k: int
    n: int
    share: float | None
    lower: float
    upper: float
    level: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewerRow:
    """What one reviewer decided, and how long they looked, in seconds."""

    reviewer: str
    decisions: Mapping[str, int]
    median_s: float
    shortest_s: int
    longest_s: int
    flags: Mapping[str, int]
    planted_accepted: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class FourEyes:
    """Closed reviews that two people had to decide: how many, and of how many they disagreed."""

    n: int
    n_disagreements: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OversightReport:
    """The report of a period.

    `n_opened` reviews were opened in it and `n_open` wait at its end. `decisions`, `reasons`, `overridden` (overridden
    or rejected, of decided) and `four_eyes` leave planted errors out; `planted_accepted` is the measure of automation
    bias: the share of planted errors that reviewers accepted, without who had asked the question. `events` counts
    stops, resumptions and suspensions.
    """

    since: str
    until: str
    n_opened: int
    n_open: int
    decisions: Mapping[str, int]
    reasons: Mapping[str, int]
    overridden: Share
    planted_accepted: Share
    planted_by_kind: Mapping[str, Share]
    reviewers: tuple[ReviewerRow, ...]
    flags: Mapping[str, int]
    four_eyes: FourEyes
    events: Mapping[str, int]
    not_established: tuple[str, ...] = NOT_ESTABLISHED


Row = tuple[Review, Decided]


def oversight_report(leaves: Sequence[Leaf], *, since: str, until: str) -> OversightReport:
    """Make the report from the log's entries up to the end of the period.

    Args:
        leaves: Entries of `REPORT_TYPES`, in order, from the beginning of the log to `until`.
        since: First instant of the period (RFC 3339); empty for the beginning.
        until: The instant at which it ends, exclusive; empty for now.
    """
    reviews = reviews_of(leaves)
    closed = [review for review in reviews if review.is_closed and review.decisions[-1].decided_at >= since]
    rows = [(review, decided) for review in closed for decided in review.decisions]
    real = [row for row in rows if row[0].planted is None]
    finals = [review.decisions[-1] for review in closed if review.planted is None]
    planted = [(review, decided) for review, decided in rows if is_trial(review, decided)]
    twice = [review for review in closed if review.planted is None and review.n_reviewers > 1]
    return OversightReport(
        since=since,
        until=until,
        n_opened=sum(review.opened_at >= since for review in reviews),
        n_open=sum(not review.is_closed for review in reviews),
        decisions=_counts((decided.decision.value for _, decided in real), of=[kind.value for kind in Decision]),
        reasons=_counts(decided.reason for _, decided in real),
        overridden=_share(decided.decision in {Decision.OVERRIDE, Decision.REJECT} for decided in finals),
        planted_accepted=_accepted(planted),
        planted_by_kind={
            kind: _accepted([row for row in planted if row[0].planted == kind])
            for kind in sorted({str(review.planted) for review, _ in planted})
        },
        reviewers=tuple(_reviewer(rows, name) for name in sorted({decided.reviewer for _, decided in rows})),
        flags=_counts(flag for _, decided in rows for flag in decided.flags),
        four_eyes=FourEyes(
            n=len(twice), n_disagreements=sum(DISAGREEMENT in review.decisions[-1].flags for review in twice)
        ),
        events=_counts(
            str(leaf["type"]) for leaf in leaves if leaf["type"] not in TYPES and str(leaf["time"]) >= since
        ),
    )


def is_trial(review: Review, decided: Decided) -> bool:
    """Tell whether a decision shows how a reviewer met a planted error that they had not seen the right form of."""
    return review.planted is not None and OWN_QUESTION not in decided.flags


def _reviewer(rows: Sequence[Row], name: str) -> ReviewerRow:
    own = [(review, decided) for review, decided in rows if decided.reviewer == name]
    seconds = [decided.seconds_viewed for _, decided in own]
    return ReviewerRow(
        reviewer=name,
        decisions=_counts(decided.decision.value for _, decided in own),
        median_s=statistics.median(seconds),
        shortest_s=min(seconds),
        longest_s=max(seconds),
        flags=_counts(flag for _, decided in own for flag in decided.flags),
        planted_accepted=_accepted([row for row in own if is_trial(*row)]),
    )


def _accepted(rows: Sequence[Row]) -> Share:
    """Return the share of planted errors that reviewers accepted as they stood."""
    return _share(decided.decision is Decision.ACCEPT for _, decided in rows)


def _share(hits: Iterable[bool]) -> Share:
    seen = list(hits)
    k, n = sum(seen), len(seen)
    lower, upper = exact_interval(k, n)
    return Share(k=k, n=n, share=k / n if n else None, lower=lower, upper=upper, level=LEVEL)


def _counts(values: Iterable[str], *, of: Sequence[str] = ()) -> dict[str, int]:
    found = Counter(values)
    return {name: found[name] for name in dict.fromkeys([*of, *sorted(found)])}
