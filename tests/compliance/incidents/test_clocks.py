"""The clock of every class, from the packaged table."""

from datetime import UTC, datetime, timedelta

import pytest

from averment.compliance.incidents.clocks import clock_of, clock_table
from averment.core.errors import UsageError

AWARE = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "has_equivalent_duty", "days", "basis"),
    [
        ("health", False, 15, "73-2"),
        ("fundamental-rights", False, 15, "73-2"),
        ("property-or-environment", False, 15, "73-2"),
        ("infrastructure", False, 2, "73-3"),
        ("widespread", False, 2, "73-3"),
        ("death", False, 10, "73-4"),
        ("none", False, None, "3-49"),
        # Under an equivalent duty of other Union law only infringements of fundamental rights are left to Article 73.
        ("fundamental-rights", True, 15, "73-2"),
        ("death", True, None, "73-9"),
        ("health", True, None, "73-9"),
        ("infrastructure", True, None, "73-9"),
    ],
)
def test_how_long_a_class_has(code: str, has_equivalent_duty: bool, days: int | None, basis: str) -> None:
    clock = clock_of(clock_table().find(code), aware_at=AWARE, has_equivalent_duty=has_equivalent_duty)
    assert (clock.is_reported, clock.days, clock.basis) == (days is not None, days, basis)
    assert clock.deadline == (None if days is None else AWARE + timedelta(days=days))


def test_the_table_says_what_it_rests_on_and_that_it_is_not_verified() -> None:
    table = clock_table()
    assert not table.verified
    assert "Official Journal itself was not read" in table.source
    with pytest.raises(UsageError, match="no class"):
        table.find("nuisance")
