"""Article 14(4): what the system offers overseers, and what the log has of their work."""

from typing import Final

from averment.compliance.documents.collectors.sources import Sources
from averment.compliance.documents.sheet import Sheet
from averment.core.audit import EventType

_REVIEWING: Final = ("review.", "oversight.", "use.")


def collect(sources: Sources, sheet: Sheet) -> None:
    """Say what helps to understand and interpret output, and count reviews."""
    on = [sources.facts_file]
    sheet.say("14.4.a", "abstaining", on=on)
    sheet.say("14.4.c", "sentence_kinds", on=on)
    sheet.say("14.4.c", "explaining", on=on)
    kinds = [kind for kind in EventType if kind.startswith(_REVIEWING) and sources.log.count(kind)]
    last = [sources.log.entries(kind, newest=1)[0].evidence for kind in kinds]
    for field in ("14.4.b", "14.4.d", "14.4.e"):
        if not kinds:
            sheet.lacks(field, "no_reviews")
        rows = [(kind, sources.log.count(kind)) for kind in kinds]
        sheet.table(field, "counted", columns=("event", "number"), rows=rows, on=last)
