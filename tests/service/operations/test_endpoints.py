"""Each endpoint tells whether it answers, and whether it serves what is configured."""

from pathlib import Path

import pytest

from averment.core.errors import ModelUnavailable
from averment.core.ports import ChatMessage
from averment.core.settings import EscalationSettings, ModelSettings, RerankingSettings, Settings
from averment.core.testing.endpoint import ModelEndpoint, ScriptedReply
from averment.pipelines.models.client import OpenAIChatModel
from averment.pipelines.models.profiles import load_profile
from averment.service.model_watch import ModelWatch
from averment.service.operations.endpoints import Endpoints, EndpointState

PROFILE = load_profile("smollm2-135m")
GONE = "http://127.0.0.1:9/v1"


def look(settings: Settings, *, models: ModelWatch | None = None) -> tuple[EndpointState, ...]:
    moments = iter(range(100))
    return Endpoints(settings, models=models or ModelWatch(settings), timer=lambda: next(moments) / 1000).look()


def test_no_endpoint_is_nothing_to_ask() -> None:
    assert look(Settings(model=ModelSettings(enabled=False))) == ()


def test_each_replica_is_asked_and_the_one_that_is_away_says_why(tmp_path: Path) -> None:
    with ModelEndpoint(replies=[ScriptedReply(text="")], served=(PROFILE.served_name,)) as endpoint:
        model = ModelSettings(endpoint=endpoint.base_url, replicas=(GONE,))
        here, away = look(Settings(data_dir=tmp_path, model=model))
    assert (here.role, here.address, here.model) == ("answers", endpoint.base_url, PROFILE.served_name)
    assert (here.healthy, here.problem, here.code) == (True, None, None)
    assert here.latency_ms is not None
    assert (away.healthy, away.latency_ms, away.code, away.address) == (False, None, "MDL002", GONE)
    assert "cannot be reached" in (away.problem or "")


def test_an_endpoint_that_serves_another_model_is_not_healthy(tmp_path: Path) -> None:
    with ModelEndpoint(replies=[ScriptedReply(text="")], served=("other",)) as endpoint:
        (state,) = look(Settings(data_dir=tmp_path, model=ModelSettings(endpoint=endpoint.base_url)))
    assert not state.healthy
    assert "'other'" in (state.problem or "")
    assert (state.served, state.agree) == (None, None), "such a server does not tell what weights it loaded"


def test_the_last_failure_of_a_call_is_told_until_the_service_ends(tmp_path: Path) -> None:
    failing = ScriptedReply(failure="broken")
    with ModelEndpoint(replies=[failing], served=(PROFILE.served_name,)) as endpoint:
        settings = Settings(data_dir=tmp_path, model=ModelSettings(endpoint=endpoint.base_url))
        models = ModelWatch(settings)
        (before,) = look(settings, models=models)
        model = models.current().model
        assert isinstance(model, OpenAIChatModel)
        with pytest.raises(ModelUnavailable):
            model.complete([ChatMessage(role="user", content="secret")], max_tokens=4, seed=1, purpose="select")
        (after,) = look(settings, models=models)
        model.close()
    assert (before.last_failure_at, before.last_failure_code) == (None, None)
    assert after.healthy, "it names its models all the same"
    assert after.last_failure_code == "MDL002"
    assert (after.last_failure_at or "").endswith("Z")


def test_the_second_model_and_the_reranker_are_asked_too(tmp_path: Path) -> None:
    with ModelEndpoint(replies=[ScriptedReply(text="")], served=("big", "ranker")) as endpoint:
        escalation = EscalationSettings(
            endpoint=endpoint.base_url, profile="qwen3-8b", served_name="big", external=False, purposes=("review",)
        )
        settings = Settings(
            data_dir=tmp_path,
            model=ModelSettings(enabled=False, escalation=escalation),
            reranking=RerankingSettings(endpoint=f"{endpoint.base_url}/", model="ranker"),
        )
        second, reranker = look(settings)
    assert (second.role, second.model, second.healthy) == ("escalation", "big", True)
    assert (reranker.role, reranker.model, reranker.healthy, reranker.configured) == ("reranking", "ranker", True, None)
