"""Parts of a contract are told from lists, tables of contents, mentions and schedules by how their numbers run on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.pipelines.anatomy.numbering import Numbering, holds

CONTRACT = """CONTENTS
1. Term .......... 1
2. Fees .......... 2
Schedule 1 - Services .......... 9

1. Term
1.1 Start. Today.
1.2 End. The following end it:
1. a breach
2. a loss
(a) of money
1.3 Notice periods of
30 days count from
1 April 2025, as set out in
Schedule 1. They are firm.
2. Fees
2.1 Fees are due
(a) soon
(b) later, subject to
Section 9.5.
3. Law
Delaware.

SCHEDULE 1
1. Service
2. Levels
"""


def labels(text: str) -> list[tuple[str, str]]:
    return [(part.within, part.label) for part in Numbering(text).parts]


def test_parts_are_the_series_of_numbers_that_counts_up() -> None:
    assert labels(CONTRACT) == [
        ("", "section 1"),
        ("", "section 1.1"),
        ("", "section 1.2"),
        ("", "section 1.2(a)"),
        ("", "section 1.3"),
        ("", "section 2"),
        ("", "section 2.1"),
        ("", "section 2.1(a)"),
        ("", "section 2.1(b)"),
        ("", "section 3"),
        ("", "schedule 1"),
        ("schedule 1", "section 1"),
        ("schedule 1", "section 2"),
    ]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("a loss", ["section 1", "section 1.2"]),
        ("later", ["section 2", "section 2.1", "section 2.1(b)"]),
        ("Delaware", ["section 3"]),
        ("Levels", ["schedule 1", "section 2"]),
    ],
)
def test_a_place_lies_in_its_parts_outermost_first(words: str, expected: list[str]) -> None:
    assert [part.label for part in Numbering(CONTRACT).at(CONTRACT.rindex(words))] == expected


def test_a_part_is_found_in_the_contract_and_not_in_a_schedule() -> None:
    found = Numbering(CONTRACT).find("section 2")
    assert found is not None
    assert CONTRACT[found.start : found.end].startswith("2. Fees\n2.1")
    assert Numbering(CONTRACT).find("article 3") is not None
    assert Numbering(CONTRACT).find("section 9") is None


def test_german_paragraphs_are_parts() -> None:
    text = "§ 1 Laufzeit\n(1) Zwei Jahre.\n(2) Danach endet sie.\n§ 2 Recht\nDeutsches Recht.\nAnlage 1\nPreise\n"
    assert [label for _, label in labels(text)] == [
        "section 1",
        "section 1(1)",
        "section 1(2)",
        "section 2",
        "anlage 1",
    ]


@pytest.mark.parametrize(
    ("label", "other", "expected"),
    [
        ("section 4", "section 4.2", True),
        ("section 4", "article 4", True),
        ("section 4.2", "section 4.2(b)", True),
        ("section 4.2", "section 4", False),
        ("section 4", "section 40", False),
        ("section 4", "schedule 4", False),
    ],
)
def test_a_part_holds_its_own_paragraphs(label: str, other: str, expected: bool) -> None:
    assert holds(label, other) is expected


@given(st.text(alphabet="12.() abS\nection", max_size=300))
def test_parts_lie_in_order_within_the_text(text: str) -> None:
    parts = Numbering(text).parts
    assert all(0 <= part.start < part.end <= len(text) for part in parts)
    assert [part.start for part in parts] == sorted(part.start for part in parts)
