"""Parts documents into those that are trained on and those that are held out, near-duplicates on one side.

Contracts are copies of each other. A model that has seen a template would be measured on the template if questions
were parted, or documents one by one; so documents that share much of their text are parted together. Who comes to
which side follows from a seed and the contents alone, not from names or order.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from averment.core.errors import UsageError
from averment.core.ids import sha256_id

SHINGLE_WORDS: Final = 8
# Documents of which one holds more than this share of the other's runs of eight words are near-duplicates.
NEAR: Final = 0.35
_WORD: Final = re.compile(r"\w+")
# Beyond so many words altogether, only every second, fourth, ... run is looked at.
_MANY_WORDS: Final = 4_000_000
# Of documents that share a run, each is compared with the first few: families are joined through these.
_COMPARED: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Ids of the documents on each side, sorted; `digest` names the split, `n_families` groups of near-duplicates."""

    train: tuple[str, ...]
    held_out: tuple[str, ...]
    n_families: int
    digest: str


def split_documents(texts: Mapping[str, str], *, seed: int, held_out_share: float) -> Split:
    """Part documents.

    Args:
        texts: The text of each document by id.
        seed: Chooses another split of the same documents.
        held_out_share: Share (0-1) of documents to hold out; families are not torn apart to meet it.

    Raises:
        UsageError: The share is out of range, or there are not two documents unlike each other.
    """
    if not 0 < held_out_share < 1:
        raise UsageError(f"the share held out is {held_out_share!r}, expected more than 0 and less than 1")
    digests = {name: hashlib.sha256(text.encode("utf-8", "replace")).hexdigest() for name, text in texts.items()}
    families = near_duplicates(texts)
    if len(families) < 2:
        raise UsageError(
            f"{len(texts)} documents make {len(families)} groups of documents unlike each other, expected 2 or more: "
            "one to train on and one to measure with",
            hint="add documents of other templates",
        )
    ordered = sorted(families, key=lambda family: _order(min(digests[name] for name in family), seed))
    held: list[str] = []
    wanted = max(1, round(held_out_share * len(texts)))
    for place, family in enumerate(ordered):
        is_last = place == len(ordered) - 1
        if len(held) >= wanted or is_last:
            break
        # A family too large for what is left is trained on, unless nothing else could be held out.
        if not held or len(held) + len(family) <= 1.25 * wanted:
            held += family
    train = sorted(frozenset(texts) - frozenset(held))
    lines = [*(f"t {digests[name]}" for name in train), *(f"h {digests[name]}" for name in held)]
    return Split(
        train=tuple(train),
        held_out=tuple(sorted(held)),
        n_families=len(families),
        digest=sha256_id("\n".join(sorted(lines)).encode()),
    )


def near_duplicates(texts: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Return the documents in families of near-duplicates, each sorted; one without its like is a family of its own."""
    every = 1
    while sum(map(len, texts.values())) // 6 > every * _MANY_WORDS:
        every *= 2
    names = sorted(texts)
    runs = {name: shingles(texts[name], every=every) for name in names}
    owners: dict[int, list[str]] = {}
    for name in names:
        for run in runs[name]:
            owners.setdefault(run, []).append(name)
    shared: Counter[tuple[str, str]] = Counter()
    for sharing in owners.values():
        for place, name in enumerate(sharing):
            shared.update((first, name) for first in sharing[: min(place, _COMPARED)])
    pairs = [
        (first, second)
        for (first, second), count in shared.items()
        if count > NEAR * min(len(runs[first]), len(runs[second]))
    ]
    return _joined(names, pairs)


def shingles(text: str, *, every: int = 1) -> frozenset[int]:
    """Return the runs of eight words of a text as numbers; a shorter text is one run.

    Args:
        text: The text; case and punctuation do not count.
        every: Keep about one in so many.
    """
    words = [word.lower() for word in _WORD.findall(text)]
    n_runs = max(1, len(words) - SHINGLE_WORDS + 1)
    found = frozenset(
        int.from_bytes(hashlib.blake2b(run.encode("utf-8", "replace"), digest_size=8).digest(), "big")
        for run in (" ".join(words[start : start + SHINGLE_WORDS]) for start in range(n_runs))
    )
    return found if every == 1 else frozenset(run for run in found if run % every == 0) or found


def _joined(names: Sequence[str], pairs: Iterable[tuple[str, str]]) -> list[tuple[str, ...]]:
    home = {name: name for name in names}

    def root(name: str) -> str:
        while home[name] != name:
            home[name] = home[home[name]]
            name = home[name]
        return name

    for first, second in pairs:
        a, b = sorted((root(first), root(second)))
        home[b] = a
    families: dict[str, list[str]] = {}
    for name in names:
        families.setdefault(root(name), []).append(name)
    return [tuple(family) for family in families.values()]


def _order(digest: str, seed: int) -> str:
    return hashlib.sha256(f"{seed} {digest}".encode()).hexdigest()
