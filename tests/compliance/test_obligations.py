"""Which duties apply on a day (R15), and where standards stand."""

import re
from datetime import date, timedelta

import pytest
from pydantic import ValidationError

from averment.compliance.obligations import Duty, Obligation, Period, duties_on, regulation, status

ANNEX_III, ANNEX_I = "high-risk-annex-iii", "high-risk-annex-i"
# What holds on the day: id, scope, state.
TABLE = {
    date(2026, 11, 22): [
        ("art-4", "all", "applies"),
        ("art-5", "all", "applies"),
        ("art-5-1-ba-bb", "all", "not-yet"),
        ("art-12", ANNEX_III, "not-yet"),
        ("art-49-2", ANNEX_III, "contested"),
        ("art-50-1", "interacting", "applies"),
        ("art-50-2", "generated-content", "applies"),
        ("art-50-2", "generated-content-placed-before-2026-08-02", "not-yet"),
        ("art-111-4", "generated-content-placed-before-2026-08-02", "applies"),
        ("art-53", "gpai", "applies"),
        ("art-53", "gpai-placed-before-2025-08-02", "not-yet"),
    ],
    date(2026, 12, 2): [
        ("art-5-1-ba-bb", "all", "applies"),
        ("art-50-2", "generated-content-placed-before-2026-08-02", "applies"),
        ("art-111-4", "generated-content-placed-before-2026-08-02", "ended"),
        ("art-26-6", ANNEX_III, "not-yet"),
    ],
    date(2027, 12, 1): [
        ("art-6-3", ANNEX_III, "not-yet"),
        ("art-27", ANNEX_III, "not-yet"),
        ("art-73", ANNEX_III, "contested"),
        ("art-53", "gpai-placed-before-2025-08-02", "applies"),
    ],
    date(2027, 12, 2): [
        ("art-6-3", ANNEX_III, "applies"),
        ("art-12", ANNEX_III, "applies"),
        ("art-12", ANNEX_I, "not-yet"),
        ("art-27", ANNEX_III, "applies"),
        ("art-49-2", ANNEX_III, "applies"),
        ("art-49-2", ANNEX_I, "contested"),
    ],
    date(2028, 8, 2): [
        ("art-12", ANNEX_I, "applies"),
        ("art-49-2", ANNEX_I, "applies"),
        ("art-111-2-public", "high-risk-public-authorities", "not-yet"),
    ],
}
CONTESTED = {"43", "47", "48", "49", "72", "73", "86"}


def on(day: date) -> dict[tuple[str, str], Duty]:
    return {(duty.id, duty.scope): duty for duty in duties_on(day, rows=regulation().obligations)}


@pytest.mark.parametrize("day", TABLE)
def test_what_applies_on_a_day(day: date) -> None:
    duties = on(day)
    assert [(identity, scope, duties[identity, scope].state) for identity, scope, _ in TABLE[day]] == TABLE[day]


def test_duties_begin_and_end_on_the_days_of_the_act_and_on_no_others() -> None:
    periods = [period for row in regulation().obligations for period in row.periods]
    readings = [period for row in regulation().obligations for reading in row.contested for period in reading.periods]
    days = {period.applies_from for period in periods + readings}
    assert days | {period.applies_until for period in periods if period.applies_until} == {
        date(2025, 2, 2),
        date(2025, 8, 2),
        date(2026, 8, 2),
        date(2026, 12, 2),
        date(2027, 8, 2),
        date(2027, 12, 2),
        date(2028, 8, 2),
        date(2030, 8, 2),
    }


@pytest.mark.parametrize(("day", "scope"), [(date(2027, 12, 2), ANNEX_III), (date(2028, 8, 2), ANNEX_I)])
def test_every_duty_of_articles_6_to_27_begins_on_its_day_and_none_the_day_before(day: date, scope: str) -> None:
    before, then = on(day - timedelta(days=1)), on(day)
    chapter = [row.id for row in regulation().obligations if row.periods and 6 <= _number(row) <= 27]
    assert len(chapter) >= 20
    assert {before[identity, scope].state for identity in chapter} == {"not-yet"}
    assert {then[identity, scope].state for identity in chapter} == {"applies"}
    assert "contested" not in {then[row.id, scope].state for row in regulation().obligations if row.contested}


def _number(row: Obligation) -> int:
    return int(re.split(r"\D", row.article)[0])


def test_article_49_2_shows_both_readings_with_their_dates() -> None:
    duty = on(date(2026, 11, 22))["art-49-2", ANNEX_III]
    assert duty.applies_from == (date(2026, 8, 2), date(2027, 12, 2))
    assert [reading.partition(":")[0] for reading in duty.readings] == ["By the letter", "With Article 6"]


def test_the_articles_outside_sections_1_to_3_are_contested_and_no_others() -> None:
    rows = {row.article.split(",")[0].split("(")[0] for row in regulation().obligations if row.contested}
    assert rows == CONTESTED


def test_no_high_risk_duty_is_dated_as_before_the_amendment() -> None:
    """2 August 2026 was the date of the law of 2024; it stands only in readings that are contested."""
    old = [
        row.id
        for row in regulation().obligations
        for period in row.periods
        if period.scope.startswith("high-risk") and period.applies_from < date(2027, 12, 2)
    ]
    assert old == []


def test_rows_are_chosen_by_role_and_scope() -> None:
    rows = regulation().obligations
    day = date(2027, 12, 2)
    deployer = duties_on(day, rows=rows, who="deployer", scope="high-risk")
    assert {"art-26-5", "art-27", "art-86"} <= {duty.id for duty in deployer}
    assert all("deployer" in duty.who for duty in deployer)
    assert "art-53" not in {duty.id for duty in deployer}
    assert "art-4" in {duty.id for duty in deployer}, "what holds for all holds for high-risk systems too"
    assert duties_on(day, rows=rows, scope="gpa") == duties_on(day, rows=rows, scope="all")


def test_what_the_research_left_unverified_is_marked() -> None:
    unverified = {row.id for row in regulation().obligations if not row.verified}
    assert unverified == {"art-11-simplified", "art-27-5"}
    assert {row.id for row in status().standards if not row.verified} == {
        "ISO/IEC DIS 24970:2025",
        "EN ISO/IEC 42001:2026",
    }


def test_no_standard_is_cited_in_the_official_journal() -> None:
    assert status().is_presumption_possible is False
    cited = [standard.model_copy(update={"ojeu_cited": True}) for standard in status().standards]
    assert status().model_copy(update={"standards": tuple(cited)}).is_presumption_possible is True


def test_an_end_is_the_first_day_without() -> None:
    period = Period(scope="all", applies_from=date(2026, 1, 1), applies_until=date(2026, 1, 3))
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 3)]
    assert [period.covers(day) for day in days] == [False, True, True, False]


def test_a_row_without_dates_or_with_a_single_reading_is_refused() -> None:
    row = {"id": "x", "article": "1", "who": ["provider"], "what": "w", "source": "act", "verified": True}
    with pytest.raises(ValidationError, match="either periods or at least two readings"):
        Obligation.model_validate(row)
    with pytest.raises(ValidationError, match="either periods or at least two readings"):
        Obligation.model_validate({**row, "contested": [{"reading": "r", "periods": []}]})
