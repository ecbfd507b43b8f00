import pytest

from averment.cli.filters import parse_filters, principal
from averment.core.errors import UsageError


def test_repeated_keys_are_alternatives_and_dates_are_dates() -> None:
    filters = parse_filters(["party=A", "party=B=C", "date_from=2024-02-29"])
    assert filters.party == ("A", "B=C")
    assert filters.date_from == "2024-02-29"
    assert parse_filters(None) == parse_filters([])


@pytest.mark.parametrize("pair", ["colour=red", "party", "party=", "=x", "date_to=soon", "date_from=2023-02-29"])
def test_what_is_no_filter_is_refused(pair: str) -> None:
    with pytest.raises(UsageError):
        parse_filters([pair])


def test_groups_replace_everyone() -> None:
    assert principal(None, subject="ada", tenant="t").groups == ("everyone",)
    assert principal(["legal", "hr"], subject="ada", tenant="t").groups == ("legal", "hr")
