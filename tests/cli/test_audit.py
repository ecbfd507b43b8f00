import json
import shutil
from pathlib import Path

import pytest

from tests.e2e.installation import Installation


def test_entries_are_shown_by_type_and_time(empty_installation: Installation) -> None:
    everything = empty_installation.ok("audit", "show", "--json").json()["entries"]
    keys = empty_installation.ok("audit", "show", "--type", "key.created", "--json").json()["entries"]
    assert {entry["type"] for entry in keys} == {"key.created"}
    assert 0 < len(keys) < len(everything)
    later = empty_installation.ok("audit", "show", "--since", "2100-01-01T00:00:00.000Z", "--json").json()["entries"]
    assert later == []
    assert "purpose.created" in empty_installation.ok("audit", "show").stdout


def test_an_entry_is_proven_and_one_that_is_not_there_is_not(empty_installation: Installation, tmp_path: Path) -> None:
    proof = empty_installation.ok("audit", "prove", "0").stdout
    assert proof.startswith("c2sp.org/tlog-proof@v1\n")
    out = tmp_path / "entry.tlog-proof"
    empty_installation.ok("audit", "prove", "0", "--out", str(out))
    assert out.read_text() == proof
    assert empty_installation.run("audit", "prove", "99999").code == 2


def test_entries_are_found_by_person_and_purpose(empty_installation: Installation) -> None:
    everything = empty_installation.ok("audit", "show", "--json").json()["entries"]
    assert empty_installation.run("audit", "show", "--user", "nobody", "--json").code == 2
    trial = empty_installation.ok("audit", "show", "--purpose", "trial", "--json").json()["entries"]
    assert trial == [entry for entry in everything if entry["purpose"] == "trial"]


def test_coverage_names_what_was_never_seen(empty_installation: Installation) -> None:
    told = empty_installation.ok("audit", "coverage", "--json").json()
    counted = {row["type"]: row["entries"] for row in told["events"]}
    assert counted["purpose.created"] == 1
    assert told["never_seen"] == [kind for kind, entries in counted.items() if not entries]
    assert "declared, never seen: " in empty_installation.ok("audit", "coverage").stdout


def test_an_export_whose_ending_names_no_format_is_refused(empty_installation: Installation) -> None:
    refused = empty_installation.run("audit", "export", "--out", "log.txt", "--json")
    assert (refused.code, "ends in none of .zip" in refused.stdout) == (2, True)
    in_part = empty_installation.run("audit", "export", "--out", "log.cdx.json", "--since", "2026-01-01", "--json")
    assert (in_part.code, "from the whole log" in in_part.stdout) == (2, True)


@pytest.mark.slow
def test_the_ending_chooses_the_format(empty_installation: Installation, tmp_path: Path) -> None:
    starts = {".csv": "entry,time", ".ocsf.jsonl": '{"activity_id"', ".prov.json": '{"prefix"', ".cdx.json": '{"bomFor'}
    for ending, start in starts.items():
        empty_installation.ok("audit", "export", "--out", str(tmp_path / f"log{ending}"))
        assert (tmp_path / f"log{ending}").read_text(encoding="utf-8").startswith(start)


@pytest.mark.slow
def test_an_export_is_itself_an_entry(empty_installation: Installation, tmp_path: Path) -> None:
    out = tmp_path / "entries.jsonl"
    empty_installation.ok("audit", "export", "--out", str(out), "--json")
    assert all(json.loads(line) for line in out.read_text().splitlines())
    assert empty_installation.ok("audit", "show", "--type", "access.exported", "--json").json()["entries"]


def test_a_changed_log_fails_with_exit_4_and_names_the_place(empty_installation: Installation, tmp_path: Path) -> None:
    copy = Installation(shutil.copytree(empty_installation.root, tmp_path / "copy"))
    bundle = sorted((copy.evidence / "log" / "tile" / "entries").rglob("*.p/*"))[-1]
    content = bytearray(bundle.read_bytes())
    content[-5] ^= 1
    bundle.write_bytes(bytes(content))
    result = copy.run("audit", "verify", "--json")
    assert result.code == 4
    assert result.json()["failures"][0]["place"]
    assert "FAILED" in copy.run("audit", "verify").stdout


@pytest.mark.slow
def test_a_young_log_has_nothing_to_prune(empty_installation: Installation) -> None:
    report = empty_installation.ok("audit", "prune", "--dry-run", "--json").json()
    assert (report["before"], report["minimum_index"], report["n_payloads"]) == (0, 0, 0)
    assert "0 entries and 0 texts" in empty_installation.ok("audit", "prune").stderr


def test_a_kept_checkpoint_is_printed_and_the_log_compared_with_it(
    empty_installation: Installation, tmp_path: Path
) -> None:
    printed = tmp_path / "printed"
    printed.write_text(empty_installation.ok("audit", "checkpoint").stdout)
    assert empty_installation.ok("audit", "checkpoint", "--json").json()["origin"] in printed.read_text()
    empty_installation.ok("audit", "verify", "--checkpoint", str(printed))
    lines = printed.read_text().split()
    printed.write_text(" ".join([lines[0], lines[1], "A" * 43 + "="]))
    assert empty_installation.run("audit", "verify", "--checkpoint", str(printed)).code == 4
