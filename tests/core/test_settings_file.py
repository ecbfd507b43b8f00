from pathlib import Path

import pytest

from averment.core.errors import ConfigurationError
from averment.core.settings_file import describe, load_settings


def test_defaults_stand_without_a_file(tmp_path: Path) -> None:
    loaded = load_settings(config=None, environ={}, cwd=tmp_path)
    assert loaded.path is None
    assert loaded.settings.data_dir == tmp_path / ".averment"
    assert loaded.settings.service.host == "127.0.0.1"


def test_environment_wins_over_file_wins_over_defaults(tmp_path: Path) -> None:
    file = tmp_path / "conf" / "averment.yaml"
    file.parent.mkdir()
    file.write_text("data_dir: state\nservice:\n  port: 1111\n  host: 127.0.0.2\nsources:\n  - {name: a, path: docs}\n")
    loaded = load_settings(config=file, environ={"AVERMENT_SERVICE__PORT": "2222", "HOME": "/x"}, cwd=tmp_path)
    assert loaded.settings.service.port == 2222
    assert loaded.settings.service.host == "127.0.0.2"
    assert loaded.settings.data_dir == file.parent / "state"
    assert loaded.settings.sources[0].path == file.parent / "docs"
    rows = {row["name"]: row for row in describe(loaded)}
    assert rows["service.port"]["origin"] == "AVERMENT_SERVICE__PORT"
    assert rows["service.host"]["origin"] == str(file)
    assert rows["service.max_body_bytes"]["origin"] == "default"
    assert rows["sources[0].name"]["value"] == "a"


def test_unknown_keys_are_errors_that_name_field_and_place(tmp_path: Path) -> None:
    file = tmp_path / "averment.yaml"
    file.write_text("service:\n  prot: 1\n")
    with pytest.raises(ConfigurationError, match=r"service\.prot.*averment\.yaml"):
        load_settings(config=None, environ={}, cwd=tmp_path)
    with pytest.raises(ConfigurationError, match="AVERMENT_INDEX__COLOUR"):
        load_settings(config=None, environ={"AVERMENT_INDEX__COLOUR": "red"}, cwd=tmp_path / "empty")


def test_a_named_file_must_exist_and_be_a_mapping(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="does not exist"):
        load_settings(config=Path("no.yaml"), environ={}, cwd=tmp_path)
    (tmp_path / "list.yaml").write_text("- 1\n")
    with pytest.raises(ConfigurationError, match="mapping"):
        load_settings(config=Path("list.yaml"), environ={}, cwd=tmp_path)
    (tmp_path / "bad.yaml").write_text("a: [")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load_settings(config=Path("bad.yaml"), environ={}, cwd=tmp_path)


def test_secrets_are_masked(tmp_path: Path) -> None:
    loaded = load_settings(config=None, environ={"AVERMENT_INDEX__API_KEY": "hunter2"}, cwd=tmp_path)
    assert loaded.settings.index.api_key is not None
    assert loaded.settings.index.api_key.get_secret_value() == "hunter2"
    assert "hunter2" not in str(describe(loaded)) + repr(loaded.settings)
