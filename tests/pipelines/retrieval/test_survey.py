"""Questions about many documents look at every one of them, and say so."""

import pytest

from averment.core.access import AccessLabel, Filters, Principal
from averment.core.interpretation import SurveyCoverage
from averment.core.ports import IndexQuery
from averment.pipelines.ingestion.sparse import query_vector
from averment.pipelines.retrieval.demands import NO_DEMAND, read_demand
from averment.pipelines.retrieval.question import read_question
from averment.pipelines.retrieval.results import RetrievalResult
from averment.pipelines.retrieval.survey import Surveyor, SurveyPart

from .conftest import Library
from .sample_contracts import contract

LAWS = ("Ohio", "Utah", "Texas", "Maine", "Nevada", "Oregon")
N = 30
WHO = Principal(subject="p", groups=("everyone",))


@pytest.fixture(scope="module")
def ids(library: Library) -> list[str]:
    """Return thirty contracts alike but for the law; the last five are for nobody here."""
    found = []
    for number in range(N):
        access = AccessLabel(readers=("board",) if number >= N - 5 else ("everyone",))
        text = contract("SUPPLY AGREEMENT", f"Buyer{number} Ltd.", f"Seller{number} AG", law=LAWS[number % len(LAWS)])
        found.append(library.put(f"s{number}.txt", text, access=access))
    return found


def ask(library: Library, question: str, *, top_k: int = 100, ignore: tuple[str, ...] = ()) -> RetrievalResult:
    return library.retriever().retrieve(question, principal=WHO, top_k=top_k, ignore=ignore)


def coverage(found: RetrievalResult) -> SurveyCoverage:
    assert found.interpretation.survey is not None
    return found.interpretation.survey


@pytest.mark.slow
def test_every_readable_document_is_looked_at_and_those_that_match_are_counted(
    library: Library, ids: list[str]
) -> None:
    found = ask(library, "Which contracts are governed by the law of Utah?")
    survey = coverage(found)
    readable, wanted = N - 5, {ids[n] for n in range(N - 5) if LAWS[n % len(LAWS)] == "Utah"}
    assert (survey.documents_in_scope, survey.documents_looked_at) == (readable, readable)
    assert survey.is_exhaustive
    assert {match.document_id for match in survey.matches} == wanted
    assert survey.documents_matched == len(wanted)
    first = [passage.document_id for passage in found.passages[: len(wanted)]]
    assert set(first) == wanted
    assert all("laws of Utah" in passage.text for passage in found.passages[: len(wanted)])


def test_scores_descend_and_documents_take_turns(library: Library, ids: list[str]) -> None:
    found = ask(library, "Which contracts are governed by the law of Utah?").passages
    scores = [passage.score for passage in found]
    assert scores == sorted(scores, reverse=True)
    assert len({passage.document_id for passage in found[: N - 5]}) == N - 5


def test_a_counted_question_in_german_and_a_comparison_look_at_every_document(library: Library, ids: list[str]) -> None:
    counted = coverage(ask(library, "In wie vielen Verträgen gilt das Recht von Utah?"))
    assert (counted.documents_looked_at, counted.documents_matched) == (N - 5, sum(n % 6 == 1 for n in range(N - 5)))
    found = ask(library, "Compare the notice needed to terminate across all contracts")
    assert coverage(found).documents_looked_at == N - 5
    assert len({passage.document_id for passage in found.passages[: N - 5]}) == N - 5
    assert "60 days" in found.passages[0].text


def test_large_sets_are_searched_in_several_requests_and_read_less_deeply(
    library: Library, ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    question = "Which contracts are governed by the law of Utah?"
    whole = coverage(ask(library, question))
    monkeypatch.setattr("averment.pipelines.retrieval.survey._AT_A_TIME", 4)
    assert coverage(ask(library, question)) == whole
    monkeypatch.setattr("averment.pipelines.retrieval.survey.MAX_READ_FULLY", 8)
    monkeypatch.setattr("averment.pipelines.retrieval.survey.READ_PER_DOCUMENT_OF_MANY", 1)
    less = coverage(ask(library, question))
    assert (less.documents_looked_at, less.passages_read) == (N - 5, N - 5)
    assert less.passages_read <= whole.passages_read


def test_a_part_that_one_document_fails_puts_it_below(library: Library, ids: list[str]) -> None:
    question = "Which contracts satisfy both? (1) Is it governed by the law of Texas? (2) Is there an audit right?"
    survey = coverage(ask(library, question))
    assert survey.documents_matched == 0
    question = "Which contracts satisfy both? (1) Is it governed by the law of Texas? (2) Is information confidential?"
    assert coverage(ask(library, question)).documents_matched == sum(n % 6 == 2 for n in range(N - 5))


def test_what_cannot_be_checked_is_not_counted(library: Library, ids: list[str]) -> None:
    survey = coverage(ask(library, "Which contracts are well written?"))
    assert survey.documents_matched is None
    assert survey.matches == ()
    assert survey.is_exhaustive


def test_the_user_can_drop_the_survey(library: Library, ids: list[str]) -> None:
    found = ask(library, "Which contracts are governed by the law of Utah?", ignore=("list",))
    assert found.interpretation.survey is None
    assert found.interpretation.want == "one"


def part(question: str) -> SurveyPart:
    query = IndexQuery(principal=WHO, filters=Filters(), limit=50, sparse=query_vector(question))
    return SurveyPart(query=query, demand=read_demand(question, names=read_question(question).names))


def test_of_too_many_documents_the_foremost_are_looked_at_and_that_is_said(library: Library, ids: list[str]) -> None:
    surveyor = Surveyor(library.index, catalog=library.catalog, texts=library.texts, limit=4)
    survey = surveyor.survey([part("governed by the laws of Nevada")], top_k=50).coverage
    assert (survey.documents_in_scope, survey.documents_looked_at) == (N - 5, 4)
    assert not survey.is_exhaustive
    assert {match.document_id for match in survey.matches} == {ids[n] for n in range(N - 5) if n % 6 == 4}


def test_nothing_in_scope_is_an_honest_nothing(library: Library, ids: list[str]) -> None:
    surveyor = Surveyor(library.index, catalog=library.catalog, texts=library.texts)
    nobody = Principal(subject="p", groups=())
    query = IndexQuery(principal=nobody, filters=Filters(), limit=5, sparse=query_vector("law"))
    found = surveyor.survey([SurveyPart(query=query, demand=NO_DEMAND)], top_k=5)
    assert found.ranked == ()
    assert (found.coverage.documents_in_scope, found.coverage.is_exhaustive) == (0, True)
