"""Metadata with places and amendments in the catalog."""

import pytest

from averment.core.access import AccessLabel
from averment.core.ids import text_hash
from averment.core.structure import Amendment, DocumentStructure, FactField, PlacedFact
from averment.pipelines.stores import catalog_structure
from averment.pipelines.stores.catalog import Catalog
from averment.pipelines.stores.catalog_types import StoredText
from tests.pipelines.stores.conftest import MakeChunks, MakeDocument

PARTIES = ("Halden AG", "Opal GmbH")
CHANGE = Amendment(
    kind="amends", title="Supply Agreement", start=30, end=46, date="2021-03-03", effective_date="2022-06-01"
)


class Shelf:
    """Adds documents with their structure."""

    def __init__(self, catalog: Catalog, document: MakeDocument, chunks: MakeChunks) -> None:
        self.catalog, self._document, self._chunks = catalog, document, chunks

    def add(
        self,
        name: str,
        title: str,
        *,
        date: str,
        amendments: tuple[Amendment, ...] = (),
        parties: tuple[str, ...] = PARTIES,
        tenant: str = "default",
    ) -> str:
        opened = self.catalog.begin_version(connector="files", source_uri=f"file:///{name}")
        document = self._document(
            document_id=opened.document_id,
            version=opened.version,
            source_uri=f"file:///{name}",
            title=title,
            parties=parties,
            document_date=date,
            text_hash=text_hash(name),
            access=AccessLabel(tenant=tenant),
        )
        facts = tuple(PlacedFact(field=FactField.PARTY, value=party, start=1, end=5, page=2) for party in parties)
        text = StoredText(
            text_hash=text_hash(name),
            layout_hash="sha256:" + "1" * 64,
            parser="p",
            n_chars=4,
            structure_hash="sha256:s",
        )
        self.catalog.commit_ready(
            document,
            chunks=self._chunks(document),
            text=text,
            structure=DocumentStructure(facts=facts, amendments=amendments),
        )
        return opened.document_id


@pytest.fixture
def shelf(catalog: Catalog, make_document: MakeDocument, make_chunks: MakeChunks) -> Shelf:
    return Shelf(catalog, make_document, make_chunks)


def test_facts_are_those_of_the_current_version_in_order(shelf: Shelf) -> None:
    first = shelf.add("base", "Supply Agreement", date="2021-03-03")
    assert [fact.value for fact in shelf.catalog.facts(first)] == list(PARTIES)
    assert shelf.catalog.facts(first)[0] == PlacedFact(field=FactField.PARTY, value="Halden AG", start=1, end=5, page=2)
    again = shelf.add("base", "Supply Agreement", date="2021-03-03", parties=("Birch LLC",))
    assert again == first
    assert [fact.value for fact in shelf.catalog.facts(first)] == ["Birch LLC"]
    version = shelf.catalog.text_version(text_hash("base"))
    assert version is not None
    assert version.structure_hash == "sha256:s"


@pytest.mark.parametrize("is_base_first", [True, False])
def test_an_amendment_and_what_it_changes_find_each_other(shelf: Shelf, is_base_first: bool) -> None:
    ids: dict[str, str] = {}
    for name in ("base", "change") if is_base_first else ("change", "base"):
        if name == "base":
            ids[name] = shelf.add(name, "SUPPLY AGREEMENT", date="2021-03-03", parties=("HALDEN AG", "OPAL GMBH"))
        else:
            ids[name] = shelf.add(name, "Amendment No. 1", date="2022-05-02", amendments=(CHANGE,))
    (link,) = shelf.catalog.amendments(ids["change"])
    assert (link.direction, link.other_id, link.amendment) == ("changes", ids["base"], CHANGE)
    (back,) = shelf.catalog.amendments(ids["base"])
    assert (back.direction, back.other_id, back.amendment.effective_date) == ("changed_by", ids["change"], "2022-06-01")


def test_a_document_that_left_or_belongs_to_another_tenant_is_not_pointed_to(shelf: Shelf) -> None:
    base = shelf.add("base", "Supply Agreement", date="2021-03-03")
    change = shelf.add("change", "Amendment No. 1", date="2022-05-02", amendments=(CHANGE,))
    shelf.catalog.mark_deleted(base)
    shelf.add("foreign", "Supply Agreement", date="2021-03-03", tenant="other")
    (link,) = shelf.catalog.amendments(change)
    assert (link.other_id, link.other_title) == (None, None)


def test_contracts_of_the_same_house_with_others_do_not_crowd_out_what_changes_one(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalog_structure, "_MAX_CANDIDATES", 3)
    base = shelf.add("base", "Supply Agreement", date="2021-03-03")
    for number in range(5):
        shelf.add(
            f"other{number}", "Supply Agreement", date="2020-01-01", parties=("Halden AG", f"Buyer {number} Inc.")
        )
    change = shelf.add("change", "Amendment No. 1", date="2022-05-02", amendments=(CHANGE,))
    assert [link.other_id for link in shelf.catalog.amendments(base)] == [change]
    assert [link.other_id for link in shelf.catalog.amendments(change)] == [base]


def test_an_unknown_document_has_neither(catalog: Catalog) -> None:
    assert (catalog.facts("none"), catalog.amendments("none")) == ((), ())


def test_forgetting_a_document_names_the_blob_of_its_structure(shelf: Shelf) -> None:
    base = shelf.add("base", "Supply Agreement", date="2021-03-03")
    assert "sha256:s" in shelf.catalog.forget_document(base)
    assert shelf.catalog.facts(base) == ()
