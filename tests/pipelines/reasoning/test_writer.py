"""Numbers are written to the last digit, in the reader's language and the operands' scale."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.core.answers import Citation, Operand, SentenceKind, TypedValue
from averment.pipelines.reasoning.checks import Evidence
from averment.pipelines.reasoning.compute import calculate
from averment.pipelines.reasoning.figures import find_figures
from averment.pipelines.reasoning.writer import (
    calculation_sentence,
    common_scale,
    figured_value,
    holds,
    notice_sentence,
    number,
    quote_sentence,
    typed_result,
)


def operand(name: str, value: str, *, unit: str | None = "USD", scale: int = 1) -> Operand:
    citation = Citation(document_id="d", text_hash="t", source_uri="u", title="", start=0, end=1, quote=value)
    return Operand(
        name=name, label="Net sales", value=Decimal(value), unit=unit, scale=scale, period="2019", citation=citation
    )


@pytest.mark.parametrize(
    ("value", "unit", "scale", "english", "german"),
    [
        ("1234500000", "USD", 1_000_000, "1,234.5 million USD", "1.234,5 Millionen USD"),
        ("-0.25", "%", 1, "-0.25 %", "-0,25 %"),
        ("1", "day", 1, "1 day", "1 Tag"),
        ("90", "business_day", 1, "90 business days", "90 Arbeitstage"),
        ("20070406", "date", 1, "April 6, 2007", "6. April 2007"),
        ("1000000", None, 1, "1,000,000", "1.000.000"),
    ],
)
def test_numbers(value: str, unit: str | None, scale: int, english: str, german: str) -> None:
    assert number(Decimal(value), unit=unit, scale=scale, language="en") == english
    assert number(Decimal(value), unit=unit, scale=scale, language="de") == german


@given(st.decimals(min_value=0, max_value=10**12, places=2), st.sampled_from([1, 1_000, 1_000_000]))
def test_what_is_written_is_worth_the_same(value: Decimal, scale: int) -> None:
    (figure,) = find_figures(number(value, unit="USD", scale=scale, language="en"))
    assert figure.worth == value
    assert figure.unit == "USD"


def test_a_shared_scale_is_kept_only_where_exact() -> None:
    both = [operand("c1", "1200", scale=1_000_000), operand("c2", "1000", scale=1_000_000)]
    assert common_scale(calculate("c1 - c2", both)) == 1_000_000
    assert common_scale(calculate("percent((c1 - c2) / c2)", both)) == 1
    mixed = [operand("c1", "1200", scale=1_000_000), operand("c2", "1000", scale=1_000)]
    assert common_scale(calculate("c1 - c2", mixed)) == 1


def test_results_are_typed() -> None:
    both = [operand("c1", "1200", scale=1_000_000), operand("c2", "1000", scale=1_000_000)]
    expected = TypedValue(type="amount", value=Decimal(200), unit="USD", scale=1_000_000, currency="USD", period="2019")
    assert typed_result(calculate("c1 - c2", both), 1_000_000) == expected
    ratio = typed_result(calculate("percent((c1 - c2) / c2)", both), 1)
    assert (ratio.type, ratio.value, ratio.unit) == ("number", Decimal(20), "%")
    day = operand("d1", "20240331", unit="date")
    notice = operand("n1", "1", unit="month")
    assert typed_result(calculate("deadline(d1, n1)", [day, notice]), 1).value == "2024-02-29"


def test_what_was_figured_is_a_value_a_list_or_periods() -> None:
    rent = calculate("c1", [operand("c1", "1200", scale=1_000_000)])
    fee = calculate("c2", [operand("c2", "3.5")])
    assert figured_value([rent], periods=()) == typed_result(rent, 1_000_000)
    assert figured_value([rent, fee], periods=()) == TypedValue(type="list", value=("1,200 million USD", "3.5 USD"))
    assert figured_value([rent], periods=("2019",)) == TypedValue(type="text", value="2019")
    assert figured_value([rent], periods=("2019", "2017")) == TypedValue(type="list", value=("2019", "2017"))


def test_a_notice_always_holds() -> None:
    sentence = notice_sentence("trial", "en")
    assert sentence.kind is SentenceKind.NOTICE
    assert holds(sentence)


TEXT = "The Tenant shall pay the\nPage 3\n\fdeposit within ten days."


def evidence(*places: tuple[int, int]) -> Evidence:
    citations = tuple(
        Citation(document_id="d", text_hash="t", source_uri="u", title="", start=start, end=end, quote=TEXT[start:end])
        for start, end in places
    )
    return Evidence(citations=citations, documents=frozenset({"d"}), continued=frozenset(range(1, len(places))))


def test_a_sentence_over_a_page_break_is_quoted_in_its_parts() -> None:
    sentence = quote_sentence(evidence((0, 24), (33, 57)), {"t": TEXT})
    assert sentence.text == "“The Tenant shall pay the” … “deposit within ten days.”"
    assert sentence.claim is not None
    assert [cited.quote for cited in sentence.claim.citations] == [
        "The Tenant shall pay the",
        "deposit within ten days.",
    ]
    assert holds(sentence)


def test_a_part_that_is_not_the_text_blocks_the_whole_quotation() -> None:
    broken = evidence((0, 24), (33, 57))
    wrong = replace(broken, citations=(broken.citations[0], replace(broken.citations[1], quote="deposit of ten euro.")))
    assert not holds(quote_sentence(wrong, {"t": TEXT}))


def test_a_part_alone_may_look_like_a_heading() -> None:
    assert holds(quote_sentence(evidence((0, 24), (33, 48)), {"t": TEXT}))
    alone = replace(evidence((0, 24), (33, 48)), continued=frozenset())
    assert not holds(quote_sentence(alone, {"t": TEXT}))


@pytest.mark.parametrize(
    ("row", "named"),
    [
        ("Net income per share: | Basic", "Net income per share, Basic, 2019"),
        ("Costs and expenses: | Research and development", "Research and development, 2019"),
        ("Revenue", "Revenue, 2019"),
    ],
)
def test_a_row_of_one_word_is_named_with_its_group(row: str, named: str) -> None:
    calculation = calculate("c1", [replace(operand("c1", "1"), label=row)])
    sentence = calculation_sentence(
        calculation, 1, evidence=Evidence(citations=(), calculation=calculation), texts={}, language="en"
    )
    assert sentence.text == f"{named}: 1 USD."


def test_further_places_of_the_same_words_are_cited_and_checked_but_not_repeated() -> None:
    text = "Fees are due monthly.\n\nFees are  due monthly."
    citations = tuple(
        Citation(document_id="d", text_hash="t", source_uri="u", title="", start=start, end=end, quote=text[start:end])
        for start, end in ((0, 21), (23, 45))
    )
    places = Evidence(citations=citations, documents=frozenset({"d"}))
    sentence = quote_sentence(places, {"t": text}, shown=1)
    assert sentence.text == "“Fees are due monthly.”"
    assert sentence.claim is not None
    assert len(sentence.claim.citations) == 2
    assert holds(sentence)
    wrong = replace(places, citations=(citations[0], replace(citations[1], quote="Fees are due yearly.")))
    assert not holds(quote_sentence(wrong, {"t": text}, shown=1))
