"""Dates follow from printed parts alone, renewals are counted up to the day, and what is missing is named."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from averment.pipelines.reasoning.calendars import open_calendar
from averment.pipelines.reasoning.date_plans import DatePlan, DateQuestion
from averment.pipelines.reasoning.deadlines import Printed, TermParts, WorkedOut, only, printed_day, work_out
from averment.pipelines.reasoning.evidence import Source

NOTICE = DatePlan(kind=DateQuestion.NOTICE)
END = DatePlan(kind=DateQuestion.END)
BETWEEN = DatePlan(kind=DateQuestion.BETWEEN, first="effective", second="made")
WEEKENDS = open_calendar("weekends")


@pytest.fixture
def source(desk: Any) -> Source:
    (document,) = desk.corpus.documents.values()
    return Source(document, text=desk.corpus.text(document.text_hash), layout=desk.corpus.layout(document.text_hash))


@pytest.fixture
def parts(source: Source) -> TermParts:
    begin = printed_day(source, (0, 5), day=date(2021, 1, 31))
    return TermParts(
        effective=begin,
        made=begin,
        begin=begin,
        initial=Printed(source=source, start=6, end=9, value=Decimal(1), unit="month"),
        renewal=Printed(source=source, start=10, end=14, value=Decimal(1), unit="month"),
        notice=Printed(source=source, start=15, end=19, value=Decimal(2), unit="week"),
    )


def worked(plan: DatePlan, parts: TermParts, on: date) -> WorkedOut:
    outcome = work_out(plan, parts, on=on, calendar=WEEKENDS, language="en")
    assert isinstance(outcome, WorkedOut)
    return outcome


def test_months_are_counted_from_the_first_day_and_clip_once(parts: TermParts) -> None:
    assert worked(END, parts, date(2021, 2, 1)).calculation.value == Decimal("20210228")
    later = worked(END, parts, date(2021, 3, 1))
    assert (later.calculation.value, later.renewals) == (Decimal("20210331"), 1)
    assert later.calculation.expression == "add(d1, n1, n2)"


def test_a_deadline_that_passed_leads_to_the_next_term(parts: TermParts) -> None:
    on_time, late = (worked(NOTICE, parts, day) for day in (date(2021, 2, 14), date(2021, 2, 15)))
    assert (on_time.calculation.value, on_time.renewals) == (Decimal("20210214"), 0)
    assert (late.calculation.value, late.renewals) == (Decimal("20210317"), 1)


def test_renewals_of_unknown_length_are_not_passed_over(parts: TermParts) -> None:
    unknown = replace(parts, renewal=None, renews_itself=True)
    assert worked(NOTICE, unknown, date(2021, 2, 14)).renewals == 0
    assert work_out(NOTICE, unknown, on=date(2021, 2, 15), calendar=WEEKENDS, language="en") == "missing_renewal"


def test_without_renewal_a_deadline_stays_in_the_past(parts: TermParts) -> None:
    found = worked(NOTICE, replace(parts, renewal=None), date(2026, 1, 1))
    assert (found.calculation.value, found.renewals) == (Decimal("20210214"), 0)


def test_a_printed_end_needs_no_term(source: Source, parts: TermParts) -> None:
    ends = replace(parts, begin=None, initial=None, end=printed_day(source, (0, 5), day=date(2026, 12, 31)))
    found = worked(NOTICE, ends, date(2026, 1, 1))
    assert (found.calculation.expression, found.calculation.value) == ("deadline(d1, n1)", Decimal("20261217"))


def test_days_between_use_each_place_once(parts: TermParts) -> None:
    plan = DatePlan(kind=DateQuestion.BETWEEN, first="effective", second="end", is_initial=True)
    found = worked(plan, parts, date(2026, 1, 1))
    assert (found.calculation.expression, found.calculation.value) == ("days(d1, add(d1, n1))", Decimal(28))
    assert len(found.printed) == 2


@pytest.mark.parametrize(
    ("plan", "lacking", "code"),
    [
        (NOTICE, {"notice": None}, "missing_notice"),
        (NOTICE, {"notice": None, "ambiguous": frozenset({"notice"})}, "ambiguous_term"),
        (END, {"initial": None}, "missing_term"),
        (END, {"initial": None, "ambiguous": frozenset({"initial"})}, "ambiguous_term"),
        (END, {"begin": None}, "missing_begin"),
        (END, {"renewal": None, "ambiguous": frozenset({"renewal"})}, "ambiguous_term"),
        (BETWEEN, {"made": None}, "missing_made"),
        (BETWEEN, {"effective": None}, "missing_effective"),
    ],
)
def test_what_is_missing_is_named(parts: TermParts, plan: DatePlan, lacking: dict[str, Any], code: str) -> None:
    assert work_out(plan, replace(parts, **lacking), on=date(2021, 1, 1), calendar=WEEKENDS, language="en") == code


def test_a_day_beyond_the_renewals_that_are_counted_is_refused(parts: TermParts) -> None:
    far = date(2021, 1, 31) + timedelta(days=365 * 20)
    assert work_out(END, parts, on=far, calendar=WEEKENDS, language="en") == "out_of_calendar"


def test_business_days_follow_the_calendar_and_the_calculation_names_it(source: Source, parts: TermParts) -> None:
    notice = Printed(source=source, start=15, end=19, value=Decimal(10), unit="business_day")
    ends = replace(parts, end=printed_day(source, (0, 5), day=date(2026, 12, 31)), notice=notice)
    outcome = work_out(NOTICE, ends, on=date(2026, 1, 1), calendar=open_calendar("US-NY"), language="en")
    assert isinstance(outcome, WorkedOut)
    assert (outcome.calculation.value, outcome.calculation.calendar) == (Decimal("20261216"), "US-NY")


def test_one_value_in_two_places_is_one_and_two_values_are_none(parts: TermParts) -> None:
    assert parts.initial is not None
    assert parts.notice is not None
    again = replace(parts.initial, start=40, end=43)
    assert only([parts.initial, again]) == (parts.initial, False)
    assert only([parts.initial, parts.notice]) == (None, True)
    assert only([]) == (None, False)
