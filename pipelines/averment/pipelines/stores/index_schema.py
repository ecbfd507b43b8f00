"""What an index was built with, so that vectors of another embedder never meet it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final

from averment.core.errors import IndexSchemaMismatch
from averment.core.ports import IndexPoint

# 2: what documents are called has a sparse vector of its own.
INDEX_FORMAT: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexSchema:
    """The embedder, the length of its vectors, and the format of points."""

    model_id: str
    dimension: int
    format: int = INDEX_FORMAT

    def as_json(self) -> dict[str, str | int]:
        """Return the fields for a file or a collection's metadata."""
        return asdict(self)

    def check(self, found: Mapping[str, object], *, where: str) -> None:
        """Compare with what an index says of itself.

        Raises:
            IndexSchemaMismatch: Something differs; the message names every difference.
        """
        expected = self.as_json()
        differing = [name for name in expected if found.get(name) != expected[name]]
        if differing:
            words = ", ".join(f"{name} is {found.get(name)!r}, expected {expected[name]!r}" for name in differing)
            raise IndexSchemaMismatch(
                f"the search index {where!r} was built otherwise: {words}",
                hint="set the embedder it was built with, or delete the index and run averment ingest --full",
                details={"expected": str(expected), "got": str({name: found.get(name) for name in expected})},
            )


def check_point(point: IndexPoint, schema: IndexSchema) -> None:
    """Refuse a point whose dense vector has another length.

    Raises:
        IndexSchemaMismatch: It has.
    """
    if len(point.dense) != schema.dimension:
        raise IndexSchemaMismatch(
            f"point {point.id!r} has {len(point.dense)} dimensions, the index has {schema.dimension}",
            hint="the embedder and the index do not belong together",
            details={"expected": schema.dimension, "got": len(point.dense)},
        )
