from pathlib import Path

import pytest

from averment.core.access import Filters, Principal
from averment.core.errors import ConfigurationError, StoreError
from averment.core.settings_file import load_settings
from averment.flows._wiring import open_wiring
from averment.service.install import initialise

MODEL_OFF = {"AVERMENT_MODEL__ENABLED": "false"}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "contracts").mkdir()
    path = tmp_path / "averment.yaml"
    path.write_text("sources: [{name: contracts, path: contracts}]\n", encoding="utf-8")
    initialise(load_settings(config=path, environ=MODEL_OFF, cwd=tmp_path), source=None, subject="ada")
    return path


@pytest.mark.slow
def test_a_flow_works_with_the_installation_its_settings_file_describes(config: Path) -> None:
    with open_wiring(config, environ=MODEL_OFF) as wiring:
        assert wiring.connector("contracts").name == "contracts"
        assert wiring.visible(Principal(subject="ada", groups=("everyone",)), Filters()) == []
        assert wiring.settings.flows.retries == 2


def test_settings_that_are_not_there_and_data_never_made_are_errors(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError), open_wiring(tmp_path / "nowhere.yaml", environ={}):
        pytest.fail("it must not open")
    empty = tmp_path / "averment.yaml"
    empty.write_text("", encoding="utf-8")
    with pytest.raises(StoreError), open_wiring(empty, environ={}):
        pytest.fail("it must not open")
