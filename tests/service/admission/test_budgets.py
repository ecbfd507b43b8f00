"""Budgets: what is spent stays spent until the day is over, whatever happens to the process."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from averment.core.access import Principal
from averment.core.errors import QuotaExceeded
from averment.core.service_limits import LimitSettings
from averment.core.testing.clock import FixedClock
from averment.service.admission.budgets import Budgets
from tests.service.conftest import Measured

ANNA, BEN = Principal(subject="anna", groups=()), Principal(subject="ben", groups=())
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def opened(path: Path | None, measured: Measured, clock: FixedClock, **limits: int) -> Budgets:
    return Budgets(path, settings=LimitSettings(**limits), clock=clock, metrics=measured.metrics)


def test_questions_of_a_day_are_counted_by_person_and_over_restarts(tmp_path: Path, measured: Measured) -> None:
    path, clock = tmp_path / "budgets.sqlite", FixedClock(NOON)
    for _ in range(2):
        budgets = opened(path, measured, clock, questions_per_day=2)
        budgets.take_question(ANNA)
        budgets.close()
    budgets = opened(path, measured, clock, questions_per_day=2)
    with pytest.raises(QuotaExceeded, match="questions_per_day") as refused:
        budgets.take_question(ANNA)
    assert refused.value.details["retry_after_s"] == 12 * 3600
    budgets.take_question(BEN)
    clock.advance(12 * 3600)
    budgets.take_question(ANNA)
    budgets.close()
    assert path.stat().st_mode & 0o777 == 0o600
    assert b"anna" not in path.read_bytes()
    assert measured.points()["averment_denials", (("limit", "questions_per_day"),)] == 1


def test_tokens_end_the_day_after_the_answer_that_spent_them(measured: Measured) -> None:
    budgets = opened(None, measured, FixedClock(NOON), tokens_per_day=100)
    budgets.spend_tokens(ANNA, 99)
    budgets.take_question(ANNA)
    budgets.spend_tokens(ANNA, 50)
    with pytest.raises(QuotaExceeded, match="tokens_per_day"):
        budgets.take_question(ANNA)
    other_tenant = Principal(subject="anna", groups=(), tenant="other")
    budgets.take_question(other_tenant)
