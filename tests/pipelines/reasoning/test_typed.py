"""A value is stated once or not at all."""

from decimal import Decimal

import pytest

from averment.core.answers import TypedValue
from averment.pipelines.reasoning.topics import topics_of
from averment.pipelines.reasoning.typed import Several, Stated, label_value, stated_value


@pytest.mark.parametrize(
    ("kind", "text", "value", "unit"),
    [
        ("date", "made as of April 6, 2007 by both", "2007-04-06", None),
        ("duration", "for thirty (30) days after notice", Decimal(30), "day"),
        ("amount", "a fee of $12,500.00 a month", Decimal("12500.00"), "USD"),
        ("law", "governed by the laws of the State of New York, without regard", "New York", None),
        ("law", "in accordance with English law.", "English", None),
        ("law", "Es gilt deutsches Recht.", "deutsches", None),
    ],
)
def test_one_value_is_copied(kind: str, text: str, value: object, unit: str | None) -> None:
    stated = stated_value(kind, text)  # type: ignore[arg-type]  # kinds of the test
    assert isinstance(stated, Stated)
    assert (stated.value.value, stated.value.unit) == (value, unit)
    assert text[stated.start : stated.end] in text


def test_two_values_are_several_unless_one_stands_beside_what_was_asked() -> None:
    text = "renews for successive one (1) year terms unless notice is given ninety (90) days prior to the end"
    assert stated_value("duration", text) == Several()
    (topic, *_) = topics_of("What notice period is required to prevent renewal?")
    assert topic.anchor is not None
    stated = stated_value("duration", text, [topic.anchor])
    assert isinstance(stated, Stated)
    assert (stated.value.value, stated.value.unit) == (Decimal(90), "day")


def test_no_value_is_none() -> None:
    assert stated_value("date", "no date here") is None
    assert stated_value(None, "April 6, 2007") is None


def test_a_label_must_be_stated_word_for_word_and_alone() -> None:
    labels = ("exclusive", "sole")
    assert label_value(labels, "an exclusive licence") == TypedValue(type="label", value="exclusive")
    assert label_value(labels, "an exclusive and sole licence") is None
    assert label_value(labels, "a licence") is None
