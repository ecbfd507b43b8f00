"""How an index keeps its vectors, and how many points the embedded engine takes.

What an index was built as stands beside it; other options take effect when it is next rebuilt, or with a new
collection on a server.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

Quantization = Literal["int8", "binary", "none"]
# A million chunks at four fifths of it: what `python -m averment.evaluation.bench --only million` goes up to, and what
# memory and time are computed for in docs/explanation/scale.md.
DEFAULT_MAX_POINTS: Final = 1_250_000
# How many points a walk of the graph keeps in view. Copies of one clause are each other's neighbours, and a narrow walk
# does not leave them. Of the ten nearest among 100,000, 300,000 and 1,000,000 chunks made from 50 documents, whatever
# document they are in, the usual 200 found .98, .72 and .36; 600 find 1.0, .84 and .68, for a millisecond or two.
SEARCH_EFFORT: Final = 600
_DISK: Final = "disk"
_MEMORY: Final = "memory"


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexOptions:
    """How vectors and payload are kept.

    Args:
        quantization: `int8` searches the graph on copies of one byte a dimension, `binary` on copies of one bit, and
            both rescore on the originals; `none` searches the originals.
        vectors_on_disk: Read the originals from disk when they are needed instead of keeping them in memory.
        payload_on_disk: Read ids, offsets and filter fields of hits from disk instead of keeping them in memory; what
            filters are decided by stays in memory.
        max_points: How many points the embedded engine takes; a server has no limit of ours.
    """

    quantization: Quantization = "int8"
    vectors_on_disk: bool = False
    payload_on_disk: bool = False
    max_points: int = DEFAULT_MAX_POINTS

    @property
    def oversampling(self) -> float:
        """Return how many times the candidates of the copies are rescored on the originals."""
        return _OVERSAMPLING[self.quantization]

    def built_as(self) -> Mapping[str, str | bool]:
        """Return what of it an index is built with."""
        return {
            "quantization": self.quantization,
            "vectors_on_disk": self.vectors_on_disk,
            "payload_on_disk": self.payload_on_disk,
        }

    def arguments(self) -> list[str]:
        """Write it as arguments of a command."""
        places = (_DISK if is_on_disk else _MEMORY for is_on_disk in (self.vectors_on_disk, self.payload_on_disk))
        return [self.quantization, *places]

    @classmethod
    def from_arguments(cls, quantization: str, vectors: str, payload: str) -> "IndexOptions":
        """Read arguments of a command."""
        kept: Quantization = next(known for known in get_args(Quantization) if known == quantization)
        return cls(quantization=kept, vectors_on_disk=vectors == _DISK, payload_on_disk=payload == _DISK)


# A bit tells so little that three times the candidates are looked at; a byte tells nearly all.
_OVERSAMPLING: Final[Mapping[Quantization, float]] = {"int8": 1.0, "binary": 3.0, "none": 1.0}
STANDARD: Final = IndexOptions()
