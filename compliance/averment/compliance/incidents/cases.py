"""Cases made from the log: what became known when, how it was classified, who was told, what was reported.

Pure: a case is the sum of its entries, in order.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, cast

from averment.compliance.events import Leaf
from averment.core.audit import EventType
from averment.core.errors import UsageError

Kind = Literal["incident", "risk"]
Role = Literal["provider", "deployer"]
Recipient = Literal["provider", "importer", "distributor", "authority"]
Outcome = Literal["informed", "unreachable", "not-applicable"]
ReportKind = Literal["initial", "complete"]

CASE_TYPES: Final = (
    EventType.INCIDENT_OPENED,
    EventType.INCIDENT_CLASSIFIED,
    EventType.EVIDENCE_FROZEN,
    EventType.USE_SUSPENDED,
    EventType.NOTIFICATION_SENT,
    EventType.INCIDENT_REPORTED,
    EventType.INCIDENT_CLOSED,
)
ORDER: Final[Mapping[Recipient, int]] = {"provider": 0, "importer": 1, "distributor": 1, "authority": 2}
"""In which order a deployer tells them (Article 26(5)); equal numbers in any order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """How an incident was classified; days and deadline are None where nothing is reported."""

    code: str
    basis: str
    is_reported: bool
    days: int | None
    deadline: str | None
    is_verified: bool
    entry: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """That somebody was told, could not be reached, or does not exist here."""

    recipient: Recipient
    outcome: Outcome
    informed_at: str
    entry: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """A report that was made out."""

    kind: ReportKind
    is_late: bool
    missing: int
    reported_at: str
    entry: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An incident or a risk. `frozen` are ranges of entries that are kept, `until` excluded; `suspended` is a scope."""

    id: str
    kind: Kind
    role: Role
    reason: str
    aware_at: str
    opened_at: str
    entry: int
    system: str
    answers: tuple[str, ...]
    classification: Classification | None = None
    frozen: tuple[tuple[int, int], ...] = ()
    suspended: str | None = None
    notifications: tuple[Notification, ...] = ()
    reports: tuple[Reported, ...] = ()
    closed_at: str | None = None

    @property
    def is_authority_informed(self) -> bool:
        """Tell whether the market surveillance authority was told."""
        return any(told.recipient == "authority" and told.outcome == "informed" for told in self.notifications)

    @property
    def is_change_blocked(self) -> bool:
        """Tell whether the system must stay as it is (Article 73(6)): until an authority that must be is informed."""
        is_unreported = self.classification is not None and not self.classification.is_reported
        return self.kind == "incident" and not (self.closed_at or self.is_authority_informed or is_unreported)


def cases_of(leaves: Iterable[Leaf]) -> list[Case]:
    """Return the cases that entries tell of, oldest first; entries of other types are passed over."""
    cases: dict[str, Case] = {}
    for leaf in leaves:
        data = cast("Mapping[str, object]", leaf["data"])
        identity = str(data.get("case"))
        if leaf["type"] == EventType.INCIDENT_OPENED:
            cases[identity] = _opened(leaf, data)
        elif identity in cases and leaf["type"] in CASE_TYPES:
            cases[identity] = _grown(cases[identity], leaf, data)
    return list(cases.values())


def check_order(case: Case, recipient: Recipient, *, informed_at: str) -> None:
    """Refuse a notification out of order: a deployer tells provider, then importer and distributor, then authority.

    Raises:
        UsageError: Somebody who comes before was not told, or was told later, or the recipient was told already.
    """
    done = {told.recipient: told for told in case.notifications}
    if recipient in done and done[recipient].outcome == "informed":
        raise UsageError(f"that the {recipient} is informed of {case.id} stands in the log already")
    if case.role == "provider":
        return
    earlier = [name for name, place in ORDER.items() if place < ORDER[recipient]]
    missing = [name for name in earlier if name not in done]
    if missing:
        raise UsageError(
            f"the {recipient} comes after the {missing[0]}, of which nothing is recorded",
            hint=f"averment incident notify {case.id} --to {missing[0]}, or --outcome unreachable or not-applicable",
        )
    late = [name for name in earlier if done[name].informed_at > informed_at]
    if late:
        raise UsageError(f"the {recipient} cannot be informed at {informed_at}, before the {late[0]}")


def _opened(leaf: Leaf, data: Mapping[str, object]) -> Case:
    return Case(
        id=str(data["case"]),
        kind=cast("Kind", data["kind"]),
        role=cast("Role", data["role"]),
        reason=str(data["reason"]),
        aware_at=str(data["aware_at"]),
        opened_at=str(leaf["time"]),
        entry=_seq(leaf),
        system=str(data["system"]),
        answers=tuple(str(answer) for answer in cast("Sequence[object]", data["answers"])),
    )


def _grown(case: Case, leaf: Leaf, data: Mapping[str, object]) -> Case:
    match leaf["type"]:
        case EventType.INCIDENT_CLASSIFIED:
            return replace(case, classification=_classification(leaf, data))
        case EventType.EVIDENCE_FROZEN:
            return replace(case, frozen=(*case.frozen, (int(str(data["first"])), int(str(data["until"])))))
        case EventType.USE_SUSPENDED:
            return replace(case, suspended=str(leaf["purpose"]) or "all")
        case EventType.NOTIFICATION_SENT:
            told = Notification(
                recipient=cast("Recipient", data["recipient"]),
                outcome=cast("Outcome", data["outcome"]),
                informed_at=str(data["informed_at"]),
                entry=_seq(leaf),
            )
            return replace(case, notifications=(*case.notifications, told))
        case EventType.INCIDENT_REPORTED:
            reported = Reported(
                kind=cast("ReportKind", data["kind"]),
                is_late=bool(data["is_late"]),
                missing=int(str(data["missing"])),
                reported_at=str(leaf["time"]),
                entry=_seq(leaf),
            )
            return replace(case, reports=(*case.reports, reported))
        case _:
            return replace(case, closed_at=str(leaf["time"]))


def _classification(leaf: Leaf, data: Mapping[str, object]) -> Classification:
    days, deadline = data["days"], data["deadline"]
    return Classification(
        code=str(data["class"]),
        basis=str(data["basis"]),
        is_reported=bool(data["is_reported"]),
        days=None if days is None else int(str(days)),
        deadline=None if deadline is None else str(deadline),
        is_verified=bool(data["verified"]),
        entry=_seq(leaf),
    )


def _seq(leaf: Leaf) -> int:
    return int(str(leaf["seq"]))
