"""Statements about evaluations: results with their runs in the log, who signed them, thresholds set before, figures."""

from averment.compliance.documents.collectors.shared import short
from averment.compliance.documents.collectors.sources import Sources
from averment.compliance.documents.facts import EvaluationFacts
from averment.compliance.documents.filled import Evidence
from averment.compliance.documents.measured import Measured, measured
from averment.compliance.documents.sheet import Sheet
from averment.core.audit import EventType


def evaluations(sources: Sources, sheet: Sheet, *, field: str) -> None:
    """List evaluations, and say of each which entry of the log holds its run and whether somebody signed it."""
    _lacking(sources, sheet, field=field)
    runs = [(run, measured(sources.log, result=run.file.sha256)) for run in sources.facts.evaluations]
    sheet.table(
        field,
        "evaluations",
        columns=("file", "measured", "time", "entry", "signed_by"),
        rows=[
            (
                run.file.path,
                run.kind,
                run.created,
                None if found.run is None else found.run.evidence.index,
                _signature(run, sheet),
            )
            for run, found in runs
        ],
        on=[evidence for run, found in runs for evidence in _rests_on(run, found)],
    )
    for run, found in runs:
        _thresholds(sources, sheet, run, found, field=field)


def accuracy(sources: Sources, sheet: Sheet, *, field: str) -> None:
    """List the figures that evaluations measured; those of results unsigned, or not in the log, are not enough."""
    _lacking(sources, sheet, field=field)
    for run in sources.facts.evaluations:
        on = _rests_on(run, measured(sources.log, result=run.file.sha256))
        signed = _signature(run, sheet)
        sheet.say(field, "figures_of", on=on, file=run.file.path, time=run.created, signed=signed)
        sheet.table(field, "figures", columns=("measured_of", "figure", "value"), rows=run.figures, on=on)


def evaluation_data(sources: Sources, sheet: Sheet, *, field: str) -> None:
    """List the data that was measured on."""
    runs = [run for run in sources.facts.evaluations if run.data]
    sheet.table(
        field,
        "evaluation_data",
        columns=("file", "measured", "data"),
        rows=[(run.file.path, run.kind, short(run.data)) for run in runs],
        on=[run.file for run in runs],
    )


def declared_thresholds(sources: Sources, sheet: Sheet, *, field: str) -> None:
    """List the thresholds that were declared, each with its entry and who signed."""
    entries = sources.log.entries(EventType.EVAL_THRESHOLDS)
    files = [sources.declared[digest] for found in entries if (digest := found.fact("content")) in sources.declared]
    sheet.table(
        field,
        "declared_thresholds",
        columns=("time", "entry", "measured", "signed_by"),
        rows=[
            (found.time, found.evidence.index, found.fact("evaluation"), _signer(sources, found.fact("content")))
            for found in entries
        ],
        on=[*(found.evidence for found in entries), *(kept.file for kept in files)],
    )


def _thresholds(sources: Sources, sheet: Sheet, run: EvaluationFacts, found: Measured, *, field: str) -> None:
    """Say whether thresholds were declared before a run, and what became of each."""
    if found.run is None:
        return
    if found.thresholds is None:
        if found.late is not None:
            sheet.lacks(
                field, "thresholds_late", file=run.file.path, entry=found.late.evidence.index, time=found.late.time
            )
        else:
            sheet.lacks(field, "no_thresholds", file=run.file.path, measured=found.run.fact("evaluation"))
        return
    entry = found.thresholds.evidence
    content = found.thresholds.fact("content")
    kept = sources.declared.get(content)
    signer = _signer(sources, content)
    if not signer:
        sheet.lacks(field, "thresholds_unsigned", entry=entry.index, why=kept.problem if kept else "–")
    on: list[Evidence] = [entry, found.run.evidence, *([kept.file, kept.envelope] if kept else [])]
    sheet.say(
        field, "thresholds_before", on=on, entry=entry.index, time=entry.time, file=run.file.path, by=signer or "–"
    )
    sheet.table(
        field,
        "verdicts",
        columns=("figure", "bound", "threshold", "value", "met"),
        rows=[
            (one.figure, one.bound, one.value, one.measured, sheet.words("yes" if one.is_met else "no"))
            for one in found.verdicts
        ],
        on=on,
    )


def _signer(sources: Sources, content: str) -> str:
    kept = sources.declared.get(content)
    if kept is None or kept.approval is None:
        return ""
    return f"{kept.approval.name}, {kept.approval.function}"


def _rests_on(run: EvaluationFacts, found: Measured) -> list[Evidence]:
    return [run.file] if found.run is None else [run.file, found.run.evidence]


def _lacking(sources: Sources, sheet: Sheet, *, field: str) -> None:
    runs = sources.facts.evaluations
    unsigned = [run.file.path for run in runs if not run.signed_by]
    unlogged = [run.file.path for run in runs if measured(sources.log, result=run.file.sha256).run is None]
    if not runs:
        sheet.lacks(field, "no_evaluation")
    if unsigned:
        sheet.lacks(field, "unsigned_results", files=", ".join(unsigned))
    if unlogged:
        sheet.lacks(field, "unlogged_results", files=", ".join(unlogged))


def _signature(run: EvaluationFacts, sheet: Sheet) -> str:
    if run.signed_by:
        return sheet.words("signed", by=run.signed_by, day=run.signed_on)
    if run.signature_problem:
        return sheet.words("signature_fails", why=run.signature_problem)
    return sheet.words("unsigned")
