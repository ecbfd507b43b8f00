"""How full the embedded index is, and what it was built with, seen from outside."""

from pathlib import Path

import pytest

from averment.core.data_dir import DATA_FORMAT, DataDir
from averment.pipelines.stores.index_room import WAY_TO_A_SERVER, look_at_index, nearly_full


@pytest.mark.parametrize(("n_points", "is_said"), [(0, False), (79, False), (80, True), (100, True), (101, True)])
def test_four_fifths_are_nearly_full(n_points: int, is_said: bool) -> None:
    said = nearly_full(n_points, 100)
    assert (said is not None) == is_said
    if said:
        assert f"{n_points} of at most 100" in said


def test_the_way_on_names_the_settings() -> None:
    assert all(f"index.{name}" in WAY_TO_A_SERVER for name in ("backend", "url", "max_embedded_points"))


def test_where_there_is_no_catalog_there_is_nothing_to_see(tmp_path: Path) -> None:
    data_dir = DataDir(root=tmp_path, format=DATA_FORMAT)
    assert look_at_index(data_dir) is None
    data_dir.catalog.write_bytes(b"no database at all, only text that stands in its place")
    assert look_at_index(data_dir) is None
    assert [entry.name for entry in tmp_path.iterdir()] == ["catalog.sqlite"]
