import calendar
import re

from averment.pipelines.ingestion.headers import find_period
from averment.pipelines.ingestion.months import MONTH_NAME, MONTHS
from averment.pipelines.ingestion.sparse import iso_dates


def test_every_month_of_the_calendar_is_known_by_its_full_and_its_short_name() -> None:
    for number in range(1, 13):
        assert MONTHS[calendar.month_name[number].lower()] == number
        assert MONTHS[calendar.month_abbr[number].lower()] == number
    assert set(MONTHS.values()) == set(range(1, 13))


def test_a_name_is_read_whole_where_another_begins_it() -> None:
    for name in MONTHS:
        found = re.match(MONTH_NAME, name)
        assert found is not None
        assert found[0] == name


def test_table_headers_and_terms_read_the_same_names() -> None:
    for name, number in MONTHS.items():
        assert find_period(f"as of {name} 3, 2024") == f"as of 2024-{number:02d}-03"
        assert list(iso_dates(f"signed on {name} 3, 2024")) == [f"2024-{number:02d}-03"]
