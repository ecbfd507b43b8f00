import pytest

from averment.core.errors import ConfigurationError, ModelUnavailable
from averment.core.testing.endpoint import ModelEndpoint, ScriptedReply
from averment.pipelines.models.http_probe import engine_version, get_health, served_models, warm_up
from averment.pipelines.models.profiles import load_profile

PROFILE = load_profile("smollm2-135m")


def port_of(endpoint: ModelEndpoint) -> int:
    return int(endpoint.base_url.split(":")[2].split("/")[0])


def test_models_and_health_are_read() -> None:
    parents = {"b": "a"}
    with ModelEndpoint(replies=[ScriptedReply(text="{}")], served=("a", "b"), parents=parents, api_key="k") as endpoint:
        assert served_models(endpoint.base_url, api_key="k") == {"a": None, "b": "a"}
        with pytest.raises(ConfigurationError, match="refused the key"):
            served_models(endpoint.base_url, api_key=None)
        assert not get_health(port_of(endpoint))
        port = port_of(endpoint)
    assert not get_health(port)


@pytest.mark.parametrize(
    "reply",
    [
        ScriptedReply(text="ready"),
        ScriptedReply(text='{"ready": "yes"}'),
        ScriptedReply(text=None),
        ScriptedReply(failure="broken"),
        ScriptedReply(failure="garbage"),
        ScriptedReply(failure="half"),
        ScriptedReply(failure="drop"),
    ],
)
def test_a_server_that_does_not_follow_the_schema_is_not_ready(reply: ScriptedReply) -> None:
    with ModelEndpoint(replies=[reply]) as endpoint, pytest.raises(ModelUnavailable):
        warm_up(PROFILE, port=port_of(endpoint), api_key="k", timeout_s=5.0)


def test_the_warm_up_is_bound_to_a_schema() -> None:
    with ModelEndpoint(replies=[ScriptedReply(text='{"ready":false}')]) as endpoint:
        warm_up(PROFILE, port=port_of(endpoint), api_key="k", timeout_s=5.0)
        assert endpoint.requests[0].body["model"] == PROFILE.served_name
        assert "response_format" in endpoint.requests[0].body


def test_the_version_of_the_engine_is_read_where_it_is_stated() -> None:
    replies = [ScriptedReply(text="{}")]
    with ModelEndpoint(replies=replies, version="0.33.1+cpu") as endpoint:
        assert engine_version(endpoint.base_url) == "0.33.1+cpu"
        assert engine_version(f"{endpoint.base_url}/") == "0.33.1+cpu"
        url = endpoint.base_url
    assert engine_version(url) is None
    for stated in (None, "", "a version with spaces", "x" * 100):
        with ModelEndpoint(replies=replies, version=stated) as endpoint:
            assert engine_version(endpoint.base_url) is None
