"""New labels, releases, and the sweeping of blobs and texts, on both databases."""

import pytest

from averment.core.access import AccessLabel, Principal
from averment.core.errors import DocumentNotFound
from averment.core.ids import content_hash, text_hash
from averment.core.testing.clock import FixedClock
from averment.pipelines.stores.catalog import Catalog
from tests.pipelines.stores.conftest import Add

URI = "file:///contracts/msa.pdf"
TWO_DAYS_S = 172_800.0
LAYOUT = "sha256:" + "1" * 64


def swept(catalog: Catalog) -> set[str]:
    gone: list[str] = []
    catalog.sweep(gone.append)
    return set(gone)


def test_another_label_is_that_of_the_document_at_once(catalog: Catalog, add: Add) -> None:
    document = add()
    catalog.mark_unfinished(document.document_id)
    catalog.relabel(document.document_id, AccessLabel(readers=("hr", "legal")), is_settled=False)
    assert catalog.by_source("files")[URI].is_unfinished
    catalog.relabel(document.document_id, AccessLabel(readers=("legal",)), is_settled=True)
    assert not catalog.by_source("files")[URI].is_unfinished
    assert catalog.visible(Principal(subject="a", groups=("everyone", "hr"))) == []
    (seen,) = catalog.visible(Principal(subject="a", groups=("legal",)))
    assert seen.access.readers == ("legal",)
    with pytest.raises(DocumentNotFound, match="'nobody'"):
        catalog.relabel("nobody", AccessLabel(), is_settled=True)


def test_a_release_holds_for_one_content_and_one_reason(catalog: Catalog, add: Add) -> None:
    document = add()
    catalog.release(document.document_id, content_hash="sha256:a", code="DOC008")
    catalog.release(document.document_id, content_hash="sha256:a", code="DOC008")
    assert catalog.is_released(document.document_id, content_hash="sha256:a", code="DOC008")
    assert not catalog.is_released(document.document_id, content_hash="sha256:b", code="DOC008")
    assert not catalog.is_released(document.document_id, content_hash="sha256:a", code="DOC006")


def test_an_original_goes_when_the_last_document_with_it_has_changed_or_gone(catalog: Catalog, add: Add) -> None:
    one, two = content_hash(b"one"), content_hash(b"two")
    add(content_hash=one)
    other = add("file:///b.pdf", content_hash=one)
    add(content_hash=two)
    assert swept(catalog) == set(), "another document has it"
    catalog.mark_deleted(other.document_id)
    assert swept(catalog) == {one}
    assert swept(catalog) == set()


def test_what_is_about_to_be_stored_is_in_use(catalog: Catalog, add: Add) -> None:
    one, two = content_hash(b"one"), content_hash(b"two")
    first = add(content_hash=one)
    opened = catalog.begin_version(connector="files", source_uri="file:///b.pdf", claims=[one])
    catalog.claim_blobs(opened.document_id, [two])
    catalog.mark_deleted(first.document_id)
    assert swept(catalog) == set()
    catalog.begin_version(connector="files", source_uri="file:///b.pdf", claims=[two])
    assert swept(catalog) == {one}, "the attempt that wanted it was given up"


def test_a_text_that_is_its_own_original_outlives_the_original(catalog: Catalog, add: Add) -> None:
    plain = text_hash("plain text")
    document = add(content_hash=plain, text_hash=plain)
    catalog.keep_cited([(document.document_id, plain)])
    catalog.mark_deleted(document.document_id)
    assert swept(catalog) == set()


def test_superseded_texts_are_swept_after_a_day_unless_cited(catalog: Catalog, add: Add, clock: FixedClock) -> None:
    document = add(text_hash=text_hash("cited"))
    catalog.keep_cited([(document.document_id, text_hash("cited")), ("unknown", text_hash("x"))])
    add(text_hash=text_hash("read by nobody"))
    add(text_hash=text_hash("of today"))
    swept(catalog)
    assert len(catalog.text_versions(document.document_id)) == 3, "an analysis may still cite it"
    clock.advance(TWO_DAYS_S)
    assert text_hash("read by nobody") in swept(catalog)
    left = {text.text_hash for text in catalog.text_versions(document.document_id)}
    assert left == {text_hash("cited"), text_hash("of today")}
    add(text_hash=text_hash("cited"))
    add(text_hash=text_hash("of today"))
    clock.advance(TWO_DAYS_S)
    swept(catalog)
    assert {text.text_hash for text in catalog.text_versions(document.document_id)} == left
    assert LAYOUT not in swept(catalog), "the layout of the other texts is the same"
