"""Article 13(3): what the running system knows of the instructions for use."""

from averment.compliance.documents.collectors import evaluations, shared
from averment.compliance.documents.collectors.sources import Sources
from averment.compliance.documents.sheet import Sheet


def collect(sources: Sources, sheet: Sheet) -> None:
    """Say what is known of points (a) to (f)."""
    on = [sources.facts_file]
    shared.version(sources, sheet, field="13.3.b.i")
    shared.purposes(sources, sheet, field="13.3.b.i")
    evaluations.accuracy(sources, sheet, field="13.3.b.ii")
    sheet.say("13.3.b.iv", "explaining", on=on)
    shared.language_model(sources, sheet, field="13.3.b.iv")
    shared.input_data(sources, sheet, field="13.3.b.vi")
    sheet.say("13.3.b.vii", "sentence_kinds", on=on)
    sheet.say("13.3.b.vii", "abstaining", on=on)
    sheet.say("13.3.d", "overseeing", on=on)
    shared.machine(sources, sheet, field="13.3.e")
    sheet.say("13.3.e", "updates", on=on)
    sheet.say("13.3.f", "reading_the_log", on=[sources.log.last.evidence], origin=sources.log.state.origin)
    sheet.say("13.3.f", "verifying_the_log", on=on)
