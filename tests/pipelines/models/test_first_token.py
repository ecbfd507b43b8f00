"""One token is asked for, and told with the probabilities of what it was chosen from."""

from collections.abc import Callable

import pytest

from averment.core.access import Principal
from averment.core.errors import AvermentError, ModelOutputInvalid, ModelUnavailable
from averment.core.ports import ChatMessage, FirstTokenModel
from averment.core.testing.endpoint import ModelEndpoint, ScriptedReply
from averment.pipelines.models.client import CallLimits, OpenAIChatModel
from averment.pipelines.models.endpoint_pool import EndpointPool
from averment.pipelines.models.profiles import load_profile

pytestmark = pytest.mark.slow

MESSAGES = [ChatMessage(role="system", content="rules"), ChatMessage(role="user", content="Does it? yes or no")]
PROFILE = load_profile("qwen3-8b").model_copy(update={"served_name": "test-model"})
QUICK = CallLimits(timeout_s=10.0, retries=0, backoff_s=0.01, max_wait_s=0.5)
ALICE = Principal(subject="alice", groups=("legal",))
SAID = ScriptedReply(text="Yes", finish="length", first_token={"Yes": 0.6, " no": 0.3})


def client(endpoint: ModelEndpoint) -> OpenAIChatModel:
    return OpenAIChatModel(PROFILE, base_url=endpoint.base_url, api_key="k", limits=QUICK)


@pytest.mark.parametrize(
    "of",
    [
        lambda model: model,
        lambda model: model.for_caller(ALICE),
        lambda model: EndpointPool([model, model], limits=QUICK),
    ],
    ids=["client", "caller", "pool"],
)
def test_probabilities_come_with_usage(of: Callable[[OpenAIChatModel], FirstTokenModel]) -> None:
    with ModelEndpoint(replies=[SAID], api_key="k") as endpoint:
        model = client(endpoint)
        told = of(model).first_token(MESSAGES, seed=3, purpose="yes_no")
        model.close()
    assert told.first_token == pytest.approx({"Yes": 0.6, " no": 0.3})
    assert (told.text, told.finish, told.prompt_tokens, told.cached_tokens) == ("Yes", "length", 11, 3)
    body = endpoint.requests[0].body
    assert (body["max_completion_tokens"], body["top_logprobs"], body["temperature"]) == (1, 20, 0.0)
    assert body["chat_template_kwargs"] == {"enable_thinking": False}
    assert body["cache_salt"]


def test_a_server_that_tells_none_is_no_failure() -> None:
    with ModelEndpoint(replies=[ScriptedReply(text="Yes")], api_key="k") as endpoint:
        model = client(endpoint)
        assert model.first_token(MESSAGES, seed=3, purpose="yes_no").first_token is None
        model.close()


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (ScriptedReply(failure="broken"), ModelUnavailable),
        (ScriptedReply(failure="garbage"), ModelOutputInvalid),
        (ScriptedReply(text="Yes", model="another"), ModelOutputInvalid),
    ],
)
def test_failures_are_ours(reply: ScriptedReply, expected: type[AvermentError]) -> None:
    with ModelEndpoint(replies=[reply], api_key="k") as endpoint:
        model = client(endpoint)
        with pytest.raises(expected):
            model.first_token(MESSAGES, seed=3, purpose="yes_no")
        model.close()
