"""Cases from entries: the order in which a deployer tells people, and what blocks changes."""

from dataclasses import replace

import pytest

from averment.compliance.incidents.cases import Case, Classification, Notification, Outcome, Recipient, check_order
from averment.core.errors import UsageError

CASE = Case(
    id="c-1", kind="risk", role="deployer", reason="x", aware_at="t0", opened_at="t0", entry=0, system="s", answers=()
)  # fmt: skip


def told(*recipients: Recipient, outcome: Outcome = "informed", at: str = "2026-01-01") -> Case:
    done = tuple(Notification(recipient=who, outcome=outcome, informed_at=at, entry=1) for who in recipients)
    return replace(CASE, notifications=done)


@pytest.mark.parametrize(
    ("case", "recipient", "problem"),
    [
        (CASE, "provider", None),
        (CASE, "importer", "after the provider"),
        (CASE, "authority", "after the provider"),
        (told("provider"), "importer", None),
        (told("provider"), "distributor", None),
        (told("provider"), "authority", "after the importer"),
        (told("provider", "importer"), "authority", "after the distributor"),
        (told("provider", "importer", "distributor"), "authority", None),
        (told("provider", outcome="unreachable"), "importer", None),
        (told("provider", outcome="unreachable"), "provider", None),
        (told("provider"), "provider", "already"),
        (told("provider", at="2026-01-03"), "importer", "before the provider"),
        (replace(CASE, role="provider"), "authority", None),
    ],
)
def test_provider_then_importer_and_distributor_then_authority(
    case: Case, recipient: Recipient, problem: str | None
) -> None:
    if problem is None:
        check_order(case, recipient, informed_at="2026-01-02")
        return
    with pytest.raises(UsageError, match=problem):
        check_order(case, recipient, informed_at="2026-01-02")


def test_changes_wait_for_the_authority_where_it_must_be_told() -> None:
    incident = replace(CASE, kind="incident")
    reported = Classification(
        code="death", basis="73-4", is_reported=True, days=10, deadline="t", is_verified=False, entry=1
    )
    informed = (Notification(recipient="authority", outcome="informed", informed_at="t", entry=2),)
    unreachable = (Notification(recipient="authority", outcome="unreachable", informed_at="t", entry=2),)
    blocked = {
        "risk": CASE,
        "unclassified": incident,
        "reported": replace(incident, classification=reported),
        "not reported": replace(incident, classification=replace(reported, is_reported=False)),
        "unreachable": replace(incident, classification=reported, notifications=unreachable),
        "informed": replace(incident, classification=reported, notifications=informed),
        "closed": replace(incident, closed_at="t"),
    }
    assert [name for name, case in blocked.items() if case.is_change_blocked] == [
        "unclassified", "reported", "unreachable",
    ]  # fmt: skip
