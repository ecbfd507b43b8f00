from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from averment.compliance.audit import ExportRequest, show
from averment.compliance.index import EntryFilter
from averment.core.errors import StoreBusy
from averment.core.settings import ModelSettings, Settings
from averment.core.settings_file import LoadedSettings
from averment.service.install import initialise
from averment.service.runtime import IndexCheck, Runtime, open_runtime


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    chosen = Settings(data_dir=tmp_path / "data", model=ModelSettings(enabled=False))
    initialise(LoadedSettings(settings=chosen, origins={}, path=None, root=tmp_path), source=None, subject="ada")
    return chosen


@pytest.fixture
def runtime(settings: Settings) -> Iterator[Runtime]:
    with open_runtime(settings) as opened:
        yield opened


def types(settings: Settings) -> list[str]:
    return [str(leaf["type"]) for leaf in show(settings.data_dir / "evidence", EntryFilter())]


def test_start_and_stop_of_a_service_are_in_the_log_even_when_it_fails(settings: Settings) -> None:
    with pytest.raises(RuntimeError), open_runtime(settings) as runtime, runtime.recorded_service():
        raise RuntimeError
    assert types(settings)[-3:] == ["config.changed", "system.started", "system.stopped"]


def test_health_names_the_part_that_fails_and_tries_the_logs_disk(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert runtime.health() == {"index": "ok", "catalog": "ok", "log": "ok", "model": "ok"}

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("averment.service.runtime.tempfile.TemporaryFile", full)
    assert runtime.health()["log"].startswith("AUD002")


def test_a_model_that_should_run_and_does_not_is_not_ready(settings: Settings) -> None:
    wanted = settings.model_copy(update={"model": ModelSettings(enabled=True)})
    with open_runtime(wanted) as runtime:
        assert "averment model serve" in runtime.health()["model"]


def test_an_export_needs_the_process_that_owns_the_log(settings: Settings, runtime: Runtime, tmp_path: Path) -> None:
    request = ExportRequest(kind="jsonl", query=EntryFilter(), subject="ada", includes_policy=False)
    assert runtime.export_log(tmp_path / "log.jsonl", request).stat().st_size > 0
    with open_runtime(settings) as second, pytest.raises(StoreBusy, match="another process"):
        second.export_log(tmp_path / "again.jsonl", request)


def test_an_index_agrees_only_when_every_document_does() -> None:
    assert IndexCheck(expected=4, found=4, differing=()).is_ok
    assert not IndexCheck(expected=4, found=4, differing=("d1", "d2")).is_ok
    assert not IndexCheck(expected=4, found=5, differing=()).is_ok
