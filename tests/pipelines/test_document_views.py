"""Documents opened for the operator and for those who may read them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from averment.core.access import AccessLabel, Principal
from averment.core.documents import DocumentStatus, DocumentVersion, Element, ElementKind, PageSpan, ParsedDocument
from averment.core.errors import ConfigurationError, DocumentNotFound, UsageError
from averment.core.structure import Amendment, DocumentStructure, FactField, PlacedFact, Section
from averment.core.testing.clock import FixedClock
from averment.pipelines.document_views import DocumentViews, sections_at
from averment.pipelines.stores.blobs import FolderBlobStore
from averment.pipelines.stores.catalog import Catalog
from averment.pipelines.stores.texts import TextStore

ANYONE = Principal(subject="a", groups=("everyone",))
BOARD = Principal(subject="b", groups=("everyone", "board"))
CHANGE = Amendment(kind="amends", title="Lease", start=0, end=4, date="2024-01-02")
Add = Callable[..., str]


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    made = Catalog(f"sqlite:///{tmp_path / 'catalog.sqlite'}", clock=FixedClock())
    yield made
    made.close()


@pytest.fixture
def texts(tmp_path: Path, catalog: Catalog) -> TextStore:
    return TextStore(FolderBlobStore(tmp_path / "blobs"), catalog)


@pytest.fixture
def views(tmp_path: Path, catalog: Catalog, texts: TextStore) -> DocumentViews:
    return DocumentViews(catalog, blobs=FolderBlobStore(tmp_path / "blobs"), texts=texts, max_pages=10)


@pytest.fixture
def add(catalog: Catalog, texts: TextStore) -> Add:
    def add(name: str, text: str, *, readers: tuple[str, ...] = ("everyone",), change: Amendment | None = None) -> str:
        opened = catalog.begin_version(connector="c", source_uri=f"file:///{name}")
        seen = Element(id="e1", kind=ElementKind.PARAGRAPH, text=text[:4], start=0, end=4)
        hidden = Element(
            id="e2", kind=ElementKind.PARAGRAPH, text=text[4:], start=4, end=len(text), is_hidden=True,
            hidden_reason="tiny",
        )  # fmt: skip
        pages = (
            PageSpan(page=1, start=0, end=4, width=9, height=9),
            PageSpan(page=2, start=4, end=len(text), width=9, height=9),
        )
        parsed = ParsedDocument(text=text, elements=(seen, hidden), pages=pages, media_type="text/plain", parser="p")
        party = PlacedFact(field=FactField.PARTY, value="Halden AG", start=0, end=4)
        structure = DocumentStructure(facts=(party,), amendments=(change,) if change else ())
        stored = texts.save_structure(texts.save(parsed), structure)
        version = DocumentVersion(
            document_id=opened.document_id, source_uri=f"file:///{name}", content_hash="sha256:c",
            text_hash=stored.text_hash, version=opened.version, media_type="text/plain", kind="contract",
            title="Lease", access=AccessLabel(readers=readers), status=DocumentStatus.READY, revision="r",
            connector="c", size_bytes=4, parties=("Halden AG",), document_date="2024-01-02", n_chunks=0,
        )  # fmt: skip
        catalog.commit_ready(version, chunks=[], text=stored, structure=structure)
        return opened.document_id

    return add


def test_a_text_is_opened_with_its_pages_and_what_it_hides(views: DocumentViews, add: Add) -> None:
    identity = add("a.txt", "Rent is due.")
    opened = views.text("a.txt")
    assert (opened.document.document_id, opened.text) == (identity, "Rent is due.")
    assert [opened.page_at(offset) for offset in (0, 3, 4, 99)] == [1, 1, 2, None]
    assert [element.text for element in views.hidden(opened)] == [" is due."]
    assert views.cells(opened) == ()


def test_an_older_text_is_opened_by_its_hash_and_no_other_documents(views: DocumentViews, add: Add) -> None:
    add("a.txt", "Rent is due.")
    first = views.text("a.txt").text_hash
    add("a.txt", "Rent was due.")
    other = add("b.txt", "Other words")
    assert views.text("a.txt").text == "Rent was due."
    assert views.text("a.txt", text_hash=first).text == "Rent is due."
    with pytest.raises(DocumentNotFound, match="has no text"):
        views.text(other, text_hash=first)


def test_who_may_not_read_a_document_finds_none(views: DocumentViews, add: Add) -> None:
    identity = add("a.txt", "Rent is due.", readers=("board",))
    assert views.find(identity, principal=BOARD).document_id == identity
    for look in (views.find, views.text, views.structure):
        with pytest.raises(DocumentNotFound):
            look(identity, principal=ANYONE)


def test_a_document_without_a_text_says_where_to_look(views: DocumentViews, catalog: Catalog) -> None:
    opened = catalog.begin_version(connector="c", source_uri="file:///new.txt")
    with pytest.raises((ConfigurationError, DocumentNotFound)):
        views.text(opened.document_id)


def test_an_amendment_names_what_it_changes_to_those_alone_who_may_read_that(views: DocumentViews, add: Add) -> None:
    base = add("base.txt", "Rent is due.", readers=("board",))
    change = add("change.txt", "Rent is void.", change=CHANGE)
    (known,) = views.structure(change, principal=BOARD)[2]
    assert (known.other_id, known.direction) == (base, "changes")
    (unknown,) = views.structure(change, principal=ANYONE)[2]
    assert (unknown.other_id, unknown.other_title, unknown.amendment) == (None, None, CHANGE)


SECTIONS = (
    Section(title="I", level=0, start=2),
    Section(title="1", level=1, start=5),
    Section(title="2", level=1, start=9),
    Section(title="II", level=0, start=15),
)


@pytest.mark.parametrize(
    ("offset", "spans"),
    [
        (0, []),
        (2, [("I", 2, 15)]),
        (5, [("I", 2, 15), ("1", 5, 9)]),
        (14, [("I", 2, 15), ("2", 9, 15)]),
        (15, [("II", 15, 20)]),
    ],
)
def test_an_offset_lies_in_its_section_and_those_around_it(offset: int, spans: list[tuple[str, int, int]]) -> None:
    found = sections_at(SECTIONS, offset, n_chars=20)
    assert [(section.title, section.start, section.end) for section in found] == spans


def test_a_span_outside_the_text_is_refused_and_a_hidden_document_is_not_there(views: DocumentViews, add: Add) -> None:
    identity = add("a.txt", "Rent is due.", readers=("board",))
    assert views.surroundings(identity, start=0, end=4, principal=BOARD).sections == ()
    for start, end, n in ((0, 99, 1), (4, 4, 1), (5, 3, 1), (-1, 3, 1), (0, 4, 99)):
        with pytest.raises(UsageError):
            views.surroundings(identity, start=start, end=end, n=n, principal=BOARD)
    with pytest.raises(DocumentNotFound):
        views.surroundings(identity, start=0, end=4, principal=ANYONE)


def test_what_changes_a_document_is_not_hinted_at(views: DocumentViews, add: Add) -> None:
    base = add("base.txt", "Rent is due.")
    add("change.txt", "Rent is void.", readers=("board",), change=CHANGE)
    assert [link.direction for link in views.structure(base, principal=BOARD)[2]] == ["changed_by"]
    assert views.structure(base, principal=ANYONE)[2] == ()
    assert [fact.value for fact in views.structure(base, principal=ANYONE)[1].facts] == ["Halden AG"]
