from decimal import Decimal

import pytest

from averment.core.answers import TypedValue
from averment.core.jsonable import to_json
from averment.evaluation.answers.reply import Cost, Place, Reply


@pytest.mark.parametrize(
    "value",
    [
        None,
        TypedValue(type="boolean", value=False),
        TypedValue(type="number", value=Decimal("-1.50"), unit="%"),
        TypedValue(type="text", value="12"),
        TypedValue(type="list", value=("a", "b")),
    ],
)
def test_json_gives_back_what_was_written(value: TypedValue | None) -> None:
    place = Place(doc_id="d", start=1, end=2, text="x")
    reply = Reply(is_answered=True, text="t", value=value, places=(place,), cost=Cost(seconds=1.5), note="n")
    row = to_json(reply)
    assert isinstance(row, dict)
    assert Reply.of(row) == reply


def test_a_number_is_scaled() -> None:
    value = TypedValue(type="amount", value=Decimal("2.5"), scale=1000)
    assert Reply(is_answered=True, value=value).number() == 2500
    assert Reply(is_answered=True, value=TypedValue(type="text", value="2")).number() is None
