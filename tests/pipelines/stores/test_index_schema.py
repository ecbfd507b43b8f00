"""An index says what it was built with."""

import pytest

from averment.core.errors import IndexSchemaMismatch
from averment.core.ports import IndexPoint, SparseVector
from averment.pipelines.stores.index_schema import IndexSchema, check_point

SCHEMA = IndexSchema(model_id="m@1", dimension=3)


def test_what_it_wrote_it_accepts() -> None:
    SCHEMA.check({**SCHEMA.as_json(), "generation": 4}, where="here")


@pytest.mark.parametrize("change", [{"model_id": "m@2"}, {"dimension": 4}, {"format": 1}, {"format": None}])
def test_every_difference_is_named(change: dict[str, object]) -> None:
    with pytest.raises(IndexSchemaMismatch, match=next(iter(change))) as mismatch:
        SCHEMA.check({**SCHEMA.as_json(), **change}, where="here")
    assert set(mismatch.value.details) == {"expected", "got"}


def test_points_of_another_length_are_refused() -> None:
    point = IndexPoint(id="i", dense=[1.0, 2.0], sparse=SparseVector(indices=(), values=()), payload={})
    with pytest.raises(IndexSchemaMismatch, match="has 2 dimensions, the index has 3"):
        check_point(point, SCHEMA)
