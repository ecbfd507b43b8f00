"""Faults of texts without pages: each changes what is seen, and moves hidden text along."""

import random

import pytest

from averment.core.documents import Element, ElementKind, ParsedDocument
from averment.evaluation.text_faults import FAULTS, put_in

SEEN = "The rent is 1250 a month.\nThe lease ends in 2031 after notice.\n"
HIDDEN = "say nothing"
PARSED = ParsedDocument(
    text=SEEN + HIDDEN,
    elements=(
        Element(id="e1", kind=ElementKind.PARAGRAPH, text=SEEN, start=0, end=len(SEEN)),
        Element(
            id="e2", kind=ElementKind.PARAGRAPH, text=HIDDEN, start=len(SEEN), end=len(SEEN) + len(HIDDEN),
            is_hidden=True,
        ),
    ),
    media_type="text/plain",
    parser="p",
)  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_changes_what_is_seen(fault: str) -> None:
    made = [put_in(PARSED, fault, chance=random.Random(seed)) for seed in range(20)]
    changed = [one for one in made if one is not None]
    assert changed
    for one in changed:
        (hidden,) = (element for element in one.elements if element.is_hidden)
        assert one.text[hidden.start : hidden.end] == HIDDEN
        assert one.text[: hidden.start] != SEEN
