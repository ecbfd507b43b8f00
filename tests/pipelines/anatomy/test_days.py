"""Dates with their places."""

from datetime import date

from averment.pipelines.anatomy.days import as_day, dates_in, follows


def test_dates_are_cut_out_of_the_whole_text() -> None:
    text = "made on May 1, 2020 and again on the first (1st) day of June, 2021"
    found = dates_in(text, 8, end=len(text))
    assert [item.day for item in found] == [date(2020, 5, 1), date(2021, 6, 1)]
    assert text[found[0].start : found[0].end] == "May 1, 2020"


def test_the_day_that_a_page_was_filed_is_none() -> None:
    text = "Source: HALDEN INC, S-1/A, 4/16/2015 made on May 1, 2020"
    assert [item.day for item in dates_in(text, 0, end=len(text))] == [date(2020, 5, 1)]


def test_a_date_that_follows_keeps_its_place() -> None:
    printed = as_day(dates_in("on May 1, 2020", 0, end=14)[0])
    after = follows(printed)
    assert printed.basis == "stated"
    assert after is not None
    assert (after.value, after.start, after.end, after.basis) == ("2020-05-01", 3, 14, "computed")
    assert follows(None) is None
