"""Values of the vocabulary read back from the JSON that they were written as (`averment.core.jsonable`)."""

from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Final, TypeVar

from pydantic import TypeAdapter, ValidationError

from averment.core.analysis import AnalysisRequest
from averment.core.answers import Answer
from averment.core.errors import StoreError

Kind = TypeVar("Kind")
_EXACT: Final = frozenset({"number", "amount", "duration"})


def read_answer(raw: bytes) -> Answer:
    """Return an answer; `read_answer(canonical_json(answer)) == answer`.

    Raises:
        StoreError: It is none.
    """
    answer = _parsed(_answers(), raw)
    value = answer.value
    if value is None or value.type not in _EXACT or not isinstance(value.value, str):
        return answer
    # A decimal is written as a string, which a value may be as well: its type tells.
    return replace(answer, value=replace(value, value=Decimal(value.value)))


def read_request(raw: bytes) -> AnalysisRequest:
    """Return a request; `read_request(canonical_json(request)) == request`.

    Raises:
        StoreError: It is none.
    """
    return _parsed(_requests(), raw)


def _parsed(adapter: TypeAdapter[Kind], raw: bytes) -> Kind:
    try:
        return adapter.validate_json(raw)
    except ValidationError as error:
        raise StoreError("what was kept was not written by this version, or damaged") from error


@cache
def _answers() -> TypeAdapter[Answer]:
    return TypeAdapter(Answer)


@cache
def _requests() -> TypeAdapter[AnalysisRequest]:
    return TypeAdapter(AnalysisRequest)
