"""What was found becomes sentences that each rest on their evidence."""

from typing import Any

import pytest

from averment.core.access import Principal
from averment.core.analysis import AnalysisRequest
from averment.core.answers import Sentence, SentenceKind, Verdict
from averment.core.clock import SystemClock
from averment.pipelines.ingestion.partition import partition
from averment.pipelines.reasoning.findings import Findings
from averment.pipelines.reasoning.inquiry import Inquiry, Tools
from averment.pipelines.reasoning.loop import Action, Phase
from averment.pipelines.reasoning.model_desk import ModelDesk
from averment.pipelines.reasoning.reader import Reader

READER = Principal(subject="alice", groups=("everyone",))
REVENUE = "According to Harbor Bright Energy Inc.'s Form 10-K, what was revenue in 2019?"


def composed(desk: Any, question: str, **asked: Any) -> tuple[list[Sentence], Findings]:
    clock = SystemClock()
    tools = Tools(
        retriever=desk.corpus,
        texts=desk.corpus,
        catalog=desk.corpus,
        reader=Reader(desk.embedder, clock),
        clock=clock,
        thresholds={},
    )
    request = AnalysisRequest(question=question, principal=READER, **asked)
    inquiry = Inquiry(request, tools, ModelDesk(None, trust=None, clock=clock))
    planned, _ = inquiry.act(Action(phase=Phase.PLAN))
    inquiry.act(Action(phase=Phase.SEARCH, query=planned.queries[0]))
    for phase in (Phase.READ, Phase.COMPUTE, Phase.CHECK):
        inquiry.act(Action(phase=phase))
    return inquiry.found.sentences, inquiry.found


def test_a_clause_is_its_stated_value_and_then_the_quotation(desk: Any) -> None:
    sentences, found = composed(desk, "What is the notice period to prevent renewal?")
    assert [sentence.kind for sentence in sentences[:2]] == ["value", "quote"]
    assert found.value is not None
    assert (found.value.value, found.value.unit) == (90, "day")
    for sentence in sentences:
        assert sentence.claim is not None
        for cited in sentence.claim.citations:
            assert found.texts[cited.text_hash][cited.start : cited.end] == cited.quote


def test_a_figure_is_a_calculation_and_nothing_is_quoted_beside_it(reports: Any) -> None:
    sentences, found = composed(reports, REVENUE)
    assert [sentence.kind for sentence in sentences] == ["value"]
    (sentence,) = sentences
    assert sentence.claim is not None
    assert sentence.claim.calculation is not None
    assert found.value is not None


@pytest.mark.parametrize(("labels", "expected"), [(("Delaware", "New York"), "Delaware"), (("Utah", "Iowa"), None)])
def test_a_label_is_the_one_that_the_best_sentence_names(desk: Any, labels: tuple[str, ...], expected: str) -> None:
    sentences, found = composed(desk, "Which state's law governs?", answer_type="label", labels=labels)
    assert [sentence.kind for sentence in sentences] == ["quote"]
    assert (found.value.value if found.value else None) == expected


def test_nothing_found_is_nothing_said(desk: Any) -> None:
    sentences, found = composed(desk, "Who insures the ships against piracy?")
    assert sentences == []
    assert found.value is None


OPENINGS = """<html><body><p>More restaurants were opened.</p>
<table><tr><th></th><th>2019</th><th>2018</th><th>2017</th></tr>
<tr><td>Restaurants open</td><td>74</td><td>73</td><td>62</td></tr></table></body></html>"""


@pytest.fixture
def openings(new_desk: Any) -> Any:
    """Return a desk over one table of three years."""
    desk = new_desk()
    desk.corpus.add("d", partition(OPENINGS.encode(), name="d.html"))
    return desk


def test_a_period_that_answers_is_cited_over_its_column_before_the_figures(openings: Any) -> None:
    answer = openings.ask("In which year were restaurants open largest?")
    (sentence,) = [one for one in answer.sentences if one.kind is SentenceKind.VALUE]
    assert sentence.claim is not None
    assert sentence.claim.verdict is Verdict.SUPPORTED
    assert [cited.quote for cited in sentence.claim.citations] == ["2019", "74", "73", "62"]
    assert answer.value is not None
    assert answer.value.value == "2019"


def test_a_figure_rests_on_its_cell_alone(openings: Any) -> None:
    answer = openings.ask("What were restaurants open in 2018?")
    assert [cited.quote for claim in answer.claims for cited in claim.citations] == ["73"]


def test_what_is_made_of_parts_is_made_by_the_parts(reports: Any) -> None:
    answer = reports.ask("Compare the net sales in 2019 of the Copper annual report and the Harbor annual report")
    kinds = [one.kind for one in answer.sentences[:5]]
    assert kinds == [SentenceKind.VALUE, *[SentenceKind.NOTICE, SentenceKind.VALUE] * 2]
