"""Decision records are numbered without gaps and say what a reader needs to judge them."""

import re

from tests.repo.inventory import REPO

RECORDS = sorted((REPO / "docs" / "adr").glob("[0-9]*.md"))
PARTS = ("## Context", "## Decision", "## Consequences", "## Alternatives tried")


def test_records_are_numbered_without_gaps() -> None:
    assert RECORDS
    numbers = [int(path.name[:4]) for path in RECORDS]
    assert numbers == list(range(1, len(RECORDS) + 1))
    assert all(re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", path.name) for path in RECORDS)


def test_records_have_every_part() -> None:
    missing = {path.name: [part for part in PARTS if part not in path.read_text(encoding="utf-8")] for path in RECORDS}
    assert {name: parts for name, parts in missing.items() if parts} == {}
