"""The table of compliance checks: sorted, one row each, and every test file it names is there."""

import re

from tests.repo.inventory import REPO

TABLE = REPO / "docs" / "reference" / "compliance-checks.md"
ROW = re.compile(r"\| (?P<check>R\d\d) \| (?P<what>[^|]+) \| (?P<tests>[^|]*) \| (?P<state>done|open: [^|]+) \|")


def rows() -> list[re.Match[str]]:
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("| R")]
    found = [ROW.fullmatch(line) for line in lines]
    assert all(found), [line for line, match in zip(lines, found, strict=True) if match is None]
    return [match for match in found if match is not None]


def test_rows_are_sorted_and_there_once() -> None:
    checks = [row["check"] for row in rows()]
    assert checks
    assert checks == sorted(set(checks))
    assert set(checks) <= {f"R{number:02}" for number in range(1, 46)}


def test_the_tests_of_a_row_are_there() -> None:
    named = {row["check"]: re.findall(r"`(tests/[^`]+)`", row["tests"]) for row in rows()}
    assert [check for check, tests in named.items() if not tests] == []
    assert [path for tests in named.values() for path in tests if not (REPO / path).is_file()] == []
