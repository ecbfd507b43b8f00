"""Requests to the log and to the desk of documents as they reach these desks."""

import pytest
from pydantic import ValidationError

from averment.compliance.pii.kinds import Level
from averment.service.log_desk import LogQuery
from averment.service.log_schemas import EntryQuery, ReportBody
from averment.service.reporting import Order


def test_a_query_asks_for_what_is_named_and_nothing_else() -> None:
    assert EntryQuery().query() == LogQuery()
    named = EntryQuery(type=["error"], user="ada", document="d1", answer="a1", purpose="review", since="2026-01-01")
    assert named.query() == LogQuery(
        types=("error",), user="ada", document="d1", answer="a1", purpose="review", since="2026-01-01"
    )
    with pytest.raises(ValidationError):
        EntryQuery.model_validate({"document": "a b"})
    with pytest.raises(ValidationError):
        EntryQuery.model_validate({"unknown": 1})


def test_a_body_is_an_order() -> None:
    body = ReportBody(format="pdf", language="de", mask=Level.PERSONS)
    assert body.order("fria") == Order(kind="fria", form="pdf", language="de", mask=Level.PERSONS)
