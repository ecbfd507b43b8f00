"""Each step does its part and reports what the next decision needs."""

from typing import Any

from averment.core.access import Principal
from averment.core.analysis import AnalysisRequest
from averment.core.clock import SystemClock
from averment.core.interpretation import SurveyCoverage
from averment.pipelines.reasoning.inquiry import Inquiry, Tools
from averment.pipelines.reasoning.loop import Action, Phase
from averment.pipelines.reasoning.model_desk import ModelDesk
from averment.pipelines.reasoning.reader import Reader
from averment.pipelines.reasoning.standing import THRESHOLD

READER = Principal(subject="alice", groups=("everyone",))


def inquiry(desk: Any, question: str) -> Inquiry:
    clock = SystemClock()
    tools = Tools(
        retriever=desk.corpus,
        texts=desk.corpus,
        catalog=desk.corpus,
        reader=Reader(desk.embedder, clock),
        clock=clock,
        thresholds={},
    )
    request = AnalysisRequest(question=question, principal=READER)
    return Inquiry(request, tools, ModelDesk(None, trust=None, clock=clock))


def test_plan_search_and_read(desk: Any) -> None:
    asked = inquiry(desk, "Which state's law governs the agreement?")
    planned, note = asked.act(Action(phase=Phase.PLAN))
    assert planned.queries
    assert (note.code, note.facts) == ("planned", {"kind": "value", "queries": 2, "documents": 1})
    _, searched = asked.act(Action(phase=Phase.SEARCH, query=planned.queries[0]))
    assert searched.query == planned.queries[0]
    assert searched.passage_ids
    read, _ = asked.act(Action(phase=Phase.READ))
    assert read.n_candidates >= 1
    assert asked.found.candidates[0].score >= THRESHOLD
    checked, _ = asked.act(Action(phase=Phase.CHECK))
    assert checked.failed_checks == 0
    assert [document.document_id for document in asked.documents_read] == ["lease"]


def test_a_figure_question_reads_no_sentences(reports: Any) -> None:
    asked = inquiry(reports, "According to Harbor Bright Energy Inc.'s Form 10-K, what was revenue in 2019?")
    planned, _ = asked.act(Action(phase=Phase.PLAN))
    assert planned.asks_figure
    asked.act(Action(phase=Phase.SEARCH, query=planned.queries[0]))
    read, _ = asked.act(Action(phase=Phase.READ))
    assert read.n_candidates == 0
    computed, note = asked.act(Action(phase=Phase.COMPUTE))
    assert computed.is_computed
    assert (note.code, note.facts) == ("computed", {"cells": 1})


def test_a_caller_who_may_read_nothing_searches_nothing(desk: Any) -> None:
    asked = inquiry(desk, "Which law governs?")
    desk.corpus.documents.clear()
    planned, _ = asked.act(Action(phase=Phase.PLAN))
    assert planned.queries == ()


def test_how_many_documents_were_looked_at_is_in_the_step(desk: Any) -> None:
    asked = inquiry(desk, "Which contracts are governed by the law of Utah?")
    asked.act(Action(phase=Phase.PLAN))
    survey = SurveyCoverage(documents_in_scope=9, documents_looked_at=8, documents_matched=2, is_exhaustive=False)
    desk.corpus.survey = survey
    _, note = asked.act(Action(phase=Phase.SEARCH, query="law of Utah"))
    assert note.code == "searched_matching"
    assert {name: note.facts[name] for name in ("looked", "scope", "matched")} == {
        "looked": 8,
        "scope": 9,
        "matched": 2,
    }
