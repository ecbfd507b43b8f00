"""What a conversation is about is found under the caller's permissions, turn by turn."""

from dataclasses import replace
from typing import Any

from averment.core.access import AccessLabel, Filters, Principal
from averment.core.analysis import MAX_TURNS, AnalysisRequest, Turn
from averment.core.answers import SentenceKind
from averment.core.clock import SystemClock
from averment.pipelines.reasoning.inquiry import Tools
from averment.pipelines.reasoning.model_desk import ModelDesk
from averment.pipelines.reasoning.reader import Reader
from averment.pipelines.reasoning.resolving import Resolution, resolve_question

READER = Principal(subject="alice", groups=("everyone",))
FIRST = Turn(question="What is the term of the Master Lease Agreement?", answer="Five years.")


def resolved(desk: Any, question: str, *turns: Turn, model: Any = None, trust: Any = None) -> Resolution:
    clock = SystemClock()
    tools = Tools(
        retriever=desk.corpus,
        texts=desk.corpus,
        catalog=desk.corpus,
        reader=Reader(desk.embedder, clock),
        clock=clock,
    )
    request = AnalysisRequest(question=question, principal=READER, conversation=turns)
    return resolve_question(request, tools=tools, desk=ModelDesk(model, trust=trust, clock=clock))


def test_the_document_that_the_earlier_question_names_limits_the_search(leases: Any) -> None:
    found = resolved(leases, "And who may assign it?", FIRST)
    assert found.request.filters.document_id == ("lease",)
    assert found.asked_as is not None
    assert found.asked_as.startswith("Regarding Master Lease Agreement (")
    assert found.request.question == found.asked_as
    assert (found.note.code, found.note.facts) == ("resolved", {"turns": 1, "documents": 1})


def test_the_conversation_is_followed_turn_by_turn(leases: Any) -> None:
    turns = (FIRST, Turn(question="And who may assign it?"), Turn(question="And the renewal?"))
    found = resolved(leases, "Which law governs it?", *turns)
    assert found.request.filters.document_id == ("lease",)
    turned = (*turns, Turn(question="What is the term of the Harbour Lease?"))
    assert resolved(leases, "Which law governs it?", *turned).request.filters.document_id == ("harbour",)


def test_documents_that_an_answer_cites_are_carried_over_where_none_was_named(leases: Any) -> None:
    turn = Turn(question="Which contracts renew automatically?", document_ids=("lease", "harbour", "unknown"))
    found = resolved(leases, "Which law governs them?", turn)
    assert found.request.filters.document_id == ("lease", "harbour")


def test_a_document_that_the_caller_may_not_read_is_not_carried_over(leases: Any) -> None:
    lease = leases.corpus.documents["lease"]
    leases.corpus.documents["lease"] = replace(lease, access=AccessLabel(readers=("board",)))
    turn = replace(FIRST, document_ids=("lease",))
    found = resolved(leases, "And who may assign it?", turn)
    assert (found.asked_as, found.request.filters) == (None, Filters())


def test_only_the_latest_turns_are_looked_at(leases: Any) -> None:
    others = [Turn(question=f"What are the fees, number {number}?") for number in range(MAX_TURNS)]
    found = resolved(leases, "And who may assign it?", FIRST, *others)
    assert (found.n_turns, found.asked_as) == (MAX_TURNS, None)


def test_a_question_of_its_own_searches_nothing_here(leases: Any) -> None:
    found = resolved(leases, "Is there a most-favored-nation clause?", FIRST)
    assert found.asked_as is None
    assert leases.corpus.searches == []
    assert (found.note.code, found.note.facts) == ("resolved_alone", {"turns": 1})


def test_a_trusted_model_words_it_and_the_rules_limit_it(leases: Any, scripted: Any, trust: Any) -> None:
    asked = "Who may assign the Master Lease Agreement?"
    model = scripted([f'{{"question": "{asked}"}}'])
    found = resolved(leases, "And who may assign it?", FIRST, model=model, trust=trust(("rewrite",)))
    assert (found.asked_as, found.request.filters.document_id) == (asked, ("lease",))
    invented = scripted(['{"question": "Who may assign the Harbour Lease?"}'])
    found = resolved(leases, "And who may assign it?", FIRST, model=invented, trust=trust(("rewrite",)))
    assert found.asked_as is not None
    assert found.asked_as.startswith("Regarding Master Lease Agreement (")
    untrusted = scripted([f'{{"question": "{asked}"}}'])
    resolved(leases, "And who may assign it?", FIRST, model=untrusted, trust=trust())
    assert untrusted.asked == []


def test_the_answer_shows_what_the_question_was_understood_as(leases: Any) -> None:
    answer = leases.ask("And which law governs it?", conversation=(FIRST,))
    assert answer.question == "And which law governs it?"
    assert answer.asked_as is not None
    assert answer.sentences[0].kind is SentenceKind.NOTICE
    assert answer.sentences[0].text == f"Understood as: {answer.asked_as}"
    assert answer.value.value == "Delaware"
    assert {cited.document_id for claim in answer.claims for cited in claim.citations} == {"lease"}
    assert (answer.steps[0].kind, answer.steps[0].query) == ("plan", answer.asked_as)
    plain = leases.ask("Is there a most-favored-nation clause?", conversation=(FIRST,))
    assert plain.asked_as is None
    assert not plain.text.startswith("Understood")
