"""Runs and thresholds of evaluations as an installation's log has them."""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from averment.compliance.documents.evidence import file_digest
from tests.compliance.documents.test_thresholds import signed_thresholds
from tests.e2e.installation import Installation

PERSONAL_DATA = ("eval", "pii", "--sentences", "1", "--out", "pii")


@pytest.fixture
def installation(empty_installation: Installation, tmp_path: Path) -> Installation:
    """Return a copy: entries in the log are the test's own."""
    return Installation(Path(shutil.copytree(empty_installation.root, tmp_path / "copy")))


@pytest.fixture
def finder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Find nothing: what is measured is not at issue."""
    double = SimpleNamespace(find=lambda *_, **__: [])
    monkeypatch.setattr("averment.compliance.pii.detector.PersonalDataFinder", lambda: double)


def entries(installation: Installation, kind: str) -> list[dict[str, object]]:
    found = installation.ok("audit", "show", "--type", kind, "--json").json()["entries"]
    assert isinstance(found, list)
    return [entry["data"] | {"time": entry["time"]} for entry in found]


@pytest.mark.usefixtures("finder")
def test_a_run_is_in_the_log_with_the_digest_of_its_result(installation: Installation) -> None:
    before = len(entries(installation, "eval.run"))
    installation.ok(*PERSONAL_DATA)
    result = installation.root / "pii" / "result.json"
    (run,) = entries(installation, "eval.run")[before:]
    assert (run["evaluation"], run["result"], run["seed"]) == ("personal-data", file_digest(result), 0)
    assert run["n_figures"]
    assert str(run["started_at"]) < str(run["time"])
    assert json.loads(result.read_text())["kind"] == "personal-data"


@pytest.mark.usefixtures("finder")
def test_where_there_is_no_installation_a_run_is_not_logged_and_says_so(tmp_path: Path) -> None:
    measured = Installation(tmp_path).ok(*PERSONAL_DATA)
    assert "not logged: there is no installation here" in measured.stderr
    assert not (tmp_path / ".averment").exists()


def test_a_run_that_fails_is_not_logged(installation: Installation, tmp_path: Path) -> None:
    before = entries(installation, "eval.run")
    assert installation.run("eval", "retrieval", "--pack", str(tmp_path / "nowhere"), "--out", "r").code != 0
    assert entries(installation, "eval.run") == before


def test_thresholds_are_declared_once_a_person_who_counts_has_signed(installation: Installation) -> None:
    folder = installation.root / ".averment" / "compliance"
    path = signed_thresholds(folder)
    told = installation.ok("eval", "thresholds", str(path), "--json").json()
    (stated,) = entries(installation, "eval.thresholds")
    assert (stated["evaluation"], stated["content"]) == ("answers", told["content"])
    (folder / "signers.yaml").write_text("signers: []")
    refused = installation.run("eval", "thresholds", str(path))
    assert refused.code != 0
    assert "nobody signed it" in refused.stderr
    assert len(entries(installation, "eval.thresholds")) == 1


@pytest.mark.usefixtures("finder")
def test_a_log_that_cannot_be_opened_is_told_before_anything_is_measured(installation: Installation) -> None:
    shutil.rmtree(installation.root / ".averment" / "evidence")
    refused = installation.run(*PERSONAL_DATA)
    assert refused.code == 2
    assert "there is no evidence log" in refused.stderr
    assert not (installation.root / "pii").exists()
