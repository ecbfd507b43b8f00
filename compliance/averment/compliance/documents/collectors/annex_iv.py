"""Annex IV: what the running system knows of each point of the technical documentation."""

from itertools import chain
from typing import Final

from averment.compliance.documents.collectors import evaluations, shared
from averment.compliance.documents.collectors.sources import Sources
from averment.compliance.documents.running import OUTWARD
from averment.compliance.documents.sheet import Sheet
from averment.compliance.documents.standards import standards_evidence
from averment.core.audit import EventType

_CHANGES: Final = (
    EventType.CONFIG_CHANGED,
    EventType.MODEL_LOADED,
    EventType.MODEL_TRAINED,
    EventType.MODEL_ADMITTED,
    EventType.INDEX_CHANGED,
    EventType.PURPOSE_CREATED,
)
_NEWEST: Final = 100
_SECURITY: Final = ("parsing.max_memory_bytes", "parsing.max_expansion", "service.host", "model.allow_download")


def collect(sources: Sources, sheet: Sheet) -> None:
    """Say what is known of points 1 to 7."""
    shared.version(sources, sheet, field="IV.1.a")
    shared.purposes(sources, sheet, field="IV.1.a")
    sheet.say("IV.1.b", "surroundings", on=[sources.facts_file], sources=len(sources.facts.connectors))
    shared.settings(sources, sheet, field="IV.1.b", names=OUTWARD)
    shared.connectors(sources, sheet, field="IV.1.b")
    shared.packages(sources, sheet, field="IV.1.c")
    shared.machine(sources, sheet, field="IV.1.e")
    shared.interfaces(sources, sheet, field="IV.1.g")
    shared.language_model(sources, sheet, field="IV.2.a")
    shared.trained_models(sources, sheet, field="IV.2.a")
    _design(sources, sheet)
    _architecture(sources, sheet)
    evaluations.evaluations(sources, sheet, field="IV.2.g")
    _data(sources, sheet)
    shared.settings(sources, sheet, field="IV.2.h", names=_SECURITY)
    sheet.say("IV.2.h", "confinement", on=[sources.facts_file])
    evaluations.accuracy(sources, sheet, field="IV.3.1")
    shared.input_data(sources, sheet, field="IV.3.4")
    _changes(sources, sheet)
    _standards(sources, sheet)


def _design(sources: Sources, sheet: Sheet) -> None:
    facts, field = sources.facts, "IV.2.b"
    sheet.say(field, "general_logic", on=[sources.facts_file])
    sheet.table(
        field,
        "decisions",
        columns=("decision", "file"),
        rows=[(decision.title, decision.file.path) for decision in facts.decisions],
        on=[decision.file for decision in facts.decisions],
    )
    sheet.table(
        field,
        "prompts",
        columns=("file", "sha256"),
        rows=[(prompt.path.rpartition("/")[2], prompt.sha256) for prompt in facts.prompts],
        on=facts.prompts,
    )
    thresholds = [name for name in facts.settings if name.startswith(("reasoning.", "retrieval.", "verification."))]
    shared.settings(sources, sheet, field=field, names=thresholds)


def _architecture(sources: Sources, sheet: Sheet) -> None:
    field = "IV.2.c"
    sheet.say(field, "architecture", on=[sources.facts_file])
    shared.components(sources, sheet, field=field)
    started = sources.log.entries(EventType.ANALYSIS_STARTED, newest=_NEWEST)
    pipelines = {found.fact("pipeline_hash"): found for found in started if found.fact("pipeline_hash")}
    sheet.table(
        field,
        "pipelines",
        columns=("pipeline", "last_seen"),
        rows=[(shared.short(digest), found.time) for digest, found in pipelines.items()],
        on=[found.evidence for found in pipelines.values()],
    )
    shared.training_time(sources, sheet, field=field)
    sheet.say(field, "supplier_compute", on=[sources.facts_file])


def _data(sources: Sources, sheet: Sheet) -> None:
    field = "IV.2.d"
    runs = sources.log.entries(EventType.INGEST_COMPLETED, newest=_NEWEST)
    sheet.table(
        field,
        "ingestion_runs",
        columns=("time", "connector", "outcome", "added", "quarantined", "failed"),
        rows=[shared.row(run, "connector", "status", "added", "quarantined", "failed") for run in runs],
        on=[run.evidence for run in runs],
    )
    shared.training_data(sources, sheet, field=field)
    evaluations.evaluation_data(sources, sheet, field=field)


def _changes(sources: Sources, sheet: Sheet) -> None:
    counts = {kind: sources.log.count(kind) for kind in _CHANGES}
    last = sources.log.entries(*_CHANGES, newest=_NEWEST)
    if not last:
        return
    total = sum(counts.values())
    sheet.say("IV.6", "changes", on=[last[-1].evidence], total=total, shown=len(last))
    sheet.table(
        "IV.6",
        "changes_table",
        columns=("time", "entry", "event", "what", "version"),
        rows=[
            (found.time, found.evidence.index, found.evidence.type, shared.change(found), found.software()[0])
            for found in last
        ],
        on=[found.evidence for found in last],
    )
    software = dict.fromkeys(chain([sources.log.entry(0).software()], (found.software() for found in last)))
    sheet.say("IV.6", "software_seen", on=[sources.log.entry(0).evidence, last[-1].evidence], number=len(software))


def _standards(sources: Sources, sheet: Sheet) -> None:
    status = sources.standards
    if not status.cited:
        sheet.rule_out("IV.7.1", "no_standard_cited", read_on=status.read_on)
    sheet.say("IV.7.2", "second_branch" if not status.cited else "standards_cited", on=[standards_evidence()])
    sheet.table(
        "IV.7.2",
        "standards",
        columns=("name", "subject", "state", "in_journal", "checked"),
        rows=[
            (
                found.name,
                found.about,
                found.state,
                sheet.words("yes" if found.ojeu_cited else "no"),
                sheet.words("yes" if found.verified else "not_verified"),
            )
            for found in status.standards
        ],
        on=[standards_evidence()],
    )
