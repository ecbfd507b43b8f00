"""Evidence kept for a case: a hold on its entries, which whatever erases or prunes leaves with their texts.

The hold bears the id of the case and lasts until people release it (`averment hold release CASE`), which they can once
the case is closed.
"""

from dataclasses import replace
from typing import Final

from averment.compliance.holds import UNWRITTEN, Hold, HoldRegister
from averment.compliance.oversight.record import OversightRecord
from averment.compliance.retention import RetentionOf
from averment.core.audit import AuditEvent, EventType, EventValue

GROUND: Final = "ai-act-73-6"
GROUND_WITHOUT_HIGH_RISK: Final = "gdpr-17-3-e"


class FrozenEvidence:
    """The `EvidenceHolds` of an installation.

    Args:
        record: The log.
        register: The holds of that log.
        retention: Says whether a use is high-risk, which decides the ground.
    """

    def __init__(self, record: OversightRecord, *, register: HoldRegister, retention: RetentionOf):
        self._record = record
        self._register = register
        self._retention = retention

    def hold(self, reference: str, *, first: int, until: int, subject: str) -> None:
        """Keep the entries from `first` to before `until` for a case, with their payloads."""
        data: dict[str, EventValue] = {"case": reference, "first": first, "until": until}
        hold = Hold(
            id=reference,
            target="entries",
            reference=f"{first}-{until - 1}",
            retention="hold",
            ground=GROUND if self._retention().is_high_risk() else GROUND_WITHOUT_HIGH_RISK,
            until=None,
            entry=UNWRITTEN,
        )
        # As with every hold: a crash in between leaves one in force whose event is missing, never the reverse.
        self._register.put(hold)
        entry = self._record.append(AuditEvent(type=EventType.EVIDENCE_FROZEN, subject=subject, data=data))
        self._register.put(replace(hold, entry=entry))
