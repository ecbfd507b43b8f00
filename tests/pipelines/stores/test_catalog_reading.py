"""Reading the catalog: what a principal sees, filters, references, lists."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from averment.core.access import AccessLabel, Filters, Principal
from averment.core.documents import DocumentVersion
from averment.core.errors import DocumentNotFound, UsageError
from averment.core.ids import text_hash
from averment.core.testing.clock import FixedClock
from averment.pipelines.stores.catalog import Catalog

Add = Callable[..., DocumentVersion]


def somebody(*groups: str, tenant: str = "default") -> Principal:
    return Principal(subject="s", groups=groups, tenant=tenant)


def test_only_the_tenants_documents_of_ones_groups_are_visible(catalog: Catalog, add: Add) -> None:
    everyone = add("file:///a.pdf")
    secret = add("file:///b.pdf", access=AccessLabel(readers=("hr", "board")))
    nobody = add("file:///c.pdf", access=AccessLabel(readers=()))
    foreign = add("file:///d.pdf", access=AccessLabel(tenant="other"))
    assert [d.document_id for d in catalog.visible(somebody("everyone"))] == [everyone.document_id]
    assert [d.document_id for d in catalog.visible(somebody("hr"))] == [secret.document_id]
    assert catalog.visible(somebody("everyone", "board")) == sorted([everyone, secret], key=lambda d: d.document_id)
    assert catalog.count_visible(somebody("everyone", "board")) == 2
    assert catalog.any_visible(somebody("everyone"))
    assert [d.document_id for d in catalog.visible(somebody("everyone", tenant="other"))] == [foreign.document_id]
    for empty in (somebody(), somebody(""), somebody("everyone", tenant="")):
        assert catalog.visible(empty) == []
        assert catalog.count_visible(empty) == 0
        assert not catalog.any_visible(empty)
    assert nobody.document_id in {d.document_id for d in catalog.list_documents().items}


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (Filters(), {"a", "b"}),
        (Filters(party=("  acme   CORP ",)), {"a"}),
        (Filters(party=("Acme Corp", "Beta GmbH")), {"a", "b"}),
        (Filters(party=("Acme",)), set()),
        (Filters(party=("",)), set()),
        (Filters(file_name=("a.pdf",)), {"a"}),
        (Filters(file_name=("A.pdf",)), set()),
        (Filters(source_uri=("file:///b.pdf",)), {"b"}),
        (Filters(kind=("filing",)), {"b"}),
        (Filters(kind=("filing",), party=("acme corp",)), set()),
        (Filters(media_type=("application/pdf",)), {"a", "b"}),
        (Filters(issuer=("beta gmbh",), form_type=("10-q",), period=("2024-q1",)), {"b"}),
        (Filters(tag=("MSA",)), {"a"}),
        (Filters(date_from="2024-01-01"), {"b"}),
        (Filters(date_from="2024-03-31", date_to="2024-03-31"), {"b"}),
        (Filters(date_to="2023-12-31"), set()),
        (Filters(document_id=("nothing",)), set()),
    ],
)
def test_filters_combine(catalog: Catalog, add: Add, filters: Filters, found: set[str]) -> None:
    a = add("file:///a.pdf", parties=("Acme Corp",), tags=("msa",))
    b = add(
        "file:///b.pdf",
        parties=("Beta GmbH",),
        kind="filing",
        issuer="Beta GmbH",
        form_type="10-Q",
        period="2024-Q1",
        document_date="2024-03-31",
    )
    names = {a.document_id: "a", b.document_id: "b"}
    assert {names[d.document_id] for d in catalog.visible(somebody("everyone"), filters)} == found
    assert {names[d.document_id] for d in catalog.list_documents(filters=filters).items} == found


def test_a_date_filter_that_is_no_date_is_refused(catalog: Catalog) -> None:
    for bad in (Filters(date_from="2024-02-30"), Filters(date_to="yesterday"), Filters(date_from="20240101")):
        with pytest.raises(UsageError, match="expected a date as YYYY-MM-DD"):
            catalog.visible(somebody("everyone"), bad)
        with pytest.raises(UsageError, match="expected a date as YYYY-MM-DD"):
            catalog.visible(somebody(), bad)
    with pytest.raises(UsageError, match="is after"):
        catalog.visible(somebody("everyone"), Filters(date_from="2024-02-01", date_to="2024-01-01"))


def test_a_reference_is_an_id_a_uri_or_a_unique_file_name(catalog: Catalog, add: Add) -> None:
    first = add("file:///one/msa.pdf")
    second = add("file:///two/msa.pdf")
    third = add("file:///two/nda.pdf")
    for reference in (third.document_id, third.source_uri, "nda.pdf"):
        assert catalog.resolve(reference) == third.document_id
    with pytest.raises(DocumentNotFound) as many:
        catalog.resolve("msa.pdf")
    assert first.document_id in (many.value.hint or "")
    assert second.source_uri in (many.value.hint or "")
    with pytest.raises(DocumentNotFound) as similar:
        catalog.resolve("NDA")
    assert third.source_uri in (similar.value.hint or "")
    with pytest.raises(DocumentNotFound) as none:
        catalog.resolve("100%_of_it")
    assert "averment documents list" in (none.value.hint or "")


def test_a_reference_does_not_reveal_what_one_may_not_read(catalog: Catalog, add: Add) -> None:
    secret = add("file:///two/plan.pdf", access=AccessLabel(readers=("board",)))
    for reference in (secret.document_id, secret.source_uri, "plan.pdf", "plan"):
        with pytest.raises(DocumentNotFound) as hidden:
            catalog.resolve(reference, principal=somebody("everyone"))
        assert hidden.value.hint == "averment documents list names them all"
    assert catalog.resolve("plan.pdf", principal=somebody("board")) == secret.document_id


def test_lists_go_on_where_they_ended(catalog: Catalog, add: Add) -> None:
    added = sorted(add(f"file:///{i}.pdf").document_id for i in range(7))
    seen: list[str] = []
    cursor = None
    for _ in range(3):
        page = catalog.list_documents(cursor=cursor, limit=3)
        seen += [d.document_id for d in page.items]
        cursor = page.next_cursor
    assert seen == added
    assert cursor is None


def test_chunks_are_found_by_id(catalog: Catalog, add: Add) -> None:
    document = add(access=AccessLabel(readers=("hr",)))
    chunks = catalog.chunks(document.document_id)
    assert catalog.sections([chunks[1].chunk_id, "no such chunk"]) == {chunks[1].chunk_id: chunks[1].section}
    assert catalog.sections([]) == {}


def test_the_same_text_may_have_a_layout_in_each_document(catalog: Catalog, add: Add, clock: FixedClock) -> None:
    first = add("file:///a.pdf")
    clock.advance(5)
    second = add("file:///b.pdf")
    latest = catalog.text_version(text_hash("text"))
    assert latest is not None
    assert latest.document_id == second.document_id
    own = catalog.text_version(text_hash("text"), document_id=first.document_id)
    assert own is not None
    assert own.document_id == first.document_id
    assert catalog.text_version(text_hash("never seen")) is None


def test_the_latest_are_the_newest_ready_ones(catalog: Catalog, add: Add) -> None:
    day = datetime(2026, 3, 1, tzinfo=UTC)
    for place, name in enumerate(("old", "new", "middle")):
        add(f"file:///{name}.pdf", ingested_at=day + timedelta(days=(0, 2, 1)[place]))
    assert [item.source_uri for item in catalog.latest(2)] == ["file:///new.pdf", "file:///middle.pdf"]
    gone = catalog.resolve("file:///new.pdf")
    catalog.mark_deleted(gone)
    assert [item.source_uri for item in catalog.latest(9)] == ["file:///middle.pdf", "file:///old.pdf"]
