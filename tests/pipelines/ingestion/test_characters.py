"""Bags of characters agree with counting one by one."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from averment.pipelines.ingestion.characters import inner_numbers, n_apart, numbers, surplus

_TEXT = st.text(alphabet="ab1 \U0001f600ſé\ud800", max_size=40)


@given(first=_TEXT, second=_TEXT)
def test_surplus_is_the_difference_of_counts(first: str, second: str) -> None:
    more, less = Counter(first), Counter(second)
    wanted = {char: more[char] - less[char] for char in more | less if more[char] != less[char]}
    assert surplus(first, second) == wanted


def test_a_text_has_nothing_more_than_its_anagram() -> None:
    assert surplus("Term 17", "71 mreT") == {}
    assert surplus("", "") == {}


def test_numbers_are_compared_with_sign_and_separators_and_those_at_an_edge_are_not() -> None:
    assert numbers("(1,250) or -3.5 or 1’000") == ["(1,250", "-3.5", "1’000"]
    assert inner_numbers(".3 of 12 and 1,") == ["12"]
    assert inner_numbers("250") == []
    assert n_apart(["(1,250", "3"], ["1,250", "3"]) == 1
    assert n_apart(["12", "34"], ["1234"]) == 2
    assert n_apart(["3", "1"], ["1", "3", "5"]) == 0
