"""`averment monitor …` over a real log: drift, the action of a person, closing, as they are printed."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from averment.cli import monitor
from averment.cli.main import main
from averment.compliance.monitoring.indicators import INDICATORS
from tests.cli.overseen import open_for_commands
from tests.compliance.monitoring.test_desk import MONDAY, RISE, use
from tests.compliance.monitoring.test_plan import written
from tests.compliance.oversight.office import Office, open_office

Capture = pytest.CaptureFixture[str]
LIMIT = "{metric: abstained, threshold: at most 0.2, set_on: 2026-10-01, action: look}"
FOR_PEOPLE = "{metric: complaints, threshold: more than two, set_on: 2026-10-01, action: look}"


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    opened = open_office(tmp_path)
    opened.clock.advance((MONDAY - opened.clock.now()).total_seconds())
    open_for_commands(monitor, opened, root=tmp_path, monkeypatch=monkeypatch)
    yield opened
    opened.recorder.close()


def test_drift_from_the_command_line(office: Office, tmp_path: Path, capsys: Capture) -> None:
    written(tmp_path / "compliance", LIMIT, RISE, FOR_PEOPLE)
    assert main(["monitor", "check"]) == 0
    assert "no window has ended" in capsys.readouterr().err
    use(office, answered=60, abstained=40)
    assert main(["monitor", "check"]) == 4
    printed = capsys.readouterr()
    assert "abstained\t0.400 (40 of 100)\t\tat-most:0.2\t0.0000\tbreached" in printed.out
    assert "for people to watch: complaints" in printed.err
    assert main(["monitor", "list", "--json"]) == 0
    (breach,) = json.loads(capsys.readouterr().out)["breaches"]
    assert main(["monitor", "resolve", breach["id"], "--reason", "mended"]) == 2
    words = tmp_path / "words.txt"
    words.write_text("We went back.", encoding="utf-8")
    acted = ["monitor", "act", breach["id"], "--action", "model-rolled-back", "--description", str(words)]
    assert main(acted) == 0
    assert main(["monitor", "check", "--json"]) == 4
    capsys.readouterr()
    assert main(["monitor", "resolve", breach["id"], "--reason", "mended"]) == 0
    assert "Action     model-rolled-back" in capsys.readouterr().out
    assert main(["monitor", "check", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["open"] == []
    assert main(["monitor", "list"]) == 0
    assert "no breach is open" in capsys.readouterr().err
    assert main(["monitor", "list", "--all"]) == 0
    assert capsys.readouterr().out.rstrip().endswith("closed")
    assert main(["monitor", "show", breach["id"], "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["reason"] == "mended"


def test_what_is_measured_is_listed(capsys: Capture) -> None:
    assert main(["monitor", "indicators", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["indicators"]) == len(INDICATORS)
    assert main(["monitor", "indicators"]) == 0
    assert "abstained\tanswers that abstain" in capsys.readouterr().out


def test_a_plan_without_thresholds_is_said(office: Office, capsys: Capture) -> None:
    use(office, answered=3, abstained=0)
    assert main(["monitor", "check"]) == 0
    assert "sets no threshold" in capsys.readouterr().err
