"""The report on an incident (Article 73): what the log knows, what people add, and what is missing.

An initial report may be incomplete (Article 73(5)); a complete one may not, and names the initial one it completes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from averment.compliance.incidents.cases import Case, ReportKind
from averment.compliance.incidents.clocks import ClockTable
from averment.core.errors import UsageError

SCHEMA: Final = "averment.incident-report/1"
PEOPLE_KNOW: Final[Mapping[str, str]] = {
    "provider": "name and contact of the provider",
    "system_name": "name and version under which the system is on the market or in service",
    "member_state": "where the incident occurred",
    "description": "what happened, in plain words",
    "affected": "who or what was affected, and how",
    "causes": "what is known of the causes, and of the link with the system",
    "corrective_actions": "what was done and will be done, with dates",
}
"""Fields that only people can fill, with what belongs into them."""

NOT_ESTABLISHED: Final = (
    "that the classification is right: people made it",
    "times: they are those of the operator's clock",
    "that a report was received: the log holds that somebody recorded it",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentReport:
    """A report as it is written: its document, and the fields without a value."""

    document: Mapping[str, object]
    missing: tuple[str, ...]
    is_late: bool


def incident_report(
    case: Case, *, kind: ReportKind, facts: Mapping[str, str], now: str, table: ClockTable
) -> IncidentReport:
    """Make the report on a case.

    Args:
        case: The incident, classified.
        kind: Initial or complete.
        facts: Values of `PEOPLE_KNOW`.
        now: The time it is made out at (RFC 3339).
        table: Where classes and clocks are from.

    Raises:
        UsageError: A fact has an unknown name, or a complete report lacks one, or the case is not classified.
    """
    unknown = sorted(set(facts) - set(PEOPLE_KNOW))
    if unknown:
        raise UsageError(f"an incident report has no field {unknown[0]!r}", hint=f"one of {', '.join(PEOPLE_KNOW)}")
    missing = tuple(name for name in PEOPLE_KNOW if not facts.get(name, "").strip())
    if kind == "complete" and missing:
        raise UsageError(
            f"the complete report lacks {', '.join(missing)}", hint="give them with --facts, or make an initial report"
        )
    found = case.classification
    if found is None:
        raise UsageError(f"{case.id} is not classified", hint=f"averment incident classify {case.id} --class CLASS")
    is_late = found.deadline is not None and now > found.deadline
    initial = [report.entry for report in case.reports if report.kind == "initial"]
    document = {
        "schema": SCHEMA,
        "case": case.id,
        "kind": kind,
        "completes_entry": initial[-1] if kind == "complete" and initial else None,
        "made_at": now,
        "role": case.role,
        "classification": found,
        "aware_at": case.aware_at,
        "is_late": is_late,
        "system_digest": case.system,
        "answers": case.answers,
        "evidence": [{"first_entry": first, "until_entry": until} for first, until in case.frozen],
        "notifications": case.notifications,
        "people": _people(facts, missing),
        "law": {"as_of": table.as_of.isoformat(), "source": table.source, "verified": table.verified},
        "not_established": NOT_ESTABLISHED,
    }
    return IncidentReport(document=document, missing=missing, is_late=is_late)


def _people(facts: Mapping[str, str], missing: Sequence[str]) -> Mapping[str, object]:
    """Return each field that only people can fill with its status, its value and what it asks for."""
    return {
        name: {"status": "missing" if name in missing else "provided", "value": facts.get(name), "asks_for": asked}
        for name, asked in PEOPLE_KNOW.items()
    }
