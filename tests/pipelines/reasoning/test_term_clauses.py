"""Notice periods and renewal terms are told from each other and from other times."""

import pytest

from averment.pipelines.reasoning.term_clauses import limits_renewals, notice_periods, renewal_terms


@pytest.mark.parametrize(
    ("sentence", "notice", "renewal"),
    [
        (
            "This Agreement shall automatically renew for successive terms of one (1) year each unless a party gives "
            "written notice of non-renewal at least sixty (60) days prior to the end of the then-current term.",
            [(60, "day")],
            [(1, "year")],
        ),
        (
            "The term will be extended for additional periods of twelve (12) months unless a party informs another of "
            "its intention not to renew no later than 90 days before the expiration of the term.",
            [(90, "day")],
            [(12, "month")],
        ),
        (
            "Either party may elect not to renew upon sixty (60) days' written notice to the other before the end of "
            "the initial term.",
            [(60, "day")],
            [],
        ),
        (
            "Der Vertrag verlängert sich um jeweils ein weiteres Jahr, sofern er nicht mit einer Frist von drei "
            "Monaten zum Ende der Laufzeit gekündigt wird.",
            [(3, "month")],
            [(1, "year")],
        ),
        ("Customer may extend the term for an additional two (2) years by written agreement.", [], []),
        ("Either party may terminate upon thirty (30) days' notice of a breach before the term expires.", [], []),
        ("Each invoice is payable within thirty (30) days prior to the end of the month.", [], []),
    ],
)
def test_times_are_told_apart(sentence: str, notice: list[tuple[int, str]], renewal: list[tuple[int, str]]) -> None:
    assert [(found.count, found.unit) for found in notice_periods(sentence)] == notice
    assert [(found.count, found.unit) for found in renewal_terms(sentence)] == renewal


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The agreement shall not renew more than four times.", True),
        ("It renews for up to three (3) renewal terms of one year.", True),
        ("It renews for two (2) successive one-year terms.", True),
        ("It renews for successive terms of one year.", False),
        ("The fee rises by not more than two percent for three terms.", False),
    ],
)
def test_a_limit_of_renewals_is_seen(sentence: str, expected: bool) -> None:
    assert limits_renewals(sentence) is expected
