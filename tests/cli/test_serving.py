import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from averment.core.settings import Settings
from averment.pipelines.models.adapters import adapter_digest
from averment.pipelines.models.configured import MODEL_FOLDER
from averment.pipelines.models.server_state import write_state
from tests.e2e.installation import Installation, make_installation
from tests.pipelines.models.lora import write_adapter
from tests.running_server import running_server


def ready_at_once(settings: Settings, *, announce: Callable[[str], None], record: Callable[[], None]) -> None:
    """Stand in for a server: leave its facts, have it named, say that it is ready."""
    running = running_server()
    write_state(settings.data_dir / MODEL_FOLDER, running)
    record()
    announce("ready")


def test_the_port_of_the_command_wins_over_settings(
    empty_installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Settings] = []

    def serve(settings: Settings, *, announce: Callable[[str], None], **_: object) -> None:
        seen.append(settings)
        announce("serving")

    monkeypatch.setattr("averment.service.server.serve_forever", serve)
    assert "serving" in empty_installation.ok("serve", "--port", "0").stderr
    empty_installation.ok("serve")
    assert [settings.service.port for settings in seen] == [0, 8484]
    assert empty_installation.run("serve", "--port", "70000").code == 2


def test_models_are_listed_with_what_is_here(empty_installation: Installation) -> None:
    models = empty_installation.ok("model", "list", "--json").json()["models"]
    assert {"smollm2-135m"} <= {model["profile"] for model in models}
    assert empty_installation.run("model", "fetch", "no-such-model", "--json").json()["code"] == "CFG001"


def test_adapters_are_listed_with_their_digests(empty_installation: Installation, tmp_path: Path) -> None:
    folder = write_adapter(tmp_path / "lora", base="SmolLM2-135M-Instruct")
    adapters = json.dumps([{"name": "contracts", "path": str(folder)}])
    chosen = {"AVERMENT_MODEL__ADAPTERS": adapters, "AVERMENT_MODEL__ADAPTER": "contracts"}
    there = Installation(empty_installation.root, extra={**empty_installation.extra, **chosen})
    (row,) = there.ok("model", "list", "--json").json()["adapters"]
    assert (row["adapter"], row["digest"], row["answers"]) == ("contracts", adapter_digest(folder), True)
    assert "contracts" in there.ok("model", "list").stdout


@pytest.mark.slow
def test_a_served_model_is_in_the_log_before_it_is_said_to_be_ready(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("averment.pipelines.models.configured.serve_model", ready_at_once)
    enabled = replace(make_installation(tmp_path / "made"), extra={"AVERMENT_MODEL__ENABLED": "true"})
    assert enabled.ok("model", "serve").stderr.endswith("ready\n")
    enabled.ok("model", "serve")
    (entry,) = enabled.ok("audit", "show", "--type", "model.loaded", "--json").json()["entries"]
    assert entry["data"]["engine_version"] == "0.32.0"
    assert "/m" not in json.dumps(entry["data"])
    nowhere = Installation(tmp_path / "new", extra=enabled.extra)
    nowhere.root.mkdir()
    assert "averment init" in nowhere.ok("model", "serve").stderr
