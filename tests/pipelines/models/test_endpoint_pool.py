"""Several endpoints are one model: alike requests go to one of them, and no request is lost while any answers."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from averment.core.access import Principal
from averment.core.errors import ConfigurationError, ModelCancelled, ModelOverloaded, ModelUnavailable
from averment.core.ports import ChatMessage, ChatModel
from averment.core.testing.endpoint import ModelEndpoint, ScriptedReply
from averment.pipelines.models.cancellation import Cancellation
from averment.pipelines.models.client import CallLimits, OpenAIChatModel
from averment.pipelines.models.endpoint_pool import LONGEST_REST_S, SPILL, EndpointPool
from averment.pipelines.models.profiles import load_profile

PROFILE = load_profile("smollm2-135m").model_copy(update={"served_name": "test-model"})
QUICK = CallLimits(timeout_s=10.0, retries=1, backoff_s=0.5, max_wait_s=5.0)
ALICE = Principal(subject="alice", groups=("legal",))
GOOD = ScriptedReply(text='{"a": 1}')
BUSY = ScriptedReply(failure="overloaded", retry_after="0")
Serve = Callable[..., ModelEndpoint]


class Time:
    """A clock that waiting moves on."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.waits: list[float] = []

    def clock(self) -> float:
        return self.now_s

    def pause(self, _woken: threading.Event, seconds: float) -> None:
        self.waits.append(seconds)
        self.now_s += seconds


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start endpoints that end with the test."""
    with ExitStack() as stack:

        def start(*replies: ScriptedReply, served: str = "test-model") -> ModelEndpoint:
            return stack.enter_context(ModelEndpoint(replies=list(replies) or [GOOD], served=(served,)))

        yield start


def pool(*endpoints: ModelEndpoint, time: Time | None = None) -> EndpointPool:
    once = CallLimits(timeout_s=10.0, retries=0)
    members = [
        OpenAIChatModel(PROFILE, base_url=endpoint.base_url, limits=once, salt_key=b"k" * 32) for endpoint in endpoints
    ]
    time = time or Time()
    return EndpointPool(members, limits=QUICK, clock=time.clock, pause=time.pause)


def ask(model: ChatModel, document: str = "the lease", question: str = "Which law?") -> str:
    messages = [ChatMessage(role="system", content="rules"), ChatMessage(role="user", content=document + question)]
    return model.complete(messages, max_tokens=20, seed=3, purpose="select").text


def test_questions_about_one_document_go_to_one_endpoint_and_documents_to_all(serve: Serve) -> None:
    endpoints = [serve(), serve()]
    model = pool(*endpoints)
    document = "A sentence of the lease. " * 100
    for number in range(6):
        ask(model, document, f"Question {number}?")
    assert sorted(len(endpoint.requests) for endpoint in endpoints) == [0, 6]
    for number in range(20):
        ask(model, f"Contract number {number}.")
    assert all(endpoint.requests for endpoint in endpoints)


def test_a_request_that_one_endpoint_fails_goes_to_the_next_and_that_one_rests(serve: Serve) -> None:
    time = Time()
    endpoints = [serve(BUSY), serve(BUSY)]
    model = pool(*endpoints, time=time)
    with pytest.raises(ModelOverloaded):
        ask(model)
    assert [len(endpoint.requests) for endpoint in endpoints] == [2, 2]
    assert time.waits == [0.5]
    for endpoint in endpoints:
        endpoint.requests.clear()
    endpoints[1].replies = [GOOD]
    time.now_s += LONGEST_REST_S
    assert ask(model) == '{"a": 1}'
    asked = len(endpoints[0].requests)
    for _ in range(3):
        ask(model)
    assert len(endpoints[0].requests) == asked, "an endpoint that failed rests"
    assert not time.waits[1:]


def test_an_endpoint_that_is_gone_costs_no_answer(serve: Serve) -> None:
    alive = serve()
    gone = OpenAIChatModel(PROFILE, base_url="http://127.0.0.1:9/v1", limits=CallLimits(retries=0))
    here = OpenAIChatModel(PROFILE, base_url=alive.base_url, limits=CallLimits(retries=0))
    model = EndpointPool([gone, here], limits=QUICK, pause=Time().pause)
    model.warm_up()
    assert [ask(model, f"Contract {number}.") for number in range(8)] == ['{"a": 1}'] * 8
    with pytest.raises(ModelUnavailable):
        model.check_served()
    with pytest.raises(ModelUnavailable):
        EndpointPool([gone, gone], limits=QUICK, pause=Time().pause).warm_up()


def test_an_endpoint_that_serves_another_model_is_not_used(serve: Serve) -> None:
    right, wrong = serve(), serve(served="another")
    model = pool(wrong, right)
    assert [ask(model, f"Contract {number}.") for number in range(8)] == ['{"a": 1}'] * 8
    assert not wrong.requests
    with pytest.raises(ConfigurationError, match="serves"):
        ask(pool(wrong, serve(served="a third")))


def test_work_spills_over_to_the_endpoint_with_the_least(serve: Serve) -> None:
    slow = ScriptedReply(text='{"a": 1}', delay_s=0.5)
    endpoints = [serve(slow), serve(slow)]
    model = pool(*endpoints)
    with ThreadPoolExecutor(2 * SPILL) as threads:
        replies = list(threads.map(lambda _: ask(model), range(2 * SPILL)))
    assert replies == ['{"a": 1}'] * 2 * SPILL
    assert min(len(endpoint.requests) for endpoint in endpoints) > 0


def test_a_caller_has_its_salt_at_every_endpoint(serve: Serve) -> None:
    endpoints = [serve(), serve()]
    model = pool(*endpoints).for_caller(ALICE, priority=3)
    for number in range(12):
        ask(model, f"Contract {number}.")
    bodies = [seen.body for endpoint in endpoints for seen in endpoint.requests]
    assert all(endpoint.requests for endpoint in endpoints)
    assert len({str(body["cache_salt"]) for body in bodies}) == 1
    assert {body["priority"] for body in bodies} == {3}


def test_cancelling_ends_the_wait_between_rounds(serve: Serve) -> None:
    endpoints = [serve(BUSY), serve(BUSY)]
    cancellation = Cancellation()
    members = [
        OpenAIChatModel(PROFILE, base_url=endpoint.base_url, limits=CallLimits(retries=0)) for endpoint in endpoints
    ]
    model = EndpointPool(members, limits=QUICK, pause=lambda _woken, _seconds: cancellation.cancel())
    with pytest.raises(ModelCancelled):
        ask(model.for_caller(ALICE, cancellation=cancellation))
