"""The split leaks neither a document nor a template, and follows from seed and contents alone."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.core.errors import UsageError
from averment.pipelines.training.split import NEAR, near_duplicates, shingles, split_documents


def _text(draw: random.Random, n_words: int) -> str:
    return " ".join(f"w{draw.randrange(5_000)}" for _ in range(n_words))


@st.composite
def corpora(draw: st.DrawFn) -> dict[str, str]:
    """Documents of which some are filled-in copies of a template."""
    dice = random.Random(draw(st.integers(0, 10_000)))
    templates = [_text(dice, 120) for _ in range(draw(st.integers(0, 3)))]
    texts = {}
    for number in range(draw(st.integers(3, 14))):
        own = _text(dice, dice.randrange(20, 60))
        template = dice.choice([*templates, ""])
        texts[f"d{number}"] = f"{own} {template}" if template else f"{own} {_text(dice, 80)}"
    return texts


@pytest.mark.slow
@given(corpora(), st.integers(0, 50), st.floats(0.1, 0.6))
def test_no_document_and_no_template_is_on_both_sides(texts: dict[str, str], seed: int, share: float) -> None:
    if len(near_duplicates(texts)) < 2:
        return
    split = split_documents(texts, seed=seed, held_out_share=share)
    assert sorted((*split.train, *split.held_out)) == sorted(texts)
    assert split.train
    assert split.held_out
    runs = {name: shingles(text) for name, text in texts.items()}
    for one in split.train:
        for other in split.held_out:
            assert len(runs[one] & runs[other]) <= NEAR * min(len(runs[one]), len(runs[other]))


@pytest.mark.slow
@given(corpora(), st.integers(0, 50))
def test_order_and_names_do_not_matter(texts: dict[str, str], seed: int) -> None:
    if len(near_duplicates(texts)) < 2:
        return
    split = split_documents(texts, seed=seed, held_out_share=0.3)
    turned = dict(reversed([(f"n{name}", text) for name, text in texts.items()]))
    again = split_documents(turned, seed=seed, held_out_share=0.3)
    assert again.digest == split.digest
    assert {name.removeprefix("n") for name in again.held_out} == set(split.held_out)


def test_another_seed_is_another_split() -> None:
    dice = random.Random(0)
    texts = {f"d{number}": _text(dice, 60) for number in range(40)}
    digests = {split_documents(texts, seed=seed, held_out_share=0.25).digest for seed in range(5)}
    assert len(digests) == 5


def test_the_share_held_out_is_about_what_was_asked() -> None:
    dice = random.Random(0)
    texts = {f"d{number}": _text(dice, 60) for number in range(40)}
    assert len(split_documents(texts, seed=0, held_out_share=0.25).held_out) == 10


def test_copies_of_one_template_cannot_be_split() -> None:
    text = _text(random.Random(1), 200)
    with pytest.raises(UsageError, match="1 groups of documents unlike each other"):
        split_documents({"a": text, "b": text + " more"}, seed=0, held_out_share=0.5)
    with pytest.raises(UsageError, match="expected more than 0"):
        split_documents({"a": text}, seed=0, held_out_share=0.0)


def test_large_families_are_joined_through_their_first_members() -> None:
    template = _text(random.Random(2), 100)
    texts = {f"d{number:02}": f"{template} filled in for {number} by {number * 7}" for number in range(60)}
    texts["other"] = _text(random.Random(3), 100)
    assert sorted(map(len, near_duplicates(texts))) == [1, 60]
