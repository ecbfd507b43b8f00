"""Planted errors: one place is wrong, the same for the same key, and the answer itself is left alone."""

import json
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from averment.compliance.oversight.planting import choose_kind, kinds_of, plant
from averment.core.jsonable import to_json
from averment.core.testing.backend import an_answer

ANSWER = cast("dict[str, Any]", to_json(an_answer()))
KEYS = st.text("0123456789abcdef-", min_size=1, max_size=36)


def differing(before: object, after: object, path: str = "") -> list[str]:
    """Return the places at which two JSON values differ."""
    if isinstance(before, dict) and isinstance(after, dict):
        names = sorted({*before, *after})
        return [found for name in names for found in differing(before.get(name), after.get(name), f"{path}/{name}")]
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        pairs = enumerate(zip(before, after, strict=True))
        return [found for place, (one, other) in pairs for found in differing(one, other, f"{path}/{place}")]
    return [] if before == after else [path]


@given(key=KEYS)
def test_a_figure_is_wrong_by_a_digit_and_keeps_its_length(key: str) -> None:
    copy = cast("dict[str, Any]", plant(ANSWER, kind="figure", key=key))
    assert copy == plant(ANSWER, kind="figure", key=key)
    texts = [(s["text"], t["text"]) for s, t in zip(ANSWER["sentences"], copy["sentences"], strict=True)]
    ((before, after),) = [pair for pair in texts if pair[0] != pair[1]]
    assert len(before) == len(after)
    assert sum(one != other for one, other in zip(before, after, strict=True)) == 1
    assert after in copy["text"]
    assert before not in copy["text"]


@given(key=KEYS)
def test_a_citation_names_another_place_and_nothing_else_changes(key: str) -> None:
    changed = differing(ANSWER, plant(ANSWER, kind="citation", key=key))
    assert changed
    assert {place.rsplit("/", 1)[-1] for place in changed} <= {"start", "end", "page", "boxes"}
    assert len({place.rsplit("/", 1)[0] for place in changed}) == 1


def test_a_citation_takes_the_place_of_another_document_where_the_answer_has_one() -> None:
    answer = json.loads(json.dumps(ANSWER))
    answer["sentences"][1]["claim"]["citations"][0] |= {"document_id": "d2", "start": 90, "title": "b.pdf"}
    copy = cast("dict[str, Any]", plant(answer, kind="citation", key="k"))
    titles = {sentence["claim"]["citations"][0]["title"] for sentence in copy["sentences"][:2]}
    assert titles in ({"a.pdf"}, {"b.pdf"})


def test_the_answer_is_left_as_it_was() -> None:
    before = json.dumps(ANSWER)
    plant(ANSWER, kind="figure", key="k")
    plant(ANSWER, kind="citation", key="k")
    assert json.dumps(ANSWER) == before


def test_an_answer_without_claims_is_no_test() -> None:
    abstention = {**ANSWER, "sentences": [ANSWER["sentences"][2]]}
    assert kinds_of(abstention) == ()
    assert choose_kind(abstention, key="k") is None
    assert {choose_kind(ANSWER, key=str(number)) for number in range(20)} == {"figure", "citation"}
