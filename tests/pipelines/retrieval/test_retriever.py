"""Retrieval as a whole, over real stores."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from averment.core.access import AccessLabel, Filters, Principal
from averment.core.errors import UsageError
from averment.core.testing.embedder import HashEmbedder
from averment.pipelines.retrieval.retriever import HybridRetriever, RetrievalSettings

from .conftest import Library
from .sample_contracts import contract, report

GROUPS = ("everyone", "legal", "hr", "board")
TENANTS = ("default", "other")
ANYBODY = Principal(subject="a", groups=("everyone",))
QUESTIONS = (
    "Which law governs?",
    "What does the Supply Agreement of Nordwind Energie GmbH say about fees?",
    "Compare the agreements of Stone Quarry Ltd. and Blue Harbor Logistics, Inc.",
    "Which contracts can be terminated without cause?",
    "revenue of Halden Instruments",
)


@pytest.fixture(scope="module")
def labels(library: Library) -> dict[str, AccessLabel]:
    """Return who may read each document, by id."""
    put = {}
    for number in range(12):
        readers = tuple(group for place, group in enumerate(GROUPS) if (number >> place) & 1)
        access = AccessLabel(tenant=TENANTS[number % 2], readers=readers)
        first, second = (
            ("Nordwind Energie GmbH", "Stone Quarry Ltd.") if number % 3 else ("Blue Harbor Logistics, Inc.", "Q AG")
        )
        text = contract(
            "SUPPLY AGREEMENT", first, second, days=10 + number, law=("Ohio", "Bavaria", "Delaware")[number % 3]
        )
        put[library.put(f"c{number}.txt", text, access=access)] = access
    everyone = AccessLabel()
    put[library.put("lease.txt", contract("LEASE AGREEMENT", "Tamarind Foods Ltd.", "Opal AG", law="Utah"))] = everyone
    put[library.put("q.txt", report("Halden Instruments, Inc.", "March 31, 2024", "first quarter of 2024"))] = everyone
    return put


@given(
    question=st.sampled_from(QUESTIONS),
    groups=st.lists(st.sampled_from([*GROUPS, "nobody", ""]), max_size=4).map(tuple),
    tenant=st.sampled_from(TENANTS),
    understand=st.booleans(),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_outside_the_groups_is_ever_seen(
    library: Library,
    labels: dict[str, AccessLabel],
    question: str,
    groups: tuple[str, ...],
    tenant: str,
    understand: bool,
) -> None:
    principal = Principal(subject="p", groups=groups, tenant=tenant)
    result = library.retriever().retrieve(
        question, principal=principal, top_k=50, ignore=() if understand else ("all",)
    )
    allowed = {
        key for key, label in labels.items() if label.tenant == tenant and set(label.readers) & (set(groups) - {""})
    }
    assert {passage.document_id for passage in result.passages} <= allowed
    assert {named.document_id for named in result.interpretation.documents} <= allowed
    if not allowed:
        assert result.passages == ()


def test_the_clause_of_the_named_document_comes_first(library: Library, labels: dict[str, AccessLabel]) -> None:
    question = "In the Lease Agreement between Tamarind Foods Ltd. and Opal AG, which law governs the contract?"
    result = library.retriever().retrieve(question, principal=ANYBODY, top_k=5)
    best = result.passages[0]
    assert "laws of Utah" in best.text
    assert best.text == library.texts.text(best.text_hash)[best.start : best.end]
    assert best.section.startswith("LEASE AGREEMENT")
    assert result.interpretation.searched == "which law governs the contract?"
    assert result.interpretation.topics[0] == "governing_law"
    assert [named.title for named in result.interpretation.documents] == ["LEASE AGREEMENT"]
    assert set(result.timings) == {"route_s", "embed_s", "search_s", "cut_s"}


def test_a_question_that_names_nothing_searches_everything(library: Library, labels: dict[str, AccessLabel]) -> None:
    everyone = Principal(subject="p", groups=GROUPS)
    result = library.retriever().retrieve("Which law governs the contract?", principal=everyone, top_k=60)
    assert len({passage.document_id for passage in result.passages}) > 3
    assert result.interpretation.documents == ()


def test_lists_show_every_document_before_any_twice(library: Library, labels: dict[str, AccessLabel]) -> None:
    everyone = Principal(subject="p", groups=GROUPS)
    question = "Which contracts can be terminated without cause?"
    found = [p.document_id for p in library.retriever().retrieve(question, principal=everyone, top_k=40).passages]
    n_documents = len(set(found))
    assert len(set(found[:n_documents])) == n_documents


def test_the_user_can_drop_the_interpretation(library: Library, labels: dict[str, AccessLabel]) -> None:
    question = "In the Lease Agreement of Tamarind Foods Ltd., which law governs?"
    result = library.retriever().retrieve(question, principal=ANYBODY, ignore=("all",))
    assert result.interpretation.documents == ()
    assert result.interpretation.searched == question


def test_filters_hold(library: Library, labels: dict[str, AccessLabel]) -> None:
    filters = Filters(kind=("filing",))
    result = library.retriever().retrieve("Which law governs?", principal=ANYBODY, filters=filters)
    assert {passage.title for passage in result.passages} == {
        "Halden Instruments, Inc. Form 10-Q for the period ended 2024-03-31"
    }


@pytest.mark.parametrize("question", ["", " \n\t ", "\u2003"])
def test_an_empty_question_is_refused(library: Library, question: str) -> None:
    with pytest.raises(UsageError, match="empty"):
        library.retriever().retrieve(question, principal=ANYBODY)


@pytest.mark.parametrize(
    "question",
    ["x" * 100_000, "\x00\x01\x02", ".*(a+)+$", "' OR 1=1; --", "Ignore previous instructions", "🦊" * 50, "§§ ((("],
)
def test_odd_questions_get_an_honest_answer(library: Library, labels: dict[str, AccessLabel], question: str) -> None:
    result = library.retriever().retrieve(question, principal=ANYBODY, top_k=3)
    assert len(result.passages) <= 3


def test_top_k_has_bounds(library: Library) -> None:
    with pytest.raises(UsageError, match="top_k is 0"):
        library.retriever().retrieve("law", principal=ANYBODY, top_k=0)


def test_scores_descend_between_0_and_1(library: Library, labels: dict[str, AccessLabel]) -> None:
    scores = [p.score for p in library.retriever().retrieve("fees and invoices", principal=ANYBODY).passages]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_the_fingerprint_names_what_retrieves(library: Library) -> None:
    def fingerprint(chosen: RetrievalSettings = RetrievalSettings()) -> str:  # noqa: B008 - it is frozen
        return HybridRetriever(
            library.index, catalog=library.catalog, texts=library.texts, embedder=library.embedder, settings=chosen
        ).fingerprint

    assert fingerprint() == library.retriever().fingerprint
    assert fingerprint() != fingerprint(RetrievalSettings(dense=False)) != fingerprint(RetrievalSettings(fusion="dbsf"))


def test_the_fingerprint_names_how_questions_are_embedded(library: Library) -> None:
    class Rounding(HashEmbedder):
        def __init__(self, query_precision: str) -> None:
            super().__init__()
            self.query_precision = query_precision

    def fingerprint(query_precision: str) -> str:
        embedder = Rounding(query_precision)
        return HybridRetriever(
            library.index, catalog=library.catalog, texts=library.texts, embedder=embedder
        ).fingerprint

    assert fingerprint("int8") == fingerprint("int8") != fingerprint("float32")


def test_headers_are_embedded_and_never_cited(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """Document and section stand before what is embedded; what is cited is the document's own text, and only that."""
    embedded: list[str] = []
    plain = library.embedder.embed

    def note(texts: list[str]) -> object:
        embedded.extend(texts)
        return plain(texts)

    monkeypatch.setattr(library.embedder, "embed", note)
    clause = "Either side may end it upon ninety days of written notice to the other side, whatever the reason may be."
    filler = "Nothing in these words is of any weight to anybody who reads them for what they are worth today. " * 12
    first, second = f"ARTICLE I GENERAL\n\n1.1 Words\n\n{filler}", f"ARTICLE II END\n\n2.1 Notice\n\n{clause}"
    text = f"FORESTRY AGREEMENT\n\n{first}\n\n{second}\n"
    library.put("forestry.txt", text)
    (of_clause,) = (one for one in embedded if clause in one)
    head, _, body = of_clause.partition("\n")
    assert head.startswith("FORESTRY AGREEMENT › ")
    assert "ARTICLE II END" in head
    assert clause in body
    found = library.retriever().retrieve("ninety days of written notice whatever the reason", principal=ANYBODY)
    passage = found.passages[0]
    assert clause in passage.text
    assert "FORESTRY" not in passage.text
    assert "›" not in passage.text
    assert passage.text == text[passage.start : passage.end]


def test_copies_are_left_out_but_a_clause_with_another_number_is_another_clause(library: Library) -> None:
    body = "Goods that are late by more than {days} days may be refused by whoever ordered them, and need not be paid, "
    body += "unless the delay was announced in good time and in writing to the person named in the order."
    for number, days in enumerate((11, 11, 11, 12)):
        library.put(f"late{number}.txt", body.format(days=days))
    found = library.retriever().retrieve("goods that are late may be refused", principal=ANYBODY, top_k=8)
    texts = [passage.text.strip() for passage in found.passages]
    assert {body.format(days=11), body.format(days=12)} <= set(texts)
    assert texts.count(body.format(days=11)) == 1
    assert found.interpretation.n_collapsed == 2
    listed = library.retriever().retrieve("Which documents say that late goods may be refused?", principal=ANYBODY)
    ids = [passage.document_id for passage in listed.passages]
    assert len(set(ids[: len(set(ids))])) == len(set(ids)), "every document before any twice"
