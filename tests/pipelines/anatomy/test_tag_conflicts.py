"""Tags against print, and against each other."""

import pytest

from averment.core.structure import TaggedFact
from averment.pipelines.anatomy.tag_conflicts import PrintedFigure, ReadTag, find_conflicts

NET_CASH = "us-gaap:NetCashProvidedByUsedInOperatingActivities"
MILLION = 1_000_000


def tag(start: int, value: str, *, scale: int = MILLION, name: str = "us-gaap:Revenues", context: str = "") -> ReadTag:
    fact = TaggedFact(name=name, start=start, end=start + 5, value=value, scale=scale, unit="USD")
    return ReadTag(fact=fact, context=context or f"c{start}")


def cell(
    start: int, value: str, *, scale: int | None = MILLION, row: int = 1, unit: str | None = "USD"
) -> PrintedFigure:
    return PrintedFigure(table="t1", row=row, start=start, end=start + 5, value=value, unit=unit, scale=scale)


def reasons(tags: list[ReadTag], printed: list[PrintedFigure], text: str = " " * 100) -> list[tuple[int, str]]:
    return [(conflict.start, conflict.reason) for conflict in find_conflicts(text, tags, printed=printed)]


def test_tags_that_say_what_is_printed_are_no_conflict() -> None:
    assert reasons([tag(0, "12"), tag(10, "-7")], [cell(0, "12"), cell(10, "-7")]) == []


def test_a_tag_behind_a_sign_belongs_to_its_cell() -> None:
    printed = PrintedFigure(table="t1", row=1, start=9, end=17, value="-12", unit="USD", scale=MILLION)
    assert reasons([tag(0, "5"), tag(11, "12", name=NET_CASH)], [printed]) == [(11, "sign")]


@pytest.mark.parametrize(
    ("tagged", "printed", "reason"),
    [
        (tag(0, "13"), cell(0, "12"), "value"),
        (tag(0, "12", scale=1_000), cell(0, "12"), "scale"),
        (tag(0, "12", name=NET_CASH), cell(0, "-12"), "sign"),
        (tag(0, "12"), cell(0, "12", unit="EUR"), "unit"),
    ],
)
def test_each_kind_of_conflict(tagged: ReadTag, printed: PrintedFigure, reason: str) -> None:
    assert reasons([tagged], [printed]) == [(0, reason)]


def test_amounts_are_given_in_full() -> None:
    (found,) = find_conflicts("", [tag(0, "12", scale=1_000)], printed=[cell(0, "12")])
    assert (found.printed, found.tagged) == ("12000000", "12000")


def test_a_payment_in_brackets_is_no_conflict_but_one_cell_of_its_row_is() -> None:
    printed = [cell(0, "-5"), cell(10, "-6"), cell(20, "-7")]
    assert reasons([tag(0, "5"), tag(10, "6"), tag(20, "7")], printed) == []
    assert reasons([tag(0, "5"), tag(10, "-6"), tag(20, "7")], printed) == [(10, "sign")]


def test_a_caption_that_most_of_a_table_contradicts_was_misread() -> None:
    tags = [tag(0, "1"), tag(10, "2", scale=1), tag(20, "3", scale=1)]
    assert reasons(tags, [cell(0, "1"), cell(10, "2"), cell(20, "3")]) == []


def test_without_a_printed_scale_there_is_nothing_to_hold_against() -> None:
    assert reasons([tag(0, "12")], [cell(0, "12", scale=None)]) == []


def test_the_word_behind_a_figure_counts() -> None:
    text = "$ 1.25 billion".ljust(40)
    one = TaggedFact(name="n", start=2, end=6, value="1.25", scale=MILLION, unit="USD")
    assert reasons([ReadTag(fact=one, context="c")], [], text) == [(2, "scale")]


def test_one_fact_tagged_twice_may_differ_by_rounding_only() -> None:
    assert reasons([tag(0, "1234", context="c"), tag(10, "1.2", scale=10**9, context="c")], []) == []
    assert reasons([tag(0, "1234", context="c"), tag(10, "1.4", scale=10**9, context="c")], []) == [(10, "duplicate")]
