"""An installation that answers at once, for tests of flows without stores and models."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from averment.core.errors import AvermentError
from averment.pipelines.ingestion.changes import PlannedItem
from averment.pipelines.ingestion.tally import BatchResult, Tally


@dataclass
class DoubleIngestor:
    """Notes what it is given; fails as often as it is told."""

    failures: list[AvermentError] = field(default_factory=list)
    calls: int = 0

    def process(self, connector: object, batch: Sequence[PlannedItem]) -> BatchResult:
        """Fail, or say that every item was added."""
        self.calls += 1
        if self.failures:
            raise self.failures.pop(0)
        tally = Tally()
        for planned in batch:
            tally.note(planned.item.ref.uri, "added", document_id="d")
        return tally.result()


@dataclass
class DoubleWiring:
    """Holds a double where the real wiring holds the ingestor."""

    ingestor: DoubleIngestor = field(default_factory=DoubleIngestor)

    def connector(self, source: str) -> str:
        """Return the name."""
        return source
