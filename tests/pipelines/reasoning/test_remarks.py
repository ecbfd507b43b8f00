"""Every answer says why it is what it is, in the language of its question."""

from dataclasses import replace
from typing import Any

import pytest

from averment.core.answers import AnswerStatus, Coverage, Withheld
from averment.pipelines.reasoning.calibration import Threshold
from averment.pipelines.reasoning.findings import Findings
from averment.pipelines.reasoning.loop import LoopState, Phase, StopReason
from averment.pipelines.reasoning.notices import Language, Remark
from averment.pipelines.reasoning.planner import make_plan
from averment.pipelines.reasoning.remarks import Remarks
from averment.pipelines.reasoning.scoping import open_sources

READ = Coverage(documents_in_scope=1, documents_read=1, sections_read=7, pages_unreadable=0, exhaustive=True)
LAW = "Which state's law governs the agreement?"


def findings(desk: Any, question: str = LAW) -> Findings:
    documents = dict(desk.corpus.documents)
    sources = tuple(open_sources([], documents, desk.corpus))
    return Findings(plan=make_plan(question), visible=documents, sources=sources)


def said(
    found: Findings,
    status: AnswerStatus = "abstained",
    *,
    coverage: Coverage = READ,
    language: Language = "en",
    stopped: StopReason | None = None,
) -> str:
    ran = LoopState(phase=Phase.DONE, stopped=stopped)
    notices = Remarks(found, coverage=coverage, language=language).all(status, method="extractive", ran=ran)
    assert all(notice.kind == "notice" and notice.claim is None for notice in notices)
    return " ".join(notice.text for notice in notices)


def test_an_abstention_says_what_was_read_and_that_the_threshold_is_not_calibrated(desk: Any) -> None:
    text = said(findings(desk))
    assert "cannot answer this with enough certainty" in text
    assert "1 document" in text
    assert "7 sections" in text
    assert text.endswith("the certainty threshold is not calibrated.")


def test_nothing_in_scope_and_a_refusal_have_their_own_words(desk: Any) -> None:
    assert "no document that you may read matches" in said(Findings(plan=make_plan(LAW)))
    found = findings(desk)
    found.refusal = "nothing_in_scope"
    assert "no document that you may read matches" in said(found)


def test_absence_is_an_answer_and_needs_an_exhaustive_reading_to_be_said_of_a_presence_question(desk: Any) -> None:
    found = findings(desk, "Does the lease contain an audit clause?")
    exhaustive = said(found)
    found.is_absent = True
    absent = said(found, "answered")
    partly = said(findings(desk, "Does the lease contain an audit clause?"), coverage=replace(READ, exhaustive=False))
    assert "7 sections" in absent
    assert len({exhaustive, absent, partly}) == 3
    assert "enough certainty" in partly


@pytest.mark.parametrize(
    ("stopped", "words"), [("cancelled", "was cancelled"), ("seconds", "The budget for this question was spent")]
)
def test_an_answer_that_was_stopped_says_so_first(desk: Any, stopped: StopReason, words: str) -> None:
    text = said(findings(desk), stopped=stopped)
    assert words in text.split(". ")[0] + "."


def test_unreadable_pages_and_what_was_withheld_are_counted(desk: Any) -> None:
    found = findings(desk)
    found.withheld = [Withheld(reason="failed_checks", checks=("numbers",))] * 2
    text = said(found, coverage=replace(READ, pages_unreadable=3))
    assert "2 " in text
    assert "3 pages" in text


def test_a_remark_is_said_once_though_a_repair_made_it_twice(desk: Any) -> None:
    found = findings(desk)
    found.remarks += [Remark(code="amendments_unread", parts={"count": "2"})] * 2
    once = findings(desk)
    once.remarks += [Remark(code="amendments_unread", parts={"count": "2"})]
    assert said(found) == said(once)


def test_a_calibrated_threshold_is_stated_with_its_bound_and_sample(desk: Any) -> None:
    found = findings(desk)
    found.calibrated = Threshold(threshold=0.6, risk=0.2, delta=0.05, n=314, n_answered=200, n_wrong=20)
    text = said(found)
    assert "at most 20" in text
    assert "95" in text
    assert "314" in text
    assert "not calibrated" not in text


def test_a_german_question_is_told_in_german(desk: Any) -> None:
    text = said(findings(desk, "Welches Recht gilt?"), language="de")
    assert "kann ich nicht sicher genug beantworten" in text
    assert "Probebetrieb" in text


def notices_of(answer: Any) -> list[str]:
    return [sentence.text for sentence in answer.sentences if sentence.claim is None]


def test_a_computed_answer_says_how_it_was_made_and_of_no_tags_where_there_are_none(reports: Any) -> None:
    notices = notices_of(reports.ask("What were Harbor's net sales in 2019?"))
    assert notices[0].startswith("Read and computed by rules from the cited cells")
    assert notices[-1].startswith("Trial mode")
    assert not any("XBRL" in notice for notice in notices)


def test_an_abstention_says_why_and_what_was_read(reports: Any) -> None:
    first, second, *_ = notices_of(reports.ask("What were Harbor's net sales in 2012?"))
    assert first.startswith("I cannot compute this")
    assert second.startswith("Read: 1 document")
