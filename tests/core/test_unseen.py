"""Characters that no font shows."""

from hypothesis import given
from hypothesis import strategies as st

from averment.core.unseen import UNSEEN, strip_unseen, unseen_count


@given(st.text())
def test_stripping_takes_exactly_what_is_counted(text: str) -> None:
    stripped = strip_unseen(text)
    assert len(text) - len(stripped) == unseen_count(text)
    assert unseen_count(stripped) == 0
    assert [char for char in text if char not in UNSEEN] == list(stripped)


def test_what_words_are_set_with_stays() -> None:
    assert strip_unseen("Straße, Ver\u00adtrag, 5\u00a0€, it’s") == "Straße, Ver\u00adtrag, 5\u00a0€, it’s"
