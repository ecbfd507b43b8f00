"""How an index keeps its vectors, and how many points the embedded engine takes.

What an index was built as stands beside it; other options take effect when it is next rebuilt, or with a new
collection on a server.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Quantization = Literal["int8", "none"]
DEFAULT_MAX_POINTS: Final = 2_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexOptions:
    """How vectors are kept.

    Args:
        quantization: `int8` searches the graph on copies of one byte a dimension and rescores on the originals;
            `none` searches the originals.
        vectors_on_disk: Read the originals from disk when they are needed instead of keeping them in memory.
        max_points: How many points the embedded engine takes; a server has no limit of ours.
    """

    quantization: Quantization = "int8"
    vectors_on_disk: bool = False
    max_points: int = DEFAULT_MAX_POINTS

    def built_as(self) -> Mapping[str, str | bool]:
        """Return what of it an index is built with."""
        return {"quantization": self.quantization, "vectors_on_disk": self.vectors_on_disk}

    def arguments(self) -> list[str]:
        """Write it as arguments of a command."""
        return [self.quantization, "disk" if self.vectors_on_disk else "memory"]

    @classmethod
    def from_arguments(cls, quantization: str, place: str) -> "IndexOptions":
        """Read arguments of a command."""
        return cls(quantization="none" if quantization == "none" else "int8", vectors_on_disk=place == "disk")


STANDARD: Final = IndexOptions()
