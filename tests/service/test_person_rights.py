"""What an erasure reaches is put together from every area that keeps something of people."""

from pathlib import Path

import pytest

from averment.compliance.erasure import ErasureRequest
from averment.core.settings import ModelSettings, Settings
from averment.core.settings_file import LoadedSettings
from averment.service.install import initialise
from averment.service.runtime import open_runtime

pytestmark = pytest.mark.slow


def test_every_store_and_what_lies_beyond_is_named_in_the_certificate(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", model=ModelSettings(enabled=False))
    initialise(LoadedSettings(settings=settings, origins={}, path=None, root=tmp_path), source=None, subject="ada")
    (tmp_path / "data" / "prefect").mkdir()
    request = ErasureRequest(identity="p-17", subject="ada", ground="request", names=("Anna Schmidt",))
    with open_runtime(settings) as runtime:
        assert runtime.record.export_person("ada", tmp_path / "held.zip", names=(), subject="ada") > 0
        done = runtime.record.eraser(subject="ada").erase(request)
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
    }
    beyond = [store["name"] for store in done["not_reached"]]  # type: ignore[attr-defined]
    assert beyond == ["sources", "handed-out", "models", "evaluation", "backups"]
