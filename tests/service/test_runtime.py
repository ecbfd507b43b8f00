from contextlib import suppress
from typing import Any, cast

import pytest

from averment.compliance.audit import show
from averment.compliance.index import EntryFilter
from averment.core.access import Principal
from averment.core.analysis import SearchRequest
from averment.core.audit import EventType
from averment.core.errors import AuditWriteFailed, StoreBusy
from averment.core.settings import ModelSettings, Settings
from averment.core.testing.endpoint import ModelEndpoint, ScriptedReply
from averment.pipelines.models.profiles import load_profile
from averment.service.runtime import Runtime, open_runtime

pytestmark = pytest.mark.slow


def data_of(settings: Settings, kind: EventType) -> list[dict[str, Any]]:
    leaves = show(settings.data_dir / "evidence", EntryFilter(types=(str(kind),)))
    return [cast("dict[str, Any]", leaf["data"]) for leaf in leaves]


def types(settings: Settings) -> list[str]:
    return [str(leaf["type"]) for leaf in show(settings.data_dir / "evidence", EntryFilter())]


def test_start_and_stop_of_a_service_are_in_the_log_even_when_it_fails(settings: Settings) -> None:
    with pytest.raises(RuntimeError), open_runtime(settings) as runtime, runtime.recorded_service():
        raise RuntimeError
    assert types(settings)[-3:] == ["config.changed", "system.started", "system.stopped"]


def test_a_service_that_is_told_to_stop_was_asked_and_one_that_fails_was_not(settings: Settings) -> None:
    for error in (SystemExit(0), RuntimeError()):
        with suppress(SystemExit, RuntimeError), open_runtime(settings) as runtime, runtime.recorded_service():
            raise error
    with open_runtime(settings) as runtime, runtime.recorded_service():
        pass
    assert [data["reason"] for data in data_of(settings, EventType.SYSTEM_STOPPED)] == ["asked", "failed", "asked"]


def test_a_failure_of_the_service_is_an_entry_without_words(runtime: Runtime, settings: Settings) -> None:
    runtime.record_failure(StoreBusy("the secret place"), stage="v1.search", cause="KeyError")
    runtime.record.verify_log()
    (data,) = data_of(settings, EventType.ERROR)
    assert data == {"code": "STO003", "stage": "v1.search", "retryable": True, "cause": "KeyError"}


def test_a_model_is_named_when_it_is_ready_and_once_for_all_commands(settings: Settings) -> None:
    name = load_profile("smollm2-135m").served_name
    with ModelEndpoint(replies=[ScriptedReply(text="")], served=(name,), version="0.33.1") as endpoint:
        chosen = settings.model_copy(update={"model": ModelSettings(endpoint=endpoint.base_url)})
        endpoint.served = ("another-model",)
        with open_runtime(chosen) as runtime:
            runtime.record_model()
            assert data_of(settings, EventType.MODEL_LOADED) == []
            endpoint.served = (name,)
            runtime.record_model()
            runtime.record_model()
        with open_runtime(chosen) as again:
            again.record_model()
    (data,) = data_of(settings, EventType.MODEL_LOADED)
    assert (data["role"], data["model"], data["engine_version"]) == ("language", name, "0.33.1")


def test_a_search_without_a_log_gives_nothing(
    runtime: Runtime, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = SearchRequest(query="x", principal=Principal(subject="ada", groups=("everyone",)), top_k=1)
    assert runtime.search(request).passages == ()

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("averment.compliance.log.wal._write_at", full)
    with pytest.raises(AuditWriteFailed):
        runtime.search(request)
    monkeypatch.undo()
    runtime.record.verify_log()
    assert [data["n_passages"] for data in data_of(settings, EventType.SEARCH_EXECUTED)] == [0]
