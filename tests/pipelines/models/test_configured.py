from pathlib import Path

import pytest

from averment.core.errors import ConfigurationError
from averment.core.settings import ModelSettings, Settings
from averment.pipelines.models.client import OpenAIChatModel
from averment.pipelines.models.configured import (
    MODEL_FOLDER,
    find_model,
    list_models,
    model_path,
    profile_of,
    server_of,
    within_context,
)
from averment.pipelines.models.endpoint_pool import EndpointPool
from averment.pipelines.models.server_state import write_state
from tests.running_server import running_server


def settings(tmp_path: Path, **model: object) -> Settings:
    return Settings(
        data_dir=tmp_path / "data",
        model=ModelSettings.model_validate({"models_dir": tmp_path / "models", **model}),
    )


def test_a_model_lies_where_the_settings_say_or_in_its_profiles_place(tmp_path: Path) -> None:
    plain = settings(tmp_path)
    assert model_path(plain, profile_of(plain)) == tmp_path / "models" / "smollm2-135m-instruct"
    own = settings(tmp_path, path=tmp_path / "own")
    assert model_path(own, profile_of(own)) == tmp_path / "own"


def test_an_unknown_profile_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no-such-model"):
        profile_of(settings(tmp_path, profile="no-such-model"))


def test_a_window_leaves_half_of_a_context_started_here(tmp_path: Path) -> None:
    asked: dict[str, object] = {"profile": "qwen3-8b", "max_context_tokens": 4096}
    here = settings(tmp_path, **asked)
    assert within_context(profile_of(here), here).window_tokens == 2048
    elsewhere = settings(tmp_path, **asked, endpoint="http://127.0.0.1:9/v1")
    assert within_context(profile_of(elsewhere), elsewhere) == profile_of(elsewhere)


def test_there_is_no_model_without_an_endpoint_or_a_running_server(tmp_path: Path) -> None:
    assert find_model(settings(tmp_path)) is None
    assert find_model(settings(tmp_path, enabled=False, endpoint="http://127.0.0.1:9/v1")) is None


def test_a_configured_endpoint_is_used(tmp_path: Path) -> None:
    found = find_model(settings(tmp_path, endpoint="http://127.0.0.1:9/v1", profile="qwen3-8b"))
    assert found is not None
    assert found.model_id == "qwen3-8b"


def test_replicas_make_one_model_of_several_endpoints(tmp_path: Path) -> None:
    first, second = "http://127.0.0.1:9/v1", "http://127.0.0.1:10/v1"
    assert isinstance(find_model(settings(tmp_path, endpoint=first, replicas=[second])), EndpointPool)
    assert isinstance(find_model(settings(tmp_path, endpoint=first, replicas=[first])), OpenAIChatModel)
    with pytest.raises(ConfigurationError, match=r"model\.endpoint"):
        find_model(settings(tmp_path, replicas=[second]))


def test_a_running_server_is_found_with_the_digest_of_its_model(tmp_path: Path) -> None:
    running = running_server(model_digest="sha256:ab")
    write_state(tmp_path / "data" / MODEL_FOLDER, running)
    found = find_model(settings(tmp_path))
    assert found is not None
    assert (found.model_id, found.revision) == ("smollm2-135m", "sha256:ab")


def test_who_starts_the_smoke_test_model_is_told_what_it_is(tmp_path: Path) -> None:
    said: list[str] = []
    server_of(settings(tmp_path), announce=said.append)
    assert len(said) == 1
    assert "cannot reason" in said[0]
    server_of(settings(tmp_path, profile="qwen3-8b"), announce=said.append)
    assert len(said) == 1


def test_every_profile_is_listed(tmp_path: Path) -> None:
    assert not any(row.is_installed for row in list_models(settings(tmp_path)))
