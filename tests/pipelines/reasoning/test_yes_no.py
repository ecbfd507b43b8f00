"""Sentences are chosen one by one by how likely the model says yes, or not by it at all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from averment.core.access import AccessLabel
from averment.core.clock import SystemClock
from averment.core.errors import AvermentError, ModelUnavailable
from averment.core.ports import REFUSED, ChatMessage, Completion
from averment.core.testing.endpoint import ModelEndpoint, ScriptedReply
from averment.pipelines.models.client import CallLimits, OpenAIChatModel
from averment.pipelines.models.profiles import load_profile
from averment.pipelines.reasoning import yes_no
from averment.pipelines.reasoning.evidence import Source
from averment.pipelines.reasoning.model_desk import ModelDesk
from averment.pipelines.reasoning.reader import Candidate, Interest, Reader, Stretch

Make = Callable[..., Any]
QUESTION = "Which state's law governs the agreement?"
READER = Reader(None, SystemClock())
PROFILE = load_profile("smollm2-135m")


@pytest.fixture
def candidates(desk: Any) -> list[Candidate]:
    document = desk.corpus.documents["lease"]
    source = Source(document, text=desk.corpus.text(document.text_hash), layout=desk.corpus.layout(document.text_hash))
    read, _ = READER.read(Interest(question=QUESTION, topics=(), kind=None), [Stretch(source=source)])
    return read


@pytest.fixture
def saying(scripted: Any) -> Make:
    """Return what makes a model that says yes with scripted probabilities, one request after the other."""

    @dataclass
    class Saying(scripted):  # type: ignore[misc]  # the fixture is a class
        def first_token(self, messages: Sequence[ChatMessage], *, seed: int, purpose: str) -> Completion:
            self.asked.append((purpose, tuple(messages)))
            told = self.script.pop(0)
            if isinstance(told, AvermentError):
                raise told
            return Completion(
                text="yes", finish=self.finish, model=self.model_id, revision="r1", parameters={}, duration_s=0.1,
                prompt_tokens=50, completion_tokens=1, first_token=told,
            )  # fmt: skip

    return Saying


def yes(chance: float) -> dict[str, float]:
    return {"yes": chance, "no": 1 - chance}


def choose(model: Any, trust: Any, candidates: Sequence[Candidate], **options: Any) -> Any:
    desk = ModelDesk(model, trust=trust(("yes_no",), **options), clock=SystemClock())
    chosen, calls = yes_no.choose(desk, candidates, question=QUESTION, sentences_of=READER.sentences)
    return chosen, calls, desk.warnings


def test_the_likeliest_are_chosen_from_the_threshold_on(candidates: list[Candidate], saying: Make, trust: Make) -> None:
    few = candidates[:5]
    chosen, calls, warnings = choose(saying([yes(one) for one in (0.6, 0.2, 0.9, 0.7, 0.8)]), trust, few)
    assert chosen == [few[2], few[4], few[3]], "three at most, the surest first"
    assert (len(calls), warnings) == (5, [])
    assert {call.purpose for call in calls} == {"yes_no"}
    strict, _, _ = choose(saying([yes(one) for one in (0.6, 0.2, 0.9, 0.7, 0.8)]), trust, few, yes_no_threshold=0.85)
    assert strict == [few[2]]
    none, _, _ = choose(saying([yes(0.1)] * 5), trust, few)
    assert none == []


def test_what_requests_begin_with_alike_counts_once(candidates: list[Candidate], saying: Make, trust: Make) -> None:
    _, calls, _ = choose(saying([yes(0.6)] * 3), trust, candidates[:3])
    assert [(call.input_tokens, call.output_tokens) for call in calls] == [(50, 1)] * 3
    longer = [replace(calls[0], input_tokens=60), *calls[1:]]
    assert yes_no.tokens_spent(longer) == 50 + 10 + 3
    assert (yes_no.tokens_spent(calls[:1]), yes_no.tokens_spent(())) == (51, 0)


def test_a_question_is_asked_of_each_sentence_behind_the_same_window(
    candidates: list[Candidate], saying: Make, trust: Make
) -> None:
    model = saying([yes(0.6)] * 3)
    choose(model, trust, candidates[:3], window_tokens=2_000)
    users = [messages[1].content for _, messages in model.asked]
    heads = {user[: user.index("Question: ")] for user in users}
    assert len(heads) == 1
    assert heads.pop().startswith("<sentences>")
    assert all(item.span.text.split()[0] in user for item, user in zip(candidates[:3], users, strict=True))


@pytest.mark.parametrize("told", [{}, None, {"The": 0.9}, ModelUnavailable("down")])
def test_one_unusable_reply_chooses_nothing(
    candidates: list[Candidate], saying: Make, trust: Make, told: object
) -> None:
    model = saying([yes(0.9), told, yes(0.9)])
    chosen, _, warnings = choose(model, trust, candidates[:3])
    assert chosen is None
    assert len(model.asked) == 2
    assert bool(warnings) or told == {"The": 0.9}


def test_a_refusal_and_a_model_that_tells_nothing_are_warned_of(
    candidates: list[Candidate], saying: Make, scripted: Make, trust: Make
) -> None:
    assert choose(saying([yes(0.9)], finish=REFUSED), trust, candidates[:1])[::2] == (None, ["model_refused"])
    assert choose(scripted([]), trust, candidates[:1])[::2] == (None, ["model_output_invalid"])


def test_a_model_must_be_allowed_to_see_the_documents_of_the_sentences(
    candidates: list[Candidate], saying: Make, trust: Make
) -> None:
    asked: list[AccessLabel] = []

    def may_see(labels: Sequence[AccessLabel]) -> bool:
        asked.extend(labels)
        return len(asked) < 2

    desk = ModelDesk(saying([yes(0.9)]), trust=trust(("yes_no",)), clock=SystemClock(), may_see=may_see)
    found, calls = yes_no.choose(desk, candidates[:2], question=QUESTION, sentences_of=READER.sentences)
    assert asked == [candidates[0].source.document.access] * 2
    assert (found, len(calls)) == (None, 1)


@pytest.mark.parametrize(
    ("told", "chance"),
    [
        ({"Yes": 0.5, "\u2581yes": 0.1, "No": 0.2, "The": 0.2}, 0.75),
        ({"yes.": 0.3, "\u0120no": 0.1}, 0.75),
        ({"No": 1.0}, 0.0),
        ({"Yesterday": 1.0}, None),
    ],
)
def test_words_are_told_apart_however_a_tokenizer_prints_them(told: Mapping[str, float], chance: float | None) -> None:
    found = yes_no.chance_of_yes(told)
    assert found == (None if chance is None else pytest.approx(chance))


@pytest.mark.slow
def test_an_answer_quotes_what_an_endpoint_says_yes_to(desk: Any) -> None:
    def reply(body: Mapping[str, Any]) -> ScriptedReply:
        told = yes(0.95 if "written consent" in body["messages"][-1]["content"].splitlines()[-3] else 0.05)
        return ScriptedReply(text="yes", finish="length", first_token=told)

    profile = PROFILE.model_copy(update={"trusted_for": ("yes_no",)})
    with ModelEndpoint(replies=reply, served=(PROFILE.served_name,)) as endpoint:
        model = OpenAIChatModel(PROFILE, base_url=endpoint.base_url, limits=CallLimits(retries=0))
        answer = desk.ask("Is consent or notice required for assignment or renewal?", model=model, profile=profile)
        model.close()
    bodies = [seen.body for seen in endpoint.requests]
    assert bodies
    assert {(body["max_completion_tokens"], body["logprobs"], body["top_logprobs"]) for body in bodies} == {
        (1, True, 20)
    }
    assert answer.method == "model"
    assert answer.usage.model_calls == len(bodies) == sum(step.model_call is not None for step in answer.steps)
    quotes = [sentence.text for sentence in answer.sentences if sentence.claim is not None]
    assert len(quotes) == 1
    assert "written consent" in quotes[0]
