from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from averment.evaluation.answers.sampling import choose
from averment.evaluation.pack import PackQuestion


def questions(sizes: dict[str, int]) -> list[PackQuestion]:
    return [
        PackQuestion(id=f"{kind}-{number}", question="?", doc_ids=(), scope="corpus", gold=(), type=kind, category=kind)
        for kind, size in sizes.items()
        for number in range(size)
    ]


@given(
    sizes=st.dictionaries(st.sampled_from("abcde"), st.integers(1, 40), min_size=1),
    limit=st.integers(1, 60),
    seed=st.integers(0, 3),
)
def test_types_share_the_sample_in_proportion(sizes: dict[str, int], limit: int, seed: int) -> None:
    everything = questions(sizes)
    chosen = choose(everything, limit, seed=seed)
    total = len(everything)
    assert len(chosen) == min(limit, total)
    assert [one for one in everything if one in chosen] == chosen
    assert chosen == choose(everything, limit, seed=seed)
    found = Counter(one.type for one in chosen)
    for kind, size in sizes.items():
        assert found[kind] <= size
        if limit >= len(sizes):
            assert found[kind] >= 1
            assert found[kind] <= limit * size / total + 1


def test_another_seed_chooses_others() -> None:
    everything = questions({"a": 40, "b": 40})
    assert choose(everything, 10, seed=1) != choose(everything, 10, seed=2)
    assert choose(everything, None, seed=1) == everything
