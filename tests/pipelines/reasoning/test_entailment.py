"""A verifier can only block: beside the guards, never instead of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from averment.core.answers import Check, Citation, SentenceKind
from averment.core.answers import Verdict as ClaimVerdict
from averment.core.testing.clock import FixedClock
from averment.pipelines.models.verifier import Uses, Verdict
from averment.pipelines.reasoning.checks import Evidence, verdict
from averment.pipelines.reasoning.entailment import EntailmentCheck, further_checks

LAW = "Which state's law governs the agreement?"
STATEMENT = '{"statement": "The laws of the State of Delaware govern.", "labels": ["S1"]}'
FABRICATED = '{"statement": "The laws of the State of Nevada govern.", "labels": ["S1"]}'
YES = Verdict(contradiction=0.05, neutral=0.05, entailment=0.9)
NO = Verdict(contradiction=0.8, neutral=0.1, entailment=0.1)
NOTHING = Verdict(contradiction=0.1, neutral=0.8, entailment=0.1)


@dataclass
class Saying:
    """A verifier that says one thing of all quotes together and another of each alone."""

    whole: Verdict
    alone: Verdict
    model_id: str = "saying"
    asked: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def entails(self, claim: str, premises: Sequence[str]) -> list[Verdict]:
        self.asked.append((claim, tuple(premises)))
        return [self.whole, *[self.alone] * (len(premises) - 1)]

    def answers(self, question: str, sentences: Sequence[str]) -> list[float]:
        raise AssertionError("a check asks what entails")


def evidence(*quotes: str) -> Evidence:
    citations = [
        Citation(document_id="d", text_hash="h", source_uri="u", title="t", start=0, end=len(quote), quote=quote)
        for quote in quotes
    ]
    return Evidence(citations=tuple(citations))


def check(whole: Verdict, alone: Verdict, threshold: float = 0.5) -> Check:
    return EntailmentCheck(Saying(whole, alone), threshold=threshold).check("c", evidence("One.", "Two."))


def test_all_quotes_together_or_one_alone_must_entail() -> None:
    assert check(YES, NOTHING).passed
    assert check(NOTHING, YES).passed
    assert not check(NOTHING, NOTHING).passed
    assert not check(YES, YES, threshold=0.95).passed


def test_saying_otherwise_contradicts_and_saying_nothing_leaves_it_unverified() -> None:
    assert verdict([check(NO, NOTHING)]) is ClaimVerdict.CONTRADICTED
    assert verdict([check(NOTHING, NO)]) is ClaimVerdict.UNVERIFIED
    assert verdict([check(YES, YES)]) is ClaimVerdict.SUPPORTED


def test_one_quote_is_read_once() -> None:
    saying = Saying(YES, YES)
    assert EntailmentCheck(saying, threshold=0.5).probability("c", evidence("One.")) == 0.9
    assert saying.asked == [("c", ("One.",))]


def test_without_a_verifier_nothing_is_listed() -> None:
    assert further_checks(None, "c", evidence=evidence("One."), clock=FixedClock()) == ((), 0.0)


def ask(desk: Any, scripted: Any, trust: Any, statement: str, says: Verdict | None) -> Any:
    entailment = EntailmentCheck(Saying(says, says), threshold=0.5) if says else None
    model = scripted([statement, statement])
    return desk.ask(LAW, model=model, profile=trust(("write",)), entailment=entailment)


def statements(answer: Any) -> list[Any]:
    return [sentence for sentence in answer.sentences if sentence.kind is SentenceKind.STATEMENT]


@pytest.mark.parametrize(("says", "listed"), [(YES, True), (None, False)])
def test_the_checks_that_ran_are_in_the_answer(
    desk: Any, scripted: Any, trust: Any, says: Verdict | None, listed: bool
) -> None:
    (statement,) = statements(ask(desk, scripted, trust, STATEMENT, says))
    assert ("entailment" in {one.name for one in statement.claim.checks}) is listed


def test_what_the_verifier_rejects_is_withheld(desk: Any, scripted: Any, trust: Any) -> None:
    answer = ask(desk, scripted, trust, STATEMENT, NOTHING)
    assert not statements(answer)
    assert "statement_withheld" in answer.warnings


def test_what_a_guard_blocks_stays_blocked_whatever_the_verifier_says(desk: Any, scripted: Any, trust: Any) -> None:
    answer = ask(desk, scripted, trust, FABRICATED, YES)
    assert not statements(answer)
    assert "Nevada" not in answer.text


def test_a_verifier_is_part_of_what_decides(desk: Any) -> None:
    hashes = {
        desk.answerer(entailment=EntailmentCheck(Saying(YES, YES), threshold=threshold)).pipeline_hash
        for threshold in (0.5, 0.6)
    }
    relating = EntailmentCheck(Saying(YES, YES), threshold=0.5, uses=Uses(relates=True))
    hashes.add(desk.answerer(entailment=relating).pipeline_hash)
    assert len({*hashes, desk.answerer().pipeline_hash}) == 4
