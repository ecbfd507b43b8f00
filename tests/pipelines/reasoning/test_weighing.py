"""A trained verifier re-scores the few sentences that reading found best, and only for what it is good at."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from averment.core.clock import Clock
from averment.core.testing.clock import FixedClock
from averment.pipelines.models.verifier import Uses, Verdict
from averment.pipelines.reasoning.entailment import EntailmentCheck
from averment.pipelines.reasoning.evidence import Source
from averment.pipelines.reasoning.planner import make_plan
from averment.pipelines.reasoning.reader import Candidate, Interest
from averment.pipelines.reasoning.sentences import Span
from averment.pipelines.reasoning.weighing import (
    INDIFFERENT,
    WEIGHED,
    is_further,
    n_weighed,
    weigh,
)

RENT = "Is there a minimum commitment?"
CLAIM = 'Does the lease support this statement? "Tenant may assign this lease to an affiliate."'
NO = Verdict(contradiction=0.7, neutral=0.2, entailment=0.1)
BOTH = Uses(answers=True, relates=True)


@dataclass
class Judging:
    """Says that sentences with a word answer, and that every sentence contradicts every claim."""

    word: str = "minimum"
    model_id: str = "judging"
    asked: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def answers(self, question: str, sentences: Sequence[str]) -> list[float]:
        self.asked.append((question, tuple(sentences)))
        return [0.9 if self.word in sentence else 0.1 for sentence in sentences]

    def entails(self, claim: str, premises: Sequence[str]) -> list[Verdict]:
        self.asked.append((claim, tuple(premises)))
        return [NO] * len(premises)


@pytest.fixture
def candidates(desk: Any) -> list[Candidate]:
    document = desk.corpus.documents["lease"]
    source = Source(document, text="", layout=desk.corpus.layout(document.text_hash))
    texts = ["Rent is due.", *(f"Rent {number}." for number in range(WEIGHED)), "A minimum too far down."]
    texts[2] = "The minimum is ten."
    return [
        Candidate(
            source=source,
            span=Span(start=number, end=number + 1, text=text),
            score=0.6 - number / 100,
            similarity=0.5,
            lexical=0.5,
            on_topic=True,
            holds_kind=False,
        )
        for number, text in enumerate(texts)
    ]


def weighed(
    candidates: list[Candidate],
    judging: Judging,
    *,
    question: str = RENT,
    uses: Uses = BOTH,
    clock: Clock | None = None,
) -> tuple[list[Candidate], float]:
    plan = make_plan(question)
    return weigh(
        EntailmentCheck(judging, threshold=0.5, uses=uses),
        plan,
        interest=Interest(question=question, topics=plan.topics, kind=None),
        candidates=candidates,
        clock=clock or FixedClock(),
    )


def test_a_sentence_that_answers_comes_before_one_that_reads_alike(candidates: list[Candidate]) -> None:
    judging = Judging()
    found, seconds = weighed(candidates, judging)
    assert found[0].span.text == "The minimum is ten."
    assert found[0].score > candidates[2].score
    assert [item.score for item in found] == sorted((item.score for item in found), reverse=True)
    assert {item.span for item in found} == {item.span for item in candidates}
    assert seconds == 0.0
    ((_, texts),) = judging.asked
    assert texts == tuple(item.span.text for item in candidates[:WEIGHED])
    assert all(item.answers is None for item in found if item.span in [one.span for one in candidates[WEIGHED:]])


def test_what_neither_answers_nor_does_not_stays_where_it_was(candidates: list[Candidate]) -> None:
    class Unsure(Judging):
        def answers(self, question: str, sentences: Sequence[str]) -> list[float]:
            return [INDIFFERENT] * len(sentences)

    found, _ = weighed(candidates, Unsure())
    assert [item.score for item in found[:WEIGHED]] == [item.score for item in candidates[:WEIGHED]]


def test_what_was_not_asked_about_gains_nothing_by_it(candidates: list[Candidate]) -> None:
    found, _ = weighed(candidates, Judging(word="nowhere"))
    assert found[-1].span.text == "A minimum too far down."
    assert found[-1].score < candidates[-1].score


def test_a_claim_is_related_and_keeps_its_order(candidates: list[Candidate]) -> None:
    judging = Judging()
    found, _ = weighed(candidates, judging, question=CLAIM)
    assert [item.span for item in found] == [item.span for item in candidates]
    assert [item.stance for item in found[: WEIGHED + 1]] == [*[NO] * WEIGHED, None]
    assert judging.asked[0][0] == "Tenant may assign this lease to an affiliate."


@pytest.mark.parametrize(
    ("question", "uses"),
    [
        (RENT, Uses(relates=True)),
        (CLAIM, Uses(answers=True)),
        ('What does the clause headed "Insurance" say?', BOTH),
    ],
)
def test_a_verifier_is_asked_only_what_it_is_good_at(candidates: list[Candidate], question: str, uses: Uses) -> None:
    judging = Judging()
    assert weighed(candidates, judging, question=question, uses=uses) == (candidates, 0.0)
    assert not judging.asked


def test_without_a_verifier_or_sentences_nothing_changes(candidates: list[Candidate]) -> None:
    plan = make_plan(RENT)
    interest = Interest(question=RENT, topics=plan.topics, kind=None)
    assert weigh(None, plan, interest=interest, candidates=candidates, clock=FixedClock()) == (candidates, 0.0)
    assert weighed([], Judging()) == ([], 0.0)


def test_the_sentences_that_a_verifier_was_asked_about_are_counted(candidates: list[Candidate]) -> None:
    assert n_weighed(weighed(candidates, Judging())[0]) == WEIGHED
    assert n_weighed(weighed(candidates, Judging(), question=CLAIM)[0]) == WEIGHED
    assert n_weighed(candidates) == 0


def test_only_what_answers_by_itself_is_quoted_beside_a_better_sentence(candidates: list[Candidate]) -> None:
    found = {item.span.text: is_further(item) for item in weighed(candidates, Judging())[0]}
    assert found["The minimum is ten."]
    assert not found["Rent is due."]
    assert all(map(is_further, candidates))


def test_the_step_says_that_a_verifier_was_asked_no_check_does_and_the_time_counts(desk: Any) -> None:
    class Slow(Judging):
        def answers(self, question: str, sentences: Sequence[str]) -> list[float]:
            self.asked.append((question, tuple(sentences)))
            return [0.9 if "laws of the State" in sentence else 0.0 for sentence in sentences]

    judging = Slow()
    check = EntailmentCheck(judging, threshold=0.5, uses=BOTH)
    answer = desk.ask("Which state's law governs the agreement?", entailment=check)
    assert any("A trained verifier weighed" in step.summary for step in answer.steps)
    assert len(judging.asked) == 1
    assert answer.usage.model_s > 0
    plain = desk.ask("Which state's law governs the agreement?")
    assert not any("verifier" in step.summary for step in plain.steps)
    assert [claim.checks for claim in plain.claims] == [claim.checks for claim in answer.claims]
    assert desk.answerer(entailment=check).pipeline_hash != desk.answerer().pipeline_hash
