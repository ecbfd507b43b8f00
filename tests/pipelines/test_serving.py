"""Which index serves, and with which embedder."""

from pathlib import Path

import pytest

from averment.core.data_dir import open_data_dir
from averment.core.errors import IndexVersionNotFound, UsageError
from averment.core.settings import IndexSettings, Settings
from averment.core.testing.clock import FixedClock
from averment.pipelines.serving import Indexes
from averment.pipelines.stores.catalog import Catalog
from averment.pipelines.stores.catalog_types import IndexState


def indexes(root: Path, *, index: IndexSettings | None = None) -> tuple[Indexes, Catalog]:
    data_dir = open_data_dir(root / "data")
    catalog = Catalog(f"sqlite:///{data_dir.catalog}")
    settings = Settings(data_dir=root / "data", index=index or IndexSettings())
    return Indexes(settings, data_dir=data_dir, catalog=catalog, clock=FixedClock()), catalog


def test_the_first_index_is_that_of_settings(tmp_path: Path) -> None:
    made, catalog = indexes(tmp_path)
    record = made.serving_record()
    assert (record.name, record.store, record.location, record.state) == ("1", "edge", "index", IndexState.SERVING)
    assert made.serving_record() == record
    assert made.embedder(record).model_id == record.model_id
    assert list(made.others()) == []
    with pytest.raises(IndexVersionNotFound, match="'9'"):
        made.named("9")
    with pytest.raises(UsageError, match="serves"):
        made.drop(record)
    catalog.close()


def test_a_new_one_has_a_place_of_its_own_and_is_gone_once_dropped(tmp_path: Path) -> None:
    made, catalog = indexes(tmp_path)
    record = catalog.add_index(made.new_record(model_path=None))
    assert (record.name, record.location, record.state) == ("2", "index-2", IndexState.BUILDING)
    (other,) = made.others()
    assert other.count() == 0
    assert (tmp_path / "data" / "index-2").is_dir()
    made.drop(record)
    assert not (tmp_path / "data" / "index-2").exists()
    made.close()
    catalog.close()


def test_indexes_of_a_server_are_collections(tmp_path: Path) -> None:
    made, catalog = indexes(tmp_path, index=IndexSettings(backend="server", collection="law"))
    assert (made.serving_record().store, made.serving_record().location) == ("server:law", "law")
    assert made.new_record(model_path=None).location == "law-2"
    catalog.close()
