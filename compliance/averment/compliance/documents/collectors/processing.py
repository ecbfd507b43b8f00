"""Records of processing (Article 30 GDPR), and what literacy measures are about (Article 4)."""

from averment.compliance.documents.collectors import shared
from averment.compliance.documents.collectors.sources import Sources
from averment.compliance.documents.sheet import Sheet


def collect_gdpr_30(sources: Sources, sheet: Sheet) -> None:
    """List purposes, flows of data and technical measures."""
    on, model = [sources.facts_file], sources.facts.model
    shared.purposes(sources, sheet, field="30.1.b")
    shared.connectors(sources, sheet, field="flows")
    shared.settings(sources, sheet, field="flows", names=shared.OUTWARD)
    is_remote = model is not None and model.is_used and model.placement == "remote"
    for field in ("30.1.d", "30.1.e"):
        sheet.say(field, "model_elsewhere" if is_remote else "model_here", on=on)
    sheet.say("30.1.g", "protecting", on=on)
    sheet.say("30.1.g", "confinement", on=on)


def collect_literacy(sources: Sources, sheet: Sheet) -> None:
    """Name the system and its model."""
    shared.version(sources, sheet, field="4.systems")
    shared.language_model(sources, sheet, field="4.systems")
