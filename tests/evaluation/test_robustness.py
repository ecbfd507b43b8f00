"""Judging how hostile files end, and the pack's files through the real parser processes."""

import json
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from averment.core.errors import (
    ConfigurationError,
    DocumentCorrupt,
    DocumentEncrypted,
    DocumentLimitExceeded,
    PartitionFailed,
)
from averment.evaluation.robustness import (
    MANIFEST,
    Ending,
    RobustnessCase,
    judge,
    read_manifest,
    run_robustness,
    to_result,
)

READ = Ending(text="the word ORCHID", seconds=1.0, peak_mb=40.0)
REFUSED = Ending(error=DocumentCorrupt("the zip container is damaged"))


def case(outcome: str, **expect: object) -> RobustnessCase:
    return RobustnessCase(id="r", path=Path("a.pdf"), kind="a kind", expect={"outcome": outcome, **expect})


@pytest.mark.parametrize(
    ("expected", "ending", "passed"),
    [
        (case("text", must_contain=["ORCHID"]), READ, True),
        (case("text", must_contain=["ORCHID"], must_not_contain=["word"]), READ, False),
        (case("text", must_contain=["LILY"]), READ, False),
        (case("text", must_contain=["LILY"]), replace(READ, inner_text="LILY"), True),
        (case("text"), REFUSED, False),
        (case("text"), replace(READ, text="  "), False),
        (case("text", max_seconds=0.5), READ, False),
        (case("text", max_rss_mb=39), READ, False),
        (case("text", max_rss_mb=39), replace(READ, peak_mb=None), False),
        (case("text_or_reject"), REFUSED, True),
        (case("text_or_reject"), Ending(error=PartitionFailed("the parser process died (SIGSEGV)")), False),
        (case("reject"), REFUSED, True),
        (case("reject"), READ, False),
        (case("password", password="x"), Ending(error=DocumentEncrypted("needs"), opens_with_password=True), True),
        (case("password", password="x"), Ending(error=DocumentEncrypted("needs"), opens_with_password=False), False),
        (case("password"), REFUSED, False),
        (case("empty_ok"), Ending(error=PartitionFailed("no text found on any of 1 pages")), True),
        (case("empty_ok"), REFUSED, False),
        (case("empty_ok"), Ending(warnings={"mail_without_body": 1}), True),
        (case("empty_ok"), Ending(), False),
        (case("ocr_or_flag", ocr_contains=["ORCHID"]), READ, True),
        (case("ocr_or_flag", ocr_contains=["LILY"]), READ, False),
        (case("ocr_or_flag"), Ending(error=PartitionFailed("no text found")), True),
        (case("no_network"), READ, False),
        (case("no_network"), replace(READ, has_network=False), True),
        (case("no_escape"), replace(READ, escaped=("/tmp/x",)), False),
        (case("no_escape", must_contain=["ORCHID"]), READ, True),
        (case("duplicate"), READ, False),
        (case("duplicate"), replace(READ, is_duplicate=True), True),
    ],
)
def test_an_ending_is_judged_as_the_manifest_says(expected: RobustnessCase, ending: Ending, passed: bool) -> None:
    row = judge(expected, ending)
    assert row.passed is passed
    assert bool(row.reason) is not passed


def test_a_local_file_that_comes_out_is_a_leak(tmp_path: Path) -> None:
    secret = tmp_path / "hostname"
    secret.write_text("kestrel\n")
    expected = case("no_leak", must_not_contain_file=str(secret))
    assert judge(expected, READ).passed
    assert not judge(expected, replace(READ, text="it is kestrel")).passed


def test_an_unknown_outcome_is_an_error_not_a_pass(tmp_path: Path) -> None:
    (tmp_path / "robustness").mkdir()
    line = {"id": "r", "file": "robustness/a.pdf", "kind": "k", "expect": {"outcome": "shrug"}}
    (tmp_path / MANIFEST).write_text(json.dumps(line))
    with pytest.raises(ConfigurationError, match="shrug"):
        read_manifest(tmp_path)
    with pytest.raises(ConfigurationError, match="no manifest"):
        read_manifest(tmp_path / "elsewhere")


def test_files_are_read_in_real_processes_with_what_they_hold(tmp_path: Path) -> None:
    folder = tmp_path / "robustness"
    folder.mkdir()
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("../outside.txt", "The seed is SUNFLOWER.")
    (folder / "a.zip").write_bytes(stream.getvalue())
    (folder / "b.txt").write_bytes(b"")
    lines = [
        {
            "id": "1",
            "file": "robustness/a.zip",
            "kind": "k",
            "expect": {"outcome": "no_escape", "must_contain": ["SUN"]},
        },
        {"id": "2", "file": "robustness/b.txt", "kind": "k", "expect": {"outcome": "text"}},
    ]
    (tmp_path / MANIFEST).write_text("\n".join(map(json.dumps, lines)))
    seen: list[tuple[int, int]] = []
    rows = run_robustness(tmp_path, on_progress=lambda done, total: seen.append((done, total)))
    assert [(row.id, row.passed) for row in rows] == [("1", True), ("2", False)]
    assert seen == [(1, 2), (2, 2)]
    assert all(row.peak_mb is None or row.peak_mb > 5 for row in rows)
    result = to_result(rows)
    assert (result["files"], result["passed"]) == (2, 1)


def test_a_limit_is_no_crash() -> None:
    assert judge(case("text_or_reject"), Ending(error=DocumentLimitExceeded("too large"))).passed


@pytest.mark.slow
def test_the_packs_files_end_as_their_manifest_says(shared_data: Path) -> None:
    rows = run_robustness(shared_data)
    assert len(rows) > 50
    assert [(row.id, row.kind, row.reason) for row in rows if not row.passed] == []
