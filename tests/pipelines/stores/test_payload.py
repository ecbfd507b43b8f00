"""What a point carries, and that it comes back."""

from collections.abc import Callable

import pytest

from averment.core.access import AccessLabel
from averment.core.documents import ChunkMeta, DocumentVersion
from averment.core.errors import IndexStoreError
from averment.core.ids import point_id
from averment.core.ports import SparseVector
from averment.pipelines.stores.payload import document_payload, from_payload, index_point, to_payload, with_section

MakeDocument = Callable[..., DocumentVersion]
MakeChunks = Callable[..., list[ChunkMeta]]


def test_a_chunk_comes_back_from_its_payload(make_document: MakeDocument, make_chunks: MakeChunks) -> None:
    document = make_document(
        access=AccessLabel(tenant="t", readers=("a", "b"), classification="secret"), parties=("Acme",), tags=()
    )
    chunk = make_chunks(document)[1]
    payload = to_payload(chunk, document)
    assert with_section(from_payload(payload), chunk.section) == chunk
    assert payload["party"] == ["acme"]
    assert payload["tag"] == []
    assert "issuer" not in payload
    assert None not in payload.values()


def test_nothing_of_the_text_is_in_it(make_document: MakeDocument, make_chunks: MakeChunks) -> None:
    document = make_document(title="Secret Title")
    written = str(to_payload(make_chunks(document)[0], document))
    assert "Secret Title" not in written
    assert "1. Section" not in written


def test_a_point_is_named_by_its_chunk(make_document: MakeDocument, make_chunks: MakeChunks) -> None:
    document = make_document()
    chunk = make_chunks(document)[0]
    point = index_point(chunk, document, dense=[1.0], sparse=SparseVector(indices=(1,), values=(1.0,)))
    assert point.id == point_id(chunk.chunk_id)
    assert document_payload(document).items() <= dict(point.payload).items()


@pytest.mark.parametrize("field", ["chunk_id", "start", "tenant", "readers", "pipeline_version"])
def test_a_foreign_payload_is_an_error_of_ours(
    make_document: MakeDocument, make_chunks: MakeChunks, field: str
) -> None:
    document = make_document()
    payload = dict(to_payload(make_chunks(document)[0], document))
    for broken in ({**payload, field: None}, {key: value for key, value in payload.items() if key != field}):
        with pytest.raises(IndexStoreError, match=field):
            from_payload(broken)
