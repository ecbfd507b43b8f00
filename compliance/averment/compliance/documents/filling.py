"""Decides the status of every field from what the system says, what people say, and whether the evidence holds.

Pure: it reads nothing. A field is provided when everybody who fills it has; a cited file that changed, or words older
than the kind allows, make it stale.
"""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from averment.compliance.documents.filled import Evidence, FilledField, Status
from averment.compliance.documents.kinds import DocumentKind, FieldSpec
from averment.compliance.documents.people import PeoplesField
from averment.compliance.documents.sheet import Sheet

Problem = Callable[[Evidence], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """What fields are filled from.

    Attributes:
        sheet: What the system says.
        people: What people say, by field.
        problem: Says why a piece of evidence does not hold, or None.
        today: The day the document speaks of.
    """

    sheet: Sheet
    people: Mapping[str, PeoplesField] = field(default_factory=dict)
    problem: Problem
    today: datetime.date


def fill(kind: DocumentKind, filling: Filling) -> Mapping[str, FilledField]:
    """Fill every field of a kind, in the law's order."""
    return {spec.id: _fill(spec, filling) for spec in kind.fields}


def _fill(spec: FieldSpec, filling: Filling) -> FilledField:
    sheet, given = filling.sheet, filling.people.get(spec.id)
    title, asks = spec.words(sheet.words.language)
    said = sheet.blocks(spec.id)
    status, reason = _status(spec, filling)
    is_people = given is not None and given.status == "provided"
    names = sheet.cite(given.cited()) if given is not None else ()
    blocks = (*said, *(given.blocks(spec, names) if given is not None and is_people else ()))
    is_out = status is Status.NOT_APPLICABLE
    return FilledField(
        title=title,
        asks=asks,
        filled_by=spec.filled_by,
        verified=spec.verified,
        status=status,
        reason=reason,
        blocks=() if is_out else blocks,
        owner=given.owner if given is not None else "",
        date=given.date.isoformat() if given is not None and given.date is not None else "",
    )


def _status(spec: FieldSpec, filling: Filling) -> tuple[Status, str]:
    given = filling.people.get(spec.id)
    if given is not None and given.status == "not_applicable":
        return Status.NOT_APPLICABLE, given.reason
    has_people = given is not None and given.status == "provided"
    ruled_out = filling.sheet.ruled_out(spec.id) or spec.not_applicable
    if ruled_out and not has_people:
        return Status.NOT_APPLICABLE, ruled_out
    lacking = []
    if spec.filled_by != "people" and (gap := filling.sheet.gap(spec.id)):
        lacking.append(gap)
    if spec.filled_by != "machine" and not has_people:
        lacking.append(filling.sheet.words("people_missing"))
    if lacking:
        return Status.MISSING, " ".join(lacking)
    stale = _staleness(spec, filling)
    return (Status.STALE, stale) if stale else (Status.PROVIDED, "")


def _staleness(spec: FieldSpec, filling: Filling) -> str:
    given = filling.people.get(spec.id)
    if given is None or given.status != "provided":
        return ""
    problems = [problem for evidence in given.cited() if (problem := filling.problem(evidence))]
    if spec.review_days is not None and given.date is not None:
        age = (filling.today - given.date).days
        if age > spec.review_days:
            problems.append(filling.sheet.words("review_due", days=age, allowed=spec.review_days))
    return "; ".join(problems)
