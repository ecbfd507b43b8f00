"""Evidence kept for a case: ranges of entries that whatever erases or prunes must leave with their payloads.

The log itself says what is kept, so that no second store can disagree with it.
"""

from collections.abc import Iterable

from averment.compliance.events import Leaf
from averment.compliance.incidents.cases import cases_of
from averment.compliance.oversight.record import OversightRecord
from averment.core.audit import AuditEvent, EventType, EventValue


class FrozenEvidence:
    """The `EvidenceHolds` of an installation whose log is the list of what is held.

    Args:
        record: The log.
    """

    def __init__(self, record: OversightRecord):
        self._record = record

    def hold(self, reference: str, *, first: int, until: int, subject: str) -> None:
        """Keep the entries from `first` to before `until` for a case, with their payloads."""
        data: dict[str, EventValue] = {"case": reference, "first": first, "until": until}
        self._record.append(AuditEvent(type=EventType.EVIDENCE_FROZEN, subject=subject, data=data))


def holders_of(entry: int, leaves: Iterable[Leaf]) -> list[str]:
    """Return the cases that an entry is kept for, oldest first.

    Args:
        entry: Its index.
        leaves: Entries of `CASE_TYPES`, in order.
    """
    cases = cases_of(leaves)
    return [case.id for case in cases if any(first <= entry < until for first, until in case.frozen)]
