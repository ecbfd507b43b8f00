"""Levels name what they mask; overlaps are settled the same way whatever the order."""

from itertools import permutations

from averment.compliance.pii.kinds import Kind, Level, Span, settled


def span(start: int, end: int, *, score: float = 0.8, kind: Kind = Kind.PHONE) -> Span:
    return Span(start=start, end=end, kind=kind, score=score, recogniser="test")


def test_each_level_masks_more_and_none_masks_what_identifies_companies_and_securities() -> None:
    assert Level.NONE.kinds < Level.CONTACTS.kinds < Level.PERSONS.kinds
    assert Level.PERSONS.kinds - Level.CONTACTS.kinds == {Kind.PERSON}
    assert Level.PERSONS.kinds == {kind for kind in Kind if kind.is_personal}
    assert Level.PERSONS.kinds.isdisjoint({Kind.BIC, Kind.COMPANY_REGISTER, Kind.SECURITY, Kind.LEI})


def test_of_overlapping_spans_the_surest_then_the_longest_stays() -> None:
    sure, long, short, apart = span(4, 9, score=1.0), span(0, 5), span(12, 16), span(12, 20)
    for order in permutations((sure, long, short, apart)):
        assert settled(order) == (sure, apart)


def test_spans_that_touch_are_both_kept() -> None:
    assert settled([span(4, 8), span(0, 4)]) == (span(0, 4), span(4, 8))
