"""Records of processing (Article 30 GDPR), and what literacy measures are about (Article 4)."""

from averment.compliance.documents.collectors import shared
from averment.compliance.documents.collectors.sources import Sources
from averment.compliance.documents.running import OUTWARD, sources_read
from averment.compliance.documents.sheet import Sheet
from averment.core.audit import EventType


def collect_gdpr_30(sources: Sources, sheet: Sheet) -> None:
    """List purposes, flows of data and technical measures."""
    on, model = [sources.facts_file], sources.facts.model
    shared.purposes(sources, sheet, field="30.1.b")
    shared.connectors(sources, sheet, field="flows")
    _sources_read(sources, sheet)
    shared.settings(sources, sheet, field="flows", names=OUTWARD)
    is_remote = model is not None and model.is_used and model.placement == "remote"
    for field in ("30.1.d", "30.1.e"):
        sheet.say(field, "model_elsewhere" if is_remote else "model_here", on=on)
    sheet.say("30.1.g", "protecting", on=on)
    sheet.say("30.1.g", "confinement", on=on)


def _sources_read(sources: Sources, sheet: Sheet) -> None:
    """List the sources that were read, whether or not the settings still name them."""
    last = sources.log.entries(EventType.INGEST_COMPLETED, newest=1)
    rows = list(sources_read(sources.log).items())
    sheet.table("flows", "sources_read", columns=("name", "last_seen"), rows=rows, on=[run.evidence for run in last])


def collect_literacy(sources: Sources, sheet: Sheet) -> None:
    """Name the system and its model."""
    shared.version(sources, sheet, field="4.systems")
    shared.language_model(sources, sheet, field="4.systems")
