import pytest
from pydantic import ValidationError

from averment.service.operations.ledger import MOST_DAYS
from averment.service.operations.schemas import CostQuery


def test_costs_are_asked_for_as_many_days_as_are_kept() -> None:
    assert CostQuery(days=MOST_DAYS).days == MOST_DAYS
    with pytest.raises(ValidationError):
        CostQuery(days=MOST_DAYS + 1)
    with pytest.raises(ValidationError):
        CostQuery.model_validate({"day": 3})
