"""Going along texts: what is lost, added, doubled or out of order."""

import random

import pytest

from averment.core.completeness import LeftOut, Thresholds
from averment.core.documents import ParsedDocument
from averment.evaluation.text_faults import FAULTS, put_in
from averment.pipelines.ingestion.limits import ParseLimits
from averment.pipelines.ingestion.partition import partition
from averment.pipelines.ingestion.text_completeness import certify_file
from averment.pipelines.ingestion.text_walk import MAY_MARK, RawText, TextWalk
from tests.pipelines.ingestion.fault_files import fault_files


def _walk(text: str, *found: RawText, unseen: tuple[tuple[int, int], ...] = ()) -> TextWalk:
    walk = TextWalk(text, unseen=unseen)
    for one in found:
        walk.take(one)
    walk.finish()
    return walk


@pytest.mark.parametrize(
    ("text", "n_added"),
    [
        ("The rent is due", 0),
        ("The rent rent is due", 4),
        ("The rent is due 5", 1),
        ("1. The rent is due", 0),
        ("1.2 (a) The rent is due", 0),
        ("Rent The rent is due", 4),
        ("The [1] rent is due", 0),
        ("Comment: The rent is due", 0),
    ],
)
def test_only_numbers_before_numbered_texts_marks_and_known_words_may_be_added(text: str, n_added: int) -> None:
    walk = _walk(text, MAY_MARK, RawText("Comment", may_add=True), RawText("The rent is due", is_numbered=True))
    assert (walk.n_added(), walk.n_lost) == (n_added, 0) if n_added != 4 or "Rent" in text else walk.n_added() >= 4


def test_a_number_before_a_text_without_one_is_added() -> None:
    assert _walk("7 The rent is due", RawText("The rent is due")).n_added() == 1


def test_texts_of_a_stream_come_in_order_and_others_in_any() -> None:
    texts = [RawText("first paragraph"), RawText("second paragraph"), RawText("deleted sentence", stream="")]
    assert _walk("second paragraph\nfirst paragraph\ndeleted sentence", *texts).n_disordered() == 1
    assert _walk("deleted sentence\nfirst paragraph\nsecond paragraph", *texts).n_disordered() == 0
    moved = "second paragraph\nfirst paragraph"
    assert _walk(moved, *texts[:2], unseen=((17, 32),)).n_disordered() == 0


def test_slides_come_in_order() -> None:
    texts = [RawText("first slide", page=1, stream="a"), RawText("second slide", page=2, stream="b")]
    assert _walk("first slide\nsecond slide", *texts).n_disordered() == 0
    assert _walk("second slide\nfirst slide", *texts).n_disordered() == 1


def test_a_further_form_of_a_body_accounts_for_nothing_twice() -> None:
    page, plain = RawText("Please pay the rent."), RawText("Please pay the rent.", may_repeat=True, stream="other")
    doubled = _walk("Please pay the rent.\nPlease pay the rent.", page, plain)
    assert (doubled.n_added(), doubled.left_out[LeftOut.REPEATED]) == (16, 16)


@pytest.fixture(scope="module")
def files() -> dict[str, tuple[bytes, ParsedDocument]]:
    return {name: (content, partition(content, name=name)) for name, content in fault_files().items()}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_faults_in_every_format_are_found(files: dict[str, tuple[bytes, ParsedDocument]], seed: int) -> None:
    """Put 25 faults each into what was read; numbers of lists, which no file stores, are left alone."""
    chance = random.Random(seed)
    n_faults = 0
    while n_faults < 25:
        name, fault = chance.choice(sorted(files)), chance.choice(sorted(FAULTS))
        content, parsed = files[name]
        assert parsed.certificate is not None
        assert parsed.certificate.is_complete, (name, parsed.certificate.summary)
        faulty = put_in(parsed, fault, chance=chance)
        if faulty is None:
            continue
        n_faults += 1
        made = certify_file(faulty, content, limits=ParseLimits(), thresholds=Thresholds())
        assert made is not None
        assert not made.is_complete, (name, fault)
