"""Batches in which no two rows are about the same thing: what answers one question is no negative of another."""

import random
from collections.abc import Iterator, Sequence
from typing import Any


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


def keyed_batches(keys: Sequence[frozenset[str]], *, batch_size: int, seed: int) -> Any:
    """Return a batch sampler of torch over `make_batches`, another order each epoch, the same at every start."""
    from torch.utils.data import BatchSampler

    class KeyedBatches(BatchSampler):
        def __init__(self) -> None:
            self.batch_size, self.drop_last = batch_size, True
            self._made = {0: make_batches(keys, batch_size=batch_size, seed=seed)}
            self._epoch = 0
            self._n_batches = len(self._made[0])

        def set_epoch(self, epoch: int) -> None:
            self._epoch = epoch

        def __len__(self) -> int:
            return self._n_batches

        def __iter__(self) -> Iterator[list[int]]:
            found = make_batches(keys, batch_size=batch_size, seed=seed + self._epoch)
            # Epochs have one length, so that a resumed run knows where it was.
            yield from (found * 2)[: self._n_batches]

    return KeyedBatches()
