from pathlib import Path

import pytest
import typer

from averment.cli.context import Options, settings_of, user_name
from averment.cli.main import app


def test_the_named_settings_file_wins_over_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "averment.yaml").write_text("tenant: here\n")
    (tmp_path / "other.yaml").write_text("tenant: there\n")
    context = typer.Context(typer.main.get_command(app))
    assert settings_of(context).tenant == "here"
    context.obj = Options(config=tmp_path / "other.yaml")
    assert settings_of(context).tenant == "there"


def test_a_user_without_a_name_has_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("uid not found")

    monkeypatch.setattr("getpass.getuser", nobody)
    assert user_name().startswith("uid-")
