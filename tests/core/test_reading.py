from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from averment.core.access import Filters, Principal
from averment.core.analysis import AnalysisRequest, Turn
from averment.core.answers import Answer, TypedValue
from averment.core.errors import StoreError
from averment.core.jsonable import canonical_json, to_json
from averment.core.reading import read_answer, read_request
from averment.core.testing.backend import an_answer

REQUEST = AnalysisRequest(
    question="Wie lange läuft der Vertrag?",
    principal=Principal(subject="ada", groups=("legal", "everyone"), roles=("analyst",)),
    filters=Filters(kind=("contract",), date_from="2024-01-01"),
    labels=("a", "b"),
    conversation=(Turn(question="And?", document_ids=("d1",)),),
    as_of=date(2024, 2, 29),
)


def values() -> list[TypedValue]:
    amount = TypedValue(type="amount", value=Decimal("1.50"), currency="EUR", scale=1000)
    lapse = TypedValue(type="duration", value=Decimal(3), unit="year")
    others = [TypedValue(type="boolean", value=False), TypedValue(type="date", value="2024-01-01")]
    return [amount, lapse, *others, TypedValue(type="text", value="1.50"), TypedValue(type="list", value=("a", "1"))]


def with_value(value: TypedValue | None) -> Answer:
    return replace(an_answer(), value=value)


def test_an_answer_comes_back_as_it_was() -> None:
    for value in [None, *values()]:
        answer = with_value(value)
        read = read_answer(canonical_json(answer))
        assert read == answer
        assert to_json(read) == to_json(answer)
        assert type(getattr(read.value, "value", None)) is type(getattr(value, "value", None))


def test_a_request_comes_back_as_it_was() -> None:
    assert read_request(canonical_json(REQUEST)) == REQUEST


def test_what_is_neither_is_refused() -> None:
    for damaged in (b"{}", b"no json", b'{"question": "q"}'):
        with pytest.raises(StoreError):
            read_answer(damaged)
        with pytest.raises(StoreError):
            read_request(damaged)
