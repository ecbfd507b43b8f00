import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from averment.cli import main as command_line
from averment.core import errors


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("AVERMENT_")]:
        monkeypatch.delenv(name)
    # What a command does to the environment of its process ends with the test.
    monkeypatch.setattr("averment.cli.main.silence_libraries", lambda: None)


def commands() -> Iterator[tuple[str, ...]]:
    def below(command: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        children = getattr(command, "commands", {})
        if not children:
            yield path
        for name, child in children.items():
            yield from below(child, (*path, name))

    yield from below(typer.main.get_command(command_line.app), ())


COMMANDS = list(commands())


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_has_help(path: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.main([*path, "--help"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("Usage:")
    assert len(shown.splitlines()) > 4


def test_the_version_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.main(["--version"]) == 0
    name, version, digest = capsys.readouterr().out.split()
    assert (name, version[0].isdigit(), digest[:7]) == ("averment", True, "sha256:")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("ask", " "), "STO001"),
        (("ask",), "CFG002"),
        (("search", "x", "--top-k", "0"), "CFG002"),
        (("search", "x", "--filter", "colour=red"), "CFG002"),
        (("no-such-command",), "CFG002"),
        (("--config", "nowhere.yaml", "config", "show"), "CFG001"),
        (("audit", "verify"), "CFG001"),
    ],
)
def test_errors_are_one_problem_document_on_stdout_with_its_exit_code(
    arguments: tuple[str, ...], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    exit_code = command_line.main([*arguments, "--json"])
    written = capsys.readouterr()
    body = json.loads(written.out)
    assert body["schema_version"] == 1
    assert body["code"] == code
    assert body["detail"]
    assert exit_code == (1 if code == "STO001" else 2)
    assert "Traceback" not in written.err


def test_without_json_an_error_says_what_mends_it_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.main(["search", "x"]) == 1
    written = capsys.readouterr()
    assert written.out == ""
    assert written.err.startswith("error STO001")
    assert "mend: averment init" in written.err


def test_a_group_without_a_command_shows_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.main(["audit"]) == 2
    assert "verify" in capsys.readouterr().err


def test_what_nobody_expected_is_told_in_words_and_only_verbose_shows_the_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def explode(*_: object) -> None:
        raise KeyError("oh")

    monkeypatch.setattr("averment.cli.install.loaded_settings", explode)
    assert command_line.main(["config", "show", "--json"]) == 1
    body = json.loads(capsys.readouterr().out)
    assert (body["code"], "KeyError" in body["detail"]) == ("AVM000", True)
    with pytest.raises(KeyError):
        command_line.main(["--verbose", "config", "show"])


def test_an_interruption_has_its_own_code(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("averment.cli.install.loaded_settings", interrupted)
    assert command_line.main(["config", "show"]) == 130
    assert "interrupted" in capsys.readouterr().err


@pytest.mark.slow
def test_a_reader_that_leaves_early_ends_the_command_quietly() -> None:
    program = "import sys; from averment.cli.main import run; sys.argv = ['averment', 'config', 'show']; run()"
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as closed:
        done = subprocess.run(
            [sys.executable, "-c", program], stdout=closed, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 1
    assert done.stderr == ""


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [("--help",), ("config", "show"), ("documents", "list"), ("audit", "verify")])
def test_commands_that_read_no_document_load_nothing_heavy(arguments: tuple[str, ...], tmp_path: Path) -> None:
    program = (
        "import sys; from averment.cli.main import main\n"
        "main(['init']) if sys.argv[1:] != ['--help'] else None\n"
        "main(sys.argv[1:])\n"
        "heavy = ('torch', 'haystack', 'prefect', 'fastapi', 'transformers', 'unstructured', 'liteparse', 'openai')\n"
        "print([name for name in heavy if name in sys.modules], file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stderr.splitlines()[-1] == "[]", done.stderr[-500:]


def test_every_error_has_an_exit_code() -> None:
    assert errors.exit_code(errors.StoreBusy("x")) == errors.EXIT_UNAVAILABLE
    assert errors.exit_code(errors.AuditIntegrityError("x")) == errors.EXIT_VERIFICATION_FAILED
