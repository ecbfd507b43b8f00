"""Adapters are named, checked against their model, and served; what is not an adapter is refused with its reason."""

import json
from pathlib import Path

import pytest

from averment.core.errors import ConfigurationError
from averment.core.settings import AdapterSettings, ModelSettings, Settings
from averment.core.testing.endpoint import ModelEndpoint, ScriptedReply
from averment.pipelines.models.adapters import (
    Adapter,
    adapter_arguments,
    adapter_digest,
    adapters_of,
    read_adapter,
    with_adapter,
)
from averment.pipelines.models.configured import find_model
from averment.pipelines.models.profiles import load_profile
from averment.pipelines.reasoning.pipeline_identity import model_identity

from .lora import write_adapter

PROFILE = load_profile("smollm2-135m")
DIGEST = "sha256:" + "a" * 64


def named(*adapters: AdapterSettings, answers: str | None = None, endpoint: str | None = None) -> Settings:
    return Settings(model=ModelSettings(adapters=adapters, adapter=answers, endpoint=endpoint))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_adapter(tmp_path_factory.mktemp("lora") / "contracts", base=str(PROFILE.repository))


def test_an_adapter_is_read_with_rank_and_digest(folder: Path) -> None:
    found = read_adapter(AdapterSettings(name="contracts", path=folder, digest=adapter_digest(folder)), profile=PROFILE)
    assert (found.name, found.rank, found.digest) == ("contracts", 8, adapter_digest(folder))
    elsewhere = read_adapter(AdapterSettings(name="contracts", digest=DIGEST), profile=PROFILE)
    assert (elsewhere.path, elsewhere.digest) == (None, DIGEST)


def test_what_is_not_the_adapter_that_was_meant_is_refused(folder: Path, tmp_path: Path) -> None:
    def refused(match: str, **chosen: object) -> None:
        with pytest.raises(ConfigurationError, match=match):
            read_adapter(AdapterSettings.model_validate({"name": "a", **chosen}), profile=PROFILE)

    refused("neither path nor digest")
    refused("expected adapter_config.json", path=tmp_path)
    refused(f"expected {DIGEST}", path=folder, digest=DIGEST)
    refused("trained for 'Qwen/Qwen3-8B'", path=write_adapter(tmp_path / "other", base="Qwen/Qwen3-8B"))
    pickled = write_adapter(tmp_path / "pickled", base=PROFILE.name)
    (pickled / "adapter_model.safetensors").rename(pickled / "adapter_model.bin")
    refused("expected adapter_model.safetensors", path=pickled)
    for stated in ("[]", "{", json.dumps({"peft_type": "IA3", "r": 8}), json.dumps({"peft_type": "LORA", "r": 0})):
        broken = write_adapter(tmp_path / "broken", base=PROFILE.name)
        (broken / "adapter_config.json").write_text(stated)
        refused("describe", path=broken)


def test_its_digest_changes_with_every_file(tmp_path: Path) -> None:
    made = write_adapter(tmp_path / "a", base=PROFILE.name)
    digests = {adapter_digest(made)}
    for name in ("adapter_config.json", "adapter_model.safetensors"):
        with (made / name).open("ab") as stream:
            stream.write(b" ")
        digests.add(adapter_digest(made))
    assert len(digests) == 3


def test_names_are_of_one_model_each(folder: Path) -> None:
    one = AdapterSettings(name="contracts", path=folder)
    assert [adapter.name for adapter in adapters_of(named(one), PROFILE)] == ["contracts"]
    for other in ("contracts", PROFILE.served_name):
        with pytest.raises(ConfigurationError, match="more than one model"):
            adapters_of(named(one, AdapterSettings(name=other, path=folder)), PROFILE)


def test_the_server_is_told_names_places_and_the_room_they_need(folder: Path) -> None:
    assert adapter_arguments([]) == []
    one = Adapter(name="a", path=folder, digest=DIGEST, rank=8)
    two = Adapter(name="b", path=folder, digest=DIGEST, rank=20)
    arguments = adapter_arguments([one, two])
    assert arguments[:5] == ["--enable-lora", "--max-loras", "2", "--max-lora-rank", "32"]
    assert arguments[5:] == ["--lora-modules", f"a={folder}", f"b={folder}"]
    elsewhere = Adapter(name="c", path=None, digest=DIGEST, rank=None)
    too_large = Adapter(name="d", path=folder, digest=DIGEST, rank=513)
    for bad, message in ((elsewhere, "has no path"), (too_large, "at most 512")):
        with pytest.raises(ConfigurationError, match=message):
            adapter_arguments([one, bad])


def test_the_adapter_that_answers_is_asked_by_its_name(folder: Path) -> None:
    settings = named(AdapterSettings(name="contracts", path=folder), answers="contracts")
    profile = with_adapter(settings, PROFILE)
    assert (profile.served_name, profile.name) == ("contracts", PROFILE.name)
    assert profile.adapter is not None
    assert profile.adapter.base == PROFILE.served_name
    assert with_adapter(named(AdapterSettings(name="contracts", path=folder)), PROFILE) is PROFILE
    with pytest.raises(ConfigurationError, match=r"expected one of model\.adapters: none"):
        with_adapter(named(answers="contracts"), PROFILE)


def test_other_weights_under_the_same_name_are_another_profile_and_another_pipeline() -> None:
    profiles, identities = set(), set()
    for digest in (DIGEST, "sha256:" + "b" * 64):
        settings = named(
            AdapterSettings(name="contracts", digest=digest), answers="contracts", endpoint="http://127.0.0.1:9/v1"
        )
        model = find_model(settings)
        assert model is not None
        profiles.add(model.profile.digest)
        identities.add(model_identity(model))
        assert model.revision is not None
        assert model.revision.endswith(f"@{digest}")
        model.close()
    assert len(profiles | {PROFILE.digest}) == 3
    assert identities == {f"contracts@{DIGEST}", "contracts@sha256:" + "b" * 64}


@pytest.mark.parametrize(
    ("parent", "message"),
    [(PROFILE.served_name, None), ("other", "as an adapter of 'other'"), (None, "as an adapter of None")],
)
def test_an_endpoint_must_serve_it_as_an_adapter_of_the_configured_model(
    parent: str | None, message: str | None
) -> None:
    parents = {} if parent is None else {"contracts": parent}
    served = (PROFILE.served_name, "contracts")
    with ModelEndpoint(replies=[ScriptedReply(text="{}")], served=served, parents=parents) as endpoint:
        settings = named(
            AdapterSettings(name="contracts", digest=DIGEST), answers="contracts", endpoint=endpoint.base_url
        )
        model = find_model(settings)
        assert model is not None
        try:
            if message is None:
                model.check_served()
            else:
                with pytest.raises(ConfigurationError, match=message):
                    model.check_served()
        finally:
            model.close()
