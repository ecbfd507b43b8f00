"""Which index serves, and with which embedder."""

import shutil
from pathlib import Path

import pytest

from averment.core.data_dir import open_data_dir
from averment.core.errors import ConfigurationError, IndexVersionNotFound, UsageError
from averment.core.settings import EmbeddingSettings, IndexSettings, RetrievalSettings, Settings
from averment.core.testing.clock import FixedClock
from averment.pipelines.ingestion.embedder_folder import packaged_model_path
from averment.pipelines.retrieval.encoding import SparseQueryEncoder
from averment.pipelines.serving import Indexes, encoder_ids
from averment.pipelines.stores.catalog import Catalog
from averment.pipelines.stores.catalog_types import IndexState

from .models.tiny_sparse_encoder import make_sparse_encoder


def indexes(
    root: Path,
    *,
    index: IndexSettings | None = None,
    retrieval: RetrievalSettings | None = None,
    embedding: EmbeddingSettings | None = None,
) -> tuple[Indexes, Catalog]:
    data_dir = open_data_dir(root / "data")
    catalog = Catalog(f"sqlite:///{data_dir.catalog}")
    settings = Settings(
        data_dir=root / "data",
        index=index or IndexSettings(),
        retrieval=retrieval or RetrievalSettings(),
        embedding=embedding or EmbeddingSettings(),
    )
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


@pytest.mark.slow
def test_a_sparse_encoder_is_part_of_what_an_index_was_built_with(tmp_path: Path) -> None:
    """Settings that name one build the next index with it; the index that serves stays as it was built."""
    folder = make_sparse_encoder(tmp_path / "tiny")
    plain, catalog = indexes(tmp_path)
    first = plain.serving_record()
    plain.close()
    catalog.close()
    made, catalog = indexes(tmp_path, retrieval=RetrievalSettings(sparse_encoder_path=folder))
    serving = made.serving()
    assert serving.record == first
    assert serving.learned is None
    assert not isinstance(serving.query_encoder, SparseQueryEncoder)
    record = catalog.add_index(made.new_record(model_path=None))
    learned = made.sparse_encoder(record)
    assert learned is not None
    assert encoder_ids(record.model_id) == (first.model_id, learned.model_id)
    assert record.pipeline_version != first.pipeline_version
    assert made.embedder(record).model_id == first.model_id
    made.close()
    catalog.close()
    without, catalog = indexes(tmp_path)
    with pytest.raises(ConfigurationError, match="was built with the sparse encoder 'tiny@sha256:"):
        without.sparse_encoder(record)
    without.close()
    catalog.close()


@pytest.mark.slow
def test_an_index_is_searched_with_its_own_embedder_or_not_at_all(tmp_path: Path) -> None:
    """Settings may name another model by now; a folder that holds another one by now is an error that names both."""
    other = tmp_path / "other"
    shutil.copytree(packaged_model_path(), other)
    tokenizer = other / "tokenizer.json"
    tokenizer.write_text(tokenizer.read_text() + "\n")
    first, catalog = indexes(tmp_path)
    record = first.serving_record()
    first.close()
    catalog.close()
    made, catalog = indexes(tmp_path, embedding=EmbeddingSettings(model_path=other))
    assert made.embedder(record).model_id == record.model_id
    second = made.new_record(model_path=None)
    assert second.model_id != record.model_id
    tokenizer.write_text(tokenizer.read_text() + "\n")
    made, catalog = indexes(tmp_path)
    with pytest.raises(ConfigurationError, match="was built with") as error:
        made.embedder(second)
    assert second.model_id in str(error.value)
    catalog.close()
