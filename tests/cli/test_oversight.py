"""`averment oversight …` over a real log: what is printed, and what is refused with which code."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from averment.cli import oversight
from averment.cli.main import main
from averment.core.record_settings import OversightSettings
from tests.cli.overseen import OverseenRuntime, open_for_commands
from tests.compliance.oversight.office import Office, open_office

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    opened = open_office(tmp_path)
    yield opened
    opened.recorder.close()


@pytest.fixture
def runtime(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OverseenRuntime:
    return open_for_commands(oversight, office, root=tmp_path, monkeypatch=monkeypatch)


@pytest.fixture
def waiting(runtime: OverseenRuntime, office: Office, capsys: Capture) -> str:
    runtime.oversight.open_for(office.answer("a-1"), subject="anna")
    assert main(["oversight", "list", "--json"]) == 0
    (review,) = json.loads(capsys.readouterr().out)["reviews"]
    return str(review["id"])


def test_a_review_is_listed_shown_and_decided(waiting: str, office: Office, capsys: Capture, tmp_path: Path) -> None:
    assert main(["oversight", "list"]) == 0
    assert capsys.readouterr().out.split("\t")[0] == waiting
    assert main(["oversight", "take", waiting]) == 0
    shown = capsys.readouterr().out
    assert "Question  What is the term?" in shown
    assert "page 2, characters 3-9" in shown
    office.clock.advance(30)
    correction = tmp_path / "text.txt"
    correction.write_text("Seven years.", encoding="utf-8")
    arguments = ["oversight", "decide", waiting, "override", "--reason", "figure"]
    assert main([*arguments, "--correction", str(tmp_path / "absent.txt")]) == 2
    assert main([*arguments, "--correction", str(correction)]) == 0
    assert capsys.readouterr().out == "closed: override (figure, 30 s)\n"
    assert main(["oversight", "list", "--closed"]) == 0
    assert "override (figure, 30 s)" in capsys.readouterr().out


def test_the_report_says_what_is_not_established(waiting: str, capsys: Capture) -> None:
    assert main(["oversight", "report"]) == 0
    written = capsys.readouterr().out
    assert "Reviews     1 opened, 1 wait" in written
    assert "Not established:" in written
    assert main(["oversight", "report", "--from", "soon"]) == 2


def test_stop_and_resume(runtime: OverseenRuntime, capsys: Capture) -> None:
    assert main(["oversight", "stop", "--reason", "wrong-figures", "--purpose", "credit"]) == 0
    assert capsys.readouterr().out.startswith("stopped: credit since ")
    assert runtime.oversight.is_stopped("credit")
    assert main(["oversight", "resume", "--reason", "mended"]) == 2
    assert main(["oversight", "resume", "--reason", "mended", "--purpose", "credit"]) == 0
    assert not runtime.oversight.is_stopped("credit")


def test_a_stop_is_in_force_where_nothing_can_be_opened(
    runtime: OverseenRuntime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> None:
        raise OSError("the store hangs")

    monkeypatch.setattr(oversight, "runtime_of", broken)
    assert main(["oversight", "stop", "--reason", "wrong-figures"]) == 1
    assert runtime.oversight.is_stopped("trial")


def test_who_is_no_reviewer_is_told_which_setting_says_so(runtime: OverseenRuntime, capsys: Capture) -> None:
    runtime.settings = runtime.settings.model_copy(update={"oversight": OversightSettings()})
    assert main(["oversight", "list", "--json"]) == 1
    assert "oversight.reviewers" in json.loads(capsys.readouterr().out)["hint"]
