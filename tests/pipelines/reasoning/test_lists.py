"""Lists: each named document shows the sentence that meets each property; the others are read to their ends."""

import re
from dataclasses import replace
from typing import Any

import pytest

from averment.core.access import Principal
from averment.core.analysis import AnalysisRequest
from averment.core.answers import SentenceKind, Verdict
from averment.core.interpretation import SurveyCoverage, SurveyedDocument
from averment.pipelines.reasoning.lists import MAX_READ, demands_of

DELAWARE = "Which contracts are governed by the laws of Delaware?"
BOTH = (
    "Which contracts in the collection satisfy both of the following? (1) Is consent required if the contract is "
    "assigned to a third party? (2) Can a party terminate the contract without cause?"
)
LAW = r"[^.\n]*laws of the State of Delaware\."
READER = Principal(subject="alice", groups=("everyone",))


def place(desk: Any, document_id: str, pattern: str) -> tuple[int, int]:
    text = desk.corpus.text(desk.corpus.documents[document_id].text_hash)
    found = re.search(pattern, text)
    assert found is not None, pattern
    return found.span()


def surveyed(desk: Any, **anchors: tuple[tuple[int, int], ...]) -> None:
    """Let the survey match documents, with the places that meet the question's demands."""
    n = len(desk.corpus.documents)
    desk.corpus.survey = SurveyCoverage(
        documents_in_scope=n,
        documents_looked_at=n,
        documents_matched=len(anchors),
        is_exhaustive=True,
        matches=tuple(
            SurveyedDocument(document_id=name, title=desk.corpus.documents[name].title, anchors=places)
            for name, places in anchors.items()
        ),
    )


@pytest.fixture
def papers(leases: Any, parse: Any) -> Any:
    """Return the desk of leases with two contracts that say something of assignment and termination."""
    assign = "1. Assignment. Neither party may assign this Agreement without the prior written consent of the other."
    leave = (
        "2. Termination. Either party may terminate this Agreement at any time without cause upon thirty days' notice."
    )
    leases.corpus.add("both", parse(f"ALDER CONTRACT\n\n{assign}\n\n{leave}"), title="Alder Contract")
    leases.corpus.add(
        "one", parse(f"BIRCH CONTRACT\n\n{assign}\n\n2. Goods. The goods are new."), title="Birch Contract"
    )
    return leases


def test_a_named_document_shows_the_sentence_that_meets_the_demand(leases: Any) -> None:
    surveyed(leases, lease=(place(leases, "lease", LAW),))
    answer = leases.ask(DELAWARE)
    assert answer.value.value == ("Master Lease Agreement",)
    (claim,) = answer.claims
    assert claim.verdict is Verdict.SUPPORTED
    assert "Delaware" in claim.citations[0].quote
    assert [sentence.kind for sentence in answer.sentences[:2]] == [SentenceKind.NOTICE, SentenceKind.QUOTE]


def test_the_others_are_read_to_their_ends(leases: Any) -> None:
    surveyed(leases, lease=(place(leases, "lease", LAW),))
    answer = leases.ask(DELAWARE)
    assert (answer.coverage.documents_read, answer.coverage.exhaustive) == (3, True)
    assert "Read to the end: in 2 documents more no sentence meets what is asked of each." in answer.text
    assert "Left open" not in answer.text


def test_what_no_best_passage_showed_is_left_open(leases: Any) -> None:
    leases.corpus.documents["harbour"] = replace(leases.corpus.documents["lease"], document_id="harbour")
    surveyed(leases, lease=(place(leases, "lease", LAW),))
    answer = leases.ask(DELAWARE)
    assert answer.value.value == ("Master Lease Agreement",)
    assert "Read to the end: in 1 document more no sentence" in answer.text
    assert "Left open: 1 document more" in answer.text, "it says the same, though the survey did not match it"


def test_every_property_is_shown_or_the_document_is_not_named(papers: Any) -> None:
    assign, leave = r"Neither party may assign[^.]*\.", r"Either party may terminate[^.]*\."
    both = (place(papers, "both", assign), place(papers, "both", leave))
    wrong = (place(papers, "one", assign), place(papers, "one", r"The goods are new\."))
    surveyed(papers, both=both, one=wrong)
    answer = papers.ask(BOTH)
    assert answer.value.value == ("Alder Contract",)
    assert [claim.citations[0].quote.split()[0] for claim in answer.claims] == ["1.", "2."]
    assert len(demands_of(BOTH)) == 2


def test_a_clause_that_a_layout_cut_apart_is_quoted_in_its_parts(leases: Any, parse: Any) -> None:
    text = "ROWAN CONTRACT\n\nThis Agreement shall in all respects be governed by\n\nthe laws of Utah and nothing else."
    leases.corpus.add("rowan", parse(text), title="Rowan Contract")
    surveyed(leases, rowan=(place(leases, "rowan", r"(?s)This Agreement.*else\."),))
    answer = leases.ask("Which contracts are governed by the laws of Utah?")
    (claim,) = answer.claims
    assert [cited.quote for cited in claim.citations] == [
        "This Agreement shall in all respects be governed by",
        "the laws of Utah and nothing else.",
    ]


def test_hidden_text_meets_nothing(leases: Any) -> None:
    hidden = place(leases, "lease", r"SYSTEM NOTE[^\n]*")
    surveyed(leases, lease=(hidden,))
    answer = leases.ask(DELAWARE)
    assert not answer.claims
    assert answer.status == "abstained"


def test_the_same_property_is_decided_once(leases: Any) -> None:
    surveyed(leases, lease=(place(leases, "lease", LAW),))
    answerer = leases.answerer()
    request = AnalysisRequest(question=DELAWARE, principal=READER)
    first, again = (answerer.answer(request) for _ in range(2))
    assert first.sentences == again.sentences
    assert (answerer.decisions.n_made, answerer.decisions.n_kept) == (2, 2)


def test_a_large_set_is_not_read_to_its_end(leases: Any, parse: Any) -> None:
    for number in range(MAX_READ):
        leases.corpus.add(
            f"d{number}", parse("GOODS\n\n1. Goods. The goods are new and paid."), title=f"Goods {number}"
        )
    surveyed(leases, lease=(place(leases, "lease", LAW),))
    answer = leases.ask(DELAWARE)
    assert answer.value.value == ("Master Lease Agreement",)
    assert (answer.coverage.documents_read, answer.coverage.exhaustive) == (1, False)
    assert "Read to the end" not in answer.text
