import json

import pytest

from averment.cli.main import main


def test_the_duties_of_a_day_with_both_readings_of_a_contested_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["obligations", "--on", "2026-11-22"]) == 0
    written = capsys.readouterr()
    assert "contested\t2026-08-02 or 2027-12-02" in written.out
    assert "contested: Articles 43; 47, Annex V; 48; 49(1), Annex VIII Section A; 49(2), Annex" in written.out
    assert [line[:9] for line in written.out.splitlines() if line.startswith("  - ")] == ["  - By th", "  - With "]
    assert "no legal advice" in written.err


def test_the_duties_of_a_day_as_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["obligations", "--on", "2027-12-02", "--who", "deployer", "--scope", "high-risk", "--json"]) == 0
    written = json.loads(capsys.readouterr().out)
    assert (written["on"], written["as_of"]) == ("2027-12-02", "2026-11-22")
    states = {row["id"]: row["state"] for row in written["obligations"] if row["scope"] == "high-risk-annex-iii"}
    assert states["art-27"] == "applies"
    assert written["status"]["standards"][0]["ojeu_cited"] is False


def test_what_does_not_apply_yet_is_shown_when_asked_for_and_what_is_unverified_says_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["obligations", "--on", "2026-11-22", "--all"]) == 0
    start = "27(5)\tdeployer\thigh-risk-annex-iii"
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith(start)]
    assert "not-yet" in line
    assert line.endswith("(unverified)")


@pytest.mark.parametrize(
    "arguments", [["--who", "lawyer"], ["--scope", "medium-risk", "--who", "model-provider"], ["--on", "tomorrow"]]
)
def test_what_is_no_role_scope_or_day_is_refused(arguments: list[str]) -> None:
    assert main(["obligations", "--on", "2026-11-22", *arguments]) == 2
