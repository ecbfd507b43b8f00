"""A fixed sample of a benchmark: every type of question in proportion, by seed, the same for every arm and run."""

import random
from collections.abc import Sequence

from averment.evaluation.pack import PackQuestion


def choose(questions: Sequence[PackQuestion], limit: int | None, *, seed: int) -> list[PackQuestion]:
    """Return at most `limit` questions in their order, all without a limit.

    Types share the sample by size, each at least one question where the limit allows. A larger sample of
    the same seed holds a smaller one's questions of each type whose share did not shrink.
    """
    if limit is None or limit >= len(questions):
        return list(questions)
    by_type: dict[str, list[PackQuestion]] = {}
    for question in questions:
        by_type.setdefault(question.type, []).append(question)
    chosen: set[str] = set()
    for kind, count in _shares({kind: len(rows) for kind, rows in by_type.items()}, limit).items():
        order = sorted(by_type[kind], key=lambda question: question.id)
        random.Random(f"{seed} {kind}").shuffle(order)
        chosen |= {question.id for question in order[:count]}
    return [question for question in questions if question.id in chosen]


def _shares(sizes: dict[str, int], limit: int) -> dict[str, int]:
    """Share `limit` places among types by size: the next place goes where most of one is missing, none stays empty."""
    total = sum(sizes.values())
    shares = dict.fromkeys(sizes, 1 if limit >= len(sizes) else 0)
    while sum(shares.values()) < limit:
        open_ = [kind for kind in sizes if shares[kind] < sizes[kind]]
        shares[max(open_, key=lambda kind: (limit * sizes[kind] / total - shares[kind], kind))] += 1
    return shares
