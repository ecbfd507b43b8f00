"""Names in texts: found as whole words however they are written, and blacked out at their length."""

import pytest

from averment.core.erasure import MASK, masked, name_pattern


@pytest.mark.parametrize(
    "text", ["Anna Schmidt", "of ANNA\n  schmidt.", '"to\\nAnna\\nSchmidt"', "(Anna\u00a0Schmidt's", "\\tAnna Schmidt"]
)
def test_a_name_is_found(text: str) -> None:
    pattern = name_pattern(["Anna Schmidt"])
    assert pattern is not None
    assert pattern.search(text)


@pytest.mark.parametrize("text", ["Hanna Schmidt", "Anna Schmidtke", "AnnaSchmidt", "Anna and Schmidt"])
def test_another_word_is_not(text: str) -> None:
    pattern = name_pattern(["Anna Schmidt"])
    assert pattern is not None
    assert not pattern.search(text)


def test_no_names_make_no_pattern() -> None:
    assert name_pattern([]) is None
    assert name_pattern([" "]) is None


def test_the_longest_spelling_is_blacked_out_and_lengths_stay() -> None:
    pattern = name_pattern(["Anna", "Anna Schmidt"])
    assert pattern is not None
    assert masked("by Anna Schmidt, Anna", pattern) == f"by {MASK * 12}, {MASK * 4}"


@pytest.mark.parametrize(
    "text",
    [
        "RENÉ GROSS-MÜLLER",
        "RENÉ GROẞ-MÜLLER",
        "Rene\u0301 Groß-Mu\u0308ller",
        "rené.groß-müller@example.org",
        "_René_Groß-Müller_",
        "René Groß\u2011Mül-\nler",
        "Re\u00adné Groß-Müller",
        "Ren\\u00e9 Gro\\u00df-M\\u00FCller",
        "Ren%C3%A9%20Gro%c3%9f-M%C3%BCller",
    ],
)
def test_a_name_is_found_in_every_form_it_may_have(text: str) -> None:
    for name in ("René Groß-Müller", "Rene\u0301 Groß-Mu\u0308ller"):
        pattern = name_pattern([name])
        assert pattern is not None
        assert pattern.search(text)


def test_a_letter_with_another_mark_is_another_name() -> None:
    pattern = name_pattern(["Rene"])
    assert pattern is not None
    assert not pattern.search("Rene\u0301 and René")
