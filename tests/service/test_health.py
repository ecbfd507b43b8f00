"""What answers says so, what does not says why."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi.testclient import TestClient

from averment.core.settings import ModelSettings, Settings
from averment.core.testing.endpoint import ModelEndpoint, ScriptedReply
from averment.pipelines.models.profiles import load_profile
from averment.service.health import IndexCheck
from averment.service.runtime import Runtime, open_runtime
from tests.service.conftest import Measured, serve


@dataclass(frozen=True, slots=True)
class Serving:
    """A service over an installation whose language model a test can change."""

    client: TestClient
    runtime: Runtime
    endpoint: ModelEndpoint


@pytest.fixture
def serving(settings: Settings, measured: Measured) -> Iterator[Serving]:
    name = load_profile("smollm2-135m").served_name
    with ModelEndpoint(replies=[ScriptedReply(text="")], served=(name,)) as endpoint:
        wanted = settings.model_copy(update={"model": ModelSettings(endpoint=endpoint.base_url)})
        with open_runtime(wanted) as runtime, serve(runtime, wanted, measured.metrics) as client:
            assert client.get("/readyz").json()["status"] == "ready"
            yield Serving(client, runtime, endpoint)


def test_health_names_the_part_that_fails_and_tries_the_logs_disk(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert runtime.health() == {"index": "ok", "catalog": "ok", "log": "ok", "model": "ok"}

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("averment.service.health.tempfile.TemporaryFile", full)
    assert runtime.health()["log"].startswith("AUD002")


def test_a_model_that_should_run_and_does_not_is_not_ready(settings: Settings) -> None:
    wanted = settings.model_copy(update={"model": ModelSettings(enabled=True)})
    with open_runtime(wanted) as runtime:
        assert "averment model serve" in runtime.health()["model"]


def test_an_index_agrees_only_when_every_document_does() -> None:
    assert IndexCheck(expected=4, found=4, differing=()).is_ok
    assert not IndexCheck(expected=4, found=4, differing=("d1", "d2")).is_ok
    assert not IndexCheck(expected=4, found=5, differing=()).is_ok


def test_readiness_is_lost_with_the_catalog_and_comes_back(serving: Serving) -> None:
    with sqlite3.connect(serving.runtime.data_dir.catalog) as catalog:
        catalog.execute("ALTER TABLE documents RENAME TO lost")
    assert_only_down(serving.client, "catalog", "STO")
    with sqlite3.connect(serving.runtime.data_dir.catalog) as catalog:
        catalog.execute("ALTER TABLE lost RENAME TO documents")
    assert serving.client.get("/readyz").status_code == 200


def test_readiness_is_lost_with_the_model_and_comes_back(serving: Serving) -> None:
    before, serving.endpoint.served = serving.endpoint.served, ("another-model",)
    assert_only_down(serving.client, "model", "'another-model'")
    serving.endpoint.served = before
    assert serving.client.get("/readyz").status_code == 200


def test_readiness_is_lost_with_the_index(serving: Serving) -> None:
    serving.runtime._workspace.indexes.own_store(None).close()
    assert_only_down(serving.client, "index", "IDX")


def test_readiness_is_lost_with_a_log_whose_files_are_gone(serving: Serving) -> None:
    checkpoint = serving.runtime.data_dir.evidence / "log" / "checkpoint"
    kept = checkpoint.read_bytes()
    checkpoint.unlink()
    assert_only_down(serving.client, "log", "AUD")
    checkpoint.write_bytes(kept)
    assert serving.client.get("/readyz").status_code == 200


def assert_only_down(client: TestClient, part: str, words: str) -> None:
    answered = client.get("/readyz")
    assert answered.status_code == 503
    body = answered.json()
    assert body["status"] == "not ready"
    assert {name for name, state in body["parts"].items() if state != "ok"} == {part}
    assert words in body["parts"][part]
