"""Incident reports: the first may be incomplete, the complete one not, and both say what they rest on."""

from dataclasses import replace
from typing import Any, cast

import pytest

from averment.compliance.incidents.cases import Case, Classification, Reported
from averment.compliance.incidents.clocks import clock_table
from averment.compliance.incidents.report import PEOPLE_KNOW, IncidentReport, incident_report
from averment.core.errors import UsageError

FOUND = Classification(
    code="death", basis="73-4", is_reported=True, days=10, deadline="2026-12-11T00:00:00.000Z", is_verified=False,
    entry=3,
)  # fmt: skip
CASE = Case(
    id="c-1", kind="incident", role="provider", reason="x", aware_at="2026-12-01T00:00:00.000Z", opened_at="t",
    entry=2, system="s", answers=("a-1",), classification=FOUND, frozen=((0, 3),),
)  # fmt: skip
FACTS = dict.fromkeys(PEOPLE_KNOW, "known")


def report(case: Case = CASE, **changes: Any) -> IncidentReport:
    usual: dict[str, Any] = {"kind": "initial", "facts": {}, "now": "2026-12-02T00:00:00.000Z", "table": clock_table()}
    return incident_report(case, **(usual | changes))


def test_an_initial_report_names_what_is_missing() -> None:
    made = report(facts={"description": "It happened.", "causes": " "})
    people = cast("dict[str, Any]", made.document["people"])
    assert {name for name, field in people.items() if field["status"] == "missing"} == set(made.missing)
    assert (people["description"]["value"], people["causes"]["status"]) == ("It happened.", "missing")
    assert cast("dict[str, Any]", made.document["law"])["verified"] is False
    assert made.document["not_established"]


def test_a_complete_report_lacks_nothing_and_names_the_initial_one() -> None:
    with pytest.raises(UsageError, match="lacks causes"):
        report(kind="complete", facts={**FACTS, "causes": ""})
    initial = Reported(kind="initial", is_late=False, missing=3, reported_at="t", entry=7)
    made = report(replace(CASE, reports=(initial,)), kind="complete", facts=FACTS)
    assert (made.missing, made.document["completes_entry"]) == ((), 7)


def test_a_report_after_the_deadline_is_late_and_one_without_a_deadline_never() -> None:
    assert not report(now="2026-12-11T00:00:00.000Z").is_late
    assert report(now="2026-12-11T00:00:00.001Z").is_late
    unbound = replace(CASE, classification=replace(FOUND, deadline=None))
    assert not report(unbound, now="2027-12-11T00:00:00.000Z").is_late


def test_unknown_facts_and_unclassified_cases_are_refused() -> None:
    with pytest.raises(UsageError, match="no field 'culprit'"):
        report(facts={"culprit": "x"})
    with pytest.raises(UsageError, match="not classified"):
        report(replace(CASE, classification=None))
