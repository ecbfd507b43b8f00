"""What a document can be filtered by."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from averment.core.documents import DocumentVersion
from averment.pipelines.stores.filter_terms import date_number, document_terms, file_name, normalise


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        ("file:///a/Master%20Agreement.pdf", "Master Agreement.pdf"),
        ("file:///a/100%25%23.pdf", "100%#.pdf"),
        ("/plain/path.pdf", "path.pdf"),
        ("/plain/100%20.pdf", "100%20.pdf"),
        ("folder/", "folder"),
        ("file:///mail/offer.eml#2-price%20list.xlsx", "price list.xlsx"),
        ("file:///mail/outer.eml#1-inner.eml#3-2024-terms.pdf", "2024-terms.pdf"),
        ("https://host", "host"),
        ("", ""),
    ],
)
def test_file_names(uri: str, name: str) -> None:
    assert file_name(uri) == name


@settings(deadline=None)
@given(st.dates(), st.dates())
def test_dates_order_as_numbers(a: object, b: object) -> None:
    first, second = date_number(str(a)), date_number(str(b))
    assert first is not None
    assert second is not None
    assert (str(a) < str(b)) == (first < second)


@pytest.mark.parametrize("text", [None, "", "2024", "2024-02-30", "2024-1-1", "2024-01-01 ", "20240101"])
def test_what_is_no_date_has_no_number(text: str | None) -> None:
    assert date_number(text) is None


@settings(deadline=None)
@given(st.sampled_from(("party", "document_id")), st.text())
def test_normalising_twice_changes_nothing_for_ascii(field: str, value: str) -> None:
    once = normalise(field, value.encode("ascii", "ignore").decode())
    assert normalise(field, once) == once


def test_terms_of_a_document(make_document: Callable[..., DocumentVersion]) -> None:
    terms = document_terms(
        make_document(parties=("Acme  Corp", "ACME corp", " "), tags=("X",), issuer="", form_type="10-Q", kind="filing")
    )
    assert terms["party"] == ("acme corp",)
    assert terms["issuer"] == ()
    assert terms["form_type"] == ("10-q",)
    assert terms["kind"] == ("filing",)
    assert terms["file_name"] == ("msa.pdf",)
    assert terms["document_id"] == ("d1",)
