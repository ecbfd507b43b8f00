"""An audit sink that keeps events in memory, and can be told to fail."""

from averment.core.answers import Receipt
from averment.core.audit import AuditEvent
from averment.core.errors import AuditWriteFailed


class MemoryAuditSink:
    """Collects events in order; with `fail_from` set, events from that index on cannot be written."""

    def __init__(self, *, fail_from: int | None = None):
        self.events: list[AuditEvent] = []
        self.fail_from = fail_from

    def append(self, event: AuditEvent) -> int:
        """Keep the event and return its index."""
        if self.fail_from is not None and len(self.events) >= self.fail_from:
            raise AuditWriteFailed(f"the log refused entry {len(self.events)} as it was told to")
        self.events.append(event)
        return len(self.events) - 1

    def find(self, event_id: str) -> int | None:
        """Return the index of the event of this id, or None."""
        return next((index for index, event in enumerate(self.events) if event.id == event_id), None)

    def receipt(self, index: int) -> Receipt:
        """Return a receipt that proves nothing."""
        return Receipt(
            origin="memory", index=index, leaf_hash="", entry=self.events[index].type, checkpoint="", inclusion_proof=""
        )
