"""`averment incident …` over a real log: cases, clocks and reports as they are printed and written."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from averment.cli import incident
from averment.cli.main import main
from averment.compliance.incidents.report import PEOPLE_KNOW
from tests.cli.overseen import OverseenRuntime, open_for_commands
from tests.compliance.oversight.office import Office, open_office

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    opened = open_office(tmp_path)
    yield opened
    opened.recorder.close()


@pytest.fixture(autouse=True)
def runtime(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OverseenRuntime:
    return open_for_commands(incident, office, root=tmp_path, monkeypatch=monkeypatch)


def opened(capsys: Capture, *arguments: str) -> str:
    """Open a case and return its id."""
    assert main(["incident", *arguments, "--reason", "wrong-figures", "--json"]) == 0
    return str(json.loads(capsys.readouterr().out)["id"])


@pytest.mark.slow
def test_an_incident_from_the_command_line(capsys: Capture, tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    words.write_text("It happened.", encoding="utf-8")
    case = opened(capsys, "open", "--role", "provider", "--aware-at", "2026-01-01", "--description", str(words))
    assert main(["incident", "classify", case, "--class", "death"]) == 0
    written = capsys.readouterr().out
    assert "death: report due 2026-01-11T00:00:00.000Z (10 days), basis 73-4; not verified" in written
    assert "Held" in written
    out, facts = tmp_path / "report.json", tmp_path / "facts.json"
    assert main(["incident", "report", case, "--kind", "complete", "--out", str(out)]) == 2
    assert not out.exists()
    facts.write_text(json.dumps(dict.fromkeys(PEOPLE_KNOW, "known")), encoding="utf-8")
    assert main(["incident", "report", case, "--kind", "complete", "--facts", str(facts), "--out", str(out)]) == 0
    assert json.loads(out.read_text(encoding="utf-8"))["people"]["causes"]["status"] == "provided"
    assert main(["incident", "close", case, "--reason", "mended"]) == 2
    assert main(["incident", "notify", case, "--to", "authority"]) == 0
    assert main(["incident", "close", case, "--reason", "mended"]) == 0
    capsys.readouterr()
    assert main(["incident", "list"]) == 0
    assert capsys.readouterr().out.rstrip().endswith("closed")


def test_a_risk_suspends_and_keeps_the_order(runtime: OverseenRuntime, capsys: Capture) -> None:
    case = opened(capsys, "risk", "--purpose", "credit")
    assert runtime.oversight.is_stopped("credit")
    assert main(["incident", "notify", case, "--to", "authority", "--json"]) == 2
    assert "after the provider" in json.loads(capsys.readouterr().out)["detail"]
    assert main(["incident", "show", case]) == 0
    assert "Suspended  credit" in capsys.readouterr().out


def test_facts_that_are_no_texts_are_refused(capsys: Capture, tmp_path: Path) -> None:
    case = opened(capsys, "open")
    facts = tmp_path / "facts.json"
    for content in ("{", "[]", '{"causes": 1}'):
        facts.write_text(content, encoding="utf-8")
        arguments = ["incident", "report", case, "--kind", "initial", "--facts", str(facts)]
        assert main([*arguments, "--out", str(tmp_path / "r.json")]) == 2
