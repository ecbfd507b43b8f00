"""Whether the log bears out that a purpose was assessed before it was used as an assessed one (Article 6(4))."""

from collections.abc import Iterable
from pathlib import Path

from averment.compliance.audit import show
from averment.compliance.events import Leaf
from averment.compliance.index import EntryFilter
from averment.core.audit import EventType


def uses_before_assessment(entries: Iterable[Leaf], *, purpose: str) -> list[int]:
    """Return the entries of analyses that name an assessment of the purpose which the log did not have by then."""
    known: set[object] = set()
    found: list[int] = []
    for entry in entries:
        data = entry["data"]
        if not isinstance(data, dict) or purpose not in (entry["purpose"], data.get("purpose")):
            continue
        digest = data.get("assessment_digest")
        if entry["type"] == EventType.PURPOSE_ASSESSED:
            known.add(digest)
        elif entry["type"] == EventType.ANALYSIS_STARTED and digest is not None and digest not in known:
            found.append(int(str(entry["seq"])))
    return found


def logged_uses_before_assessment(evidence_dir: Path, *, purpose: str) -> list[int]:
    """Return the same from the log's own files, read without its keys.

    Raises:
        AuditIntegrityError: The log's files cannot be read.
    """
    kinds = EntryFilter(types=(EventType.PURPOSE_ASSESSED, EventType.ANALYSIS_STARTED))
    return uses_before_assessment(show(evidence_dir, kinds), purpose=purpose)
