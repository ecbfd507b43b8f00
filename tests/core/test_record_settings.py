"""Settings that the law or the product bounds: how long the log is kept, and what lengthens or shortens it."""

import pytest
from pydantic import ValidationError

from averment.core.record_settings import PurposeRetention, RetentionSettings


@pytest.mark.parametrize("kind", [RetentionSettings, PurposeRetention])
def test_logs_of_a_high_risk_use_stay_six_months(kind: type[RetentionSettings | PurposeRetention]) -> None:
    named = {"purpose": "hiring"} if kind is PurposeRetention else {}
    with pytest.raises(ValidationError, match="5 months are too short"):
        kind.model_validate({**named, "log_months": 5, "is_high_risk": True})
    assert kind.model_validate({**named, "log_months": 6, "is_high_risk": True}).log_months == 6
    assert kind.model_validate({**named, "log_months": 5}).log_months == 5


def test_more_than_two_years_need_a_legal_basis_and_ten_years_are_the_end() -> None:
    with pytest.raises(ValidationError, match="30 months need a legal_basis"):
        RetentionSettings(log_months=30)
    assert RetentionSettings(log_months=24).legal_basis is None
    assert RetentionSettings(log_months=120, legal_basis="hgb-257").log_months == 120
    with pytest.raises(ValidationError, match="less than or equal to 120"):
        RetentionSettings(log_months=121, legal_basis="hgb-257")
    with pytest.raises(ValidationError, match="legal_basis"):
        RetentionSettings(log_months=30, legal_basis="because we like it")


def test_a_purpose_may_have_a_time_of_its_own() -> None:
    hiring = PurposeRetention(purpose="hiring", log_months=18, is_high_risk=True)
    chosen = RetentionSettings(log_months=3, purposes=(hiring,))
    assert (chosen.months("hiring"), chosen.months("trial")) == (18, 3)
