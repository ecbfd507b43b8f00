"""What answers says so, what does not says why."""

from typing import Any

import pytest

from averment.core.settings import ModelSettings, Settings
from averment.service.health import IndexCheck
from averment.service.runtime import Runtime, open_runtime


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
