"""Texts and layouts from the store: cut exactly, found through the catalog, kept within bounds."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from averment.core.documents import Element, ElementKind, PageSpan, ParsedDocument, Words
from averment.core.errors import StoreError
from averment.core.ids import text_hash
from averment.core.structure import DefinedTerm, DocumentStructure
from averment.pipelines.stores.blobs import FolderBlobStore
from averment.pipelines.stores.catalog_types import StoredText, TextVersion
from averment.pipelines.stores.texts import TextStore

TEXT = "Erste Seite: für 10 €.\fZweite Seite 🙂 Ende"


class Versions:
    """What a catalog knows of texts."""

    def __init__(self, known: Mapping[str, StoredText] | None = None) -> None:
        self.known = dict(known or {})

    def text_version(self, text_hash: str, *, document_id: str | None = None) -> TextVersion | None:
        stored = self.known.get(document_id or "latest")
        if stored is None or stored.text_hash != text_hash:
            return None
        return TextVersion(
            document_id=document_id or "d",
            text_hash=text_hash,
            layout_hash=stored.layout_hash,
            parser=stored.parser,
            n_chars=stored.n_chars,
            created_at=datetime(2026, 1, 1, tzinfo=UTC),
            structure_hash=stored.structure_hash,
        )


def parsed(text: str = TEXT, *, width: float = 595) -> ParsedDocument:
    cut = text.find("\f") + 1 or len(text)
    words = Words()
    for name, value in zip(("starts", "ends", "pages", "x0", "y0", "x1", "y1"), (0, 5, 1, 1, 2, 3, 4), strict=True):
        getattr(words, name).append(value)
    return ParsedDocument(
        text=text,
        elements=(Element(id="e1", kind=ElementKind.PARAGRAPH, text=text[:5], start=0, end=5),),
        pages=(
            PageSpan(page=1, start=0, end=cut, width=width, height=842),
            PageSpan(page=2, start=cut, end=len(text), width=width, height=842),
        ),
        words=words,
        media_type="application/pdf",
        parser="test/1",
    )


@pytest.fixture
def blobs(tmp_path: Path) -> FolderBlobStore:
    return FolderBlobStore(tmp_path)


def test_a_saved_text_is_cut_in_code_points(blobs: FolderBlobStore) -> None:
    versions = Versions()
    texts = TextStore(blobs, versions)
    stored = texts.save(parsed())
    assert stored.text_hash == text_hash(TEXT)
    assert (stored.n_chars, stored.parser) == (len(TEXT), "test/1")
    fresh = TextStore(blobs, versions)
    assert fresh.text(stored.text_hash) == TEXT
    for start in range(len(TEXT)):
        assert fresh.cut(stored.text_hash, start, start + 1) == TEXT[start]
    assert fresh.cut(stored.text_hash, 3, 3) == ""
    for start, end in ((-1, 3), (0, len(TEXT) + 1), (5, 4)):
        with pytest.raises(StoreError, match="not within the text"):
            fresh.cut(stored.text_hash, start, end)


def test_pages_boxes_and_elements_come_from_the_layout(blobs: FolderBlobStore) -> None:
    versions = Versions()
    texts = TextStore(blobs, versions)
    versions.known["latest"] = texts.save(parsed())
    hash_ = text_hash(TEXT)
    assert [page.page for page in texts.pages(hash_)] == [1, 2]
    assert (texts.page_at(hash_, 0), texts.page_at(hash_, len(TEXT) - 1)) == (1, 2)
    assert [box.page for box in texts.boxes(hash_, 0, 3)] == [1]
    assert texts.elements(hash_)[0].text == "Erste"
    assert texts.cells(hash_) == ()
    assert len(texts.words(hash_)) == 1


def test_the_same_text_on_other_pages_is_told_apart_by_document(blobs: FolderBlobStore) -> None:
    versions = Versions()
    texts = TextStore(blobs, versions)
    versions.known = {"a": texts.save(parsed(width=100)), "b": texts.save(parsed(width=200))}
    hash_ = text_hash(TEXT)
    assert texts.pages(hash_, document_id="a")[0].width == 100
    assert texts.pages(hash_, document_id="b")[0].width == 200
    with pytest.raises(StoreError, match="knows no layout"):
        texts.pages(hash_)


def test_what_is_missing_is_named(blobs: FolderBlobStore) -> None:
    texts = TextStore(blobs, Versions())
    with pytest.raises(StoreError, match="no blob"):
        texts.text(text_hash("never stored"))
    with pytest.raises(StoreError, match="in document 'd7'") as missing:
        texts.boxes(text_hash("never stored"), 0, 1, document_id="d7")
    assert missing.value.hint


def test_memory_is_bounded_and_can_be_emptied(blobs: FolderBlobStore) -> None:
    texts = TextStore(blobs, Versions(), kept_chars=25)
    hashes = [texts.save(parsed(letter * 10)).text_hash for letter in "abc"]
    for hash_ in hashes:
        texts.text(hash_)
    blobs.delete(hashes[0])
    blobs.delete(hashes[2])
    assert texts.text(hashes[2]) == "c" * 10, "still in memory"
    with pytest.raises(StoreError, match="no blob"):
        texts.text(hashes[0])
    texts.forget(hashes[2])
    with pytest.raises(StoreError, match="no blob"):
        texts.text(hashes[2])


def test_a_structure_is_claimed_before_it_is_stored_and_read_with_its_text(blobs: FolderBlobStore) -> None:
    versions = Versions()
    texts = TextStore(blobs, versions)
    stored = texts.save(parsed())
    before = set(blobs.keys())
    claimed: list[str] = []

    def claim(keys: Sequence[str]) -> None:
        assert set(blobs.keys()) == before
        claimed.extend(keys)

    term = DefinedTerm(term="Seite", start=6, end=11, definition_start=13, definition_end=22)
    versions.known["latest"] = texts.save_structure(stored, DocumentStructure(terms=(term,)), claim=claim)
    assert set(blobs.keys()) - before == set(claimed) == {versions.known["latest"].structure_hash}
    assert texts.structure(stored.text_hash).terms == (term,)
    for nothing in (None, text_hash("never stored")):
        assert texts.structure(nothing) == DocumentStructure()
