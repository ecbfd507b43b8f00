"""Which rows of a training make a batch.

Where every row of a batch is a negative of the others, no two rows may be about the same thing: what answers one
question is no negative of another. Elsewhere rows of like length stand together, so that little is padded.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

# Rows are sorted by length among so many batches.
_POOLED: Final = 40


def make_batches(keys: Sequence[frozenset[str]], *, batch_size: int, seed: int) -> list[list[int]]:
    """Return batches of row numbers, each row once at most, no key twice in a batch.

    Rows are shuffled by seed; those that fit no full batch are left out, others next time. Where not even one full
    batch can be made, the largest possible one is.

    Args:
        keys: What each row is about.
        batch_size: Rows of a batch.
        seed: For the order.
    """
    order = list(range(len(keys)))
    random.Random(seed).shuffle(order)
    full: list[list[int]] = []
    open_batches: list[tuple[list[int], set[str]]] = []
    for row in order:
        home = next((entry for entry in open_batches if not entry[1] & keys[row]), None)
        if home is None:
            home = ([], set())
            open_batches.append(home)
        home[0].append(row)
        home[1].update(keys[row])
        if len(home[0]) == batch_size:
            full.append(home[0])
            open_batches.remove(home)
    return full or [max((rows for rows, _ in open_batches), key=len)]


def like_batches(lengths: Sequence[int], *, batch_size: int, seed: int) -> list[list[int]]:
    """Return batches of rows of like length, each row once, in random order.

    Args:
        lengths: How long each row is, in any unit.
        batch_size: Rows of a batch; the last one of each length may be smaller.
        seed: For the order.
    """
    dice = random.Random(seed)
    order = list(range(len(lengths)))
    dice.shuffle(order)
    pool = _POOLED * batch_size
    batches = []
    for start in range(0, len(order), pool):
        rows = sorted(order[start : start + pool], key=lengths.__getitem__)
        batches += [rows[at : at + batch_size] for at in range(0, len(rows), batch_size)]
    dice.shuffle(batches)
    return batches


def batch_sampler(make: Callable[[int], list[list[int]]], *, batch_size: int) -> Any:
    """Return a batch sampler of torch: another order each epoch, the same at every start.

    Args:
        make: Makes the batches of an epoch, numbered from 0.
        batch_size: Rows of a batch.
    """
    from torch.utils.data import BatchSampler

    class Batches(BatchSampler):
        def __init__(self) -> None:
            self.batch_size, self.drop_last = batch_size, True
            self._epoch = 0
            self._n_batches = len(make(0))

        def set_epoch(self, epoch: int) -> None:
            self._epoch = epoch

        def __len__(self) -> int:
            return self._n_batches

        def __iter__(self) -> Iterator[list[int]]:
            # Epochs have one length, so that a resumed run knows where it was.
            yield from (make(self._epoch) * 2)[: self._n_batches]

    return Batches()
