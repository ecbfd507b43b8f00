"""What an erasure reaches is put together from every area that keeps something of people."""

from pathlib import Path

import pytest

from averment.compliance.erasure import ErasureRequest
from averment.core.settings import ModelSettings, Settings
from averment.core.settings_file import LoadedSettings
from averment.service.install import initialise
from averment.service.person_rights import prefect_server
from averment.service.runtime import open_runtime

pytestmark = pytest.mark.slow


def test_every_store_and_what_lies_beyond_is_named_in_the_certificate(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", model=ModelSettings(enabled=False))
    initialise(LoadedSettings(settings=settings, origins={}, path=None, root=tmp_path), source=None, subject="ada")
    (tmp_path / "data" / "prefect").mkdir()
    (tmp_path / "data" / "eval").mkdir()
    (tmp_path / "data" / "eval" / "result.json").write_text("{}", encoding="utf-8")
    request = ErasureRequest(identity="p-17", subject="ada", ground="request", names=("Anna Schmidt",))
    with open_runtime(settings) as runtime:
        assert runtime.record.export_person("ada", tmp_path / "held.zip", names=(), subject="ada") > 0
        done = runtime.record.eraser(subject="ada").erase(request)
    assert done is not None
    reached = {str(store["name"]): store["state"] for store in done["reached"]}  # type: ignore[attr-defined]
    assert reached == {
        "catalog": "clean",
        "blobs": "clean",
        "index": "clean",
        "sign-in": "clean",
        "analyses": "absent",
        "orchestration": "clean",
        "model-server": "absent",
        "cache": reached["cache"],
        "payloads": "clean",
        "evaluation-outputs": "clean",
        "training-outputs": "absent",
    }
    beyond = [store["name"] for store in done["not_reached"]]  # type: ignore[attr-defined]
    assert beyond == ["sources", "handed-out", "models", "evaluation", "prefect-server", "backups"]


def test_a_prefect_server_of_ones_own_is_named_without_what_its_address_keeps_secret() -> None:
    server = prefect_server({"PREFECT_API_URL": "https://ada:secret@prefect.example:4200/api"})
    assert (server.name, server.state) == ("prefect-server", "not-reached")
    assert "prefect.example:4200" in server.detail
    assert "secret" not in server.detail
    assert "if any" in prefect_server({}).detail
