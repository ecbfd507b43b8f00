"""What collectors read: facts of the running system, the log at one checkpoint, documents that were made before."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from averment.compliance.documents.facts import SystemFacts
from averment.compliance.documents.filled import FileEvidence
from averment.compliance.documents.log_view import LogView
from averment.compliance.documents.people import PeoplesField
from averment.compliance.documents.sheet import Sheet
from averment.compliance.documents.standards import StandardsStatus
from averment.compliance.documents.thresholds import Declared
from averment.compliance.explanation import Explanation


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledDocument:
    """A document that was exported before: its title, the state of the log it was made from, and its file.

    `open_fields` are those that were missing or stale in it.
    """

    title: str
    size: int
    time: str
    file: FileEvidence
    open_fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What a collector may read.

    Attributes:
        facts: What the system says of itself; `facts_file` cites it.
        log: The log at the document's checkpoint.
        standards: Where standards stand.
        filed: Documents made before, by kind, the newest of each.
        declared: Thresholds of evaluations that are kept, by the digest of their file.
        people: The people's part, by field; `people_file` cites it where there is one.
        subject: What the document is about where its kind has many.
        explanation: What the log has of the answer that the document explains.
    """

    facts: SystemFacts
    facts_file: FileEvidence
    log: LogView
    standards: StandardsStatus
    filed: Mapping[str, FiledDocument] = field(default_factory=dict)
    declared: Mapping[str, Declared] = field(default_factory=dict)
    people: Mapping[str, PeoplesField] = field(default_factory=dict)
    people_file: FileEvidence | None = None
    subject: str = ""
    explanation: Explanation | None = None


Collector = Callable[[Sources, Sheet], None]
