"""Questions find the documents they name, and only those the caller may read."""

import pytest

from averment.core.access import AccessLabel, Filters, Principal
from averment.pipelines.ingestion.sparse import terms
from averment.pipelines.retrieval.known import KnownDocuments
from averment.pipelines.retrieval.question import read_question
from averment.pipelines.retrieval.routing import DocumentRouter, Route, within

from .conftest import Library
from .sample_contracts import contract, report

ANYBODY = Principal(subject="a", groups=("everyone",))


@pytest.fixture(scope="module")
def ids(library: Library) -> dict[str, str]:
    secret = AccessLabel(readers=("board",))
    q1, q2 = "first quarter of 2024", "second quarter of 2024"
    nordwind, harbor, quarry = "Nordwind Energie GmbH", "Blue Harbor Logistics, Inc.", "Stone Quarry Ltd."
    merger = contract("MERGER AGREEMENT", "Velvet Robotics AG", harbor)
    return {
        "supply": library.put("a1.txt", contract("SUPPLY AGREEMENT", nordwind, harbor)),
        "lease": library.put("a2.txt", contract("LEASE AGREEMENT", nordwind, quarry)),
        "amended": library.put("a3.txt", contract("AMENDMENT NO. 1 TO LEASE AGREEMENT", nordwind, quarry)),
        "secret": library.put("a4.txt", merger, access=secret),
        "q1": library.put("r1.txt", report("Halden Instruments, Inc.", "March 31, 2024", q1)),
        "q2": library.put("r2.txt", report("Halden Instruments, Inc.", "June 30, 2024", q2)),
    }


def route(library: Library, text: str, *, principal: Principal = ANYBODY, filters: Filters | None = None) -> Route:
    router = DocumentRouter(library.index, known=KnownDocuments(library.catalog))
    return router.route(read_question(text), principal=principal, filters=filters or Filters())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("In the Supply Agreement of Nordwind Energie GmbH, who pays?", {"supply"}),
        ("Consider the contract between Nordwind Energie and Blue Harbor Logistics. Is it exclusive?", {"supply"}),
        ("Under the Lease Agreement between Nordwind Energie GmbH and Stone Quarry Ltd., who pays?", {"lease"}),
        ("What does Amendment No. 1 to the Lease Agreement with Stone Quarry say?", {"amended"}),
        ("What was revenue of Halden Instruments in Q1 2024?", {"q1"}),
        ("In the latest 10-Q, what was Halden's net income?", {"q2"}),
        ("How did Halden's revenue develop over the quarters?", {"q1", "q2"}),
        (
            "Compare the Supply Agreement with Blue Harbor and the 10-Q of Halden Instruments for Q2 2024.",
            {"supply", "q2"},
        ),
    ],
)
def test_named_documents_are_found(library: Library, ids: dict[str, str], text: str, expected: set[str]) -> None:
    assert {name for name, key in ids.items() if key in route(library, text).document_ids} == expected


@pytest.mark.parametrize(
    "text",
    [
        "Is there a cap on liability?",
        "Which contracts are governed by the law of Delaware?",
        "What does the contract with Unheard Of Partners Ltd. say about fees?",
    ],
)
def test_a_question_that_names_nothing_known_routes_nowhere(library: Library, ids: dict[str, str], text: str) -> None:
    assert route(library, text).documents == ()


def test_names_nobody_bears_are_reported(library: Library, ids: dict[str, str]) -> None:
    assert route(library, "What does the contract with Zanzibar Foods say?").unmatched == ("Zanzibar", "Foods")


def test_what_may_not_be_read_is_not_even_named(library: Library, ids: dict[str, str]) -> None:
    text = "In the Merger Agreement with Velvet Robotics AG, who pays?"
    assert ids["secret"] not in route(library, text).document_ids
    assert "Velvet" in route(library, text).unmatched
    board = Principal(subject="b", groups=("board",))
    assert route(library, text, principal=board).document_ids == (ids["secret"],)
    assert route(library, text, principal=Principal(subject="c", groups=())).documents == ()


def test_filters_limit_what_a_name_can_reach(library: Library, ids: dict[str, str]) -> None:
    only = Filters(document_id=(ids["lease"],))
    found = route(library, "In the Supply Agreement of Nordwind Energie GmbH, who pays?", filters=only)
    assert set(found.document_ids) <= {ids["lease"]}
    assert within(Filters(kind=("contract",)), ["x"]) == Filters(kind=("contract",), document_id=("x",))


def test_words_of_the_first_page_name_a_document_and_hidden_ones_do_not(library: Library) -> None:
    page = (
        "<p>LICENCE of Quillfeather Ltd</p><p>as signed in Marrowdale by the parties</p>"
        "<p style='display:none'>Osterloh AG of Fennimore</p>"
    )
    document_id = library.put("licence.html", f"<html><body>{page}</body></html>")
    found = route(library, "In the Quillfeather licence signed in Marrowdale, who pays?").documents
    assert [candidate.version.document_id for candidate, _ in found] == [document_id]
    borne = found[0][0].borne
    assert set(terms("Quillfeather Marrowdale")) <= borne
    assert "marrowdal" not in found[0][0].named
    hidden = "What does the contract with Osterloh of Fennimore say?"
    assert route(library, hidden).documents == ()
    assert {"Osterloh", "Fennimore"} <= set(route(library, hidden).unmatched)
