"""Bags of characters agree with counting one by one."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from averment.pipelines.ingestion.characters import surplus

_TEXT = st.text(alphabet="ab1 \U0001f600ſé\ud800", max_size=40)


@given(first=_TEXT, second=_TEXT)
def test_surplus_is_the_difference_of_counts(first: str, second: str) -> None:
    more, less = Counter(first), Counter(second)
    wanted = {char: more[char] - less[char] for char in more | less if more[char] != less[char]}
    assert surplus(first, second) == wanted


def test_a_text_has_nothing_more_than_its_anagram() -> None:
    assert surplus("Term 17", "71 mreT") == {}
    assert surplus("", "") == {}
