from pathlib import Path

import pytest
import typer

from averment.cli.context import Options, log_event, settings_of, user_name
from averment.cli.main import app
from averment.core.audit import EventType, EventValue
from tests.e2e.installation import make_installation


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


def test_what_needs_no_installation_is_logged_where_there_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    digest = "sha256:" + "a" * 64
    facts: dict[str, EventValue] = {
        "role": "verifier", "model": digest, "training": digest, "before": digest, "after": digest,
        "alpha_ppm": 10_000, "comparisons": 5,
    }  # fmt: skip
    context = typer.Context(typer.main.get_command(app))
    assert not log_event(context, EventType.MODEL_ADMITTED, facts)
    assert not (tmp_path / ".averment").exists()
    installation = make_installation(tmp_path)
    assert log_event(context, EventType.MODEL_ADMITTED, facts)
    (entry,) = installation.ok("audit", "show", "--type", "model.admitted", "--json").json()["entries"]
    assert entry["data"] == facts
