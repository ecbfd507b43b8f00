"""A plan for tiny runs on the project's own samples."""

import math
from collections.abc import Sequence
from pathlib import Path

import pytest

from averment.evaluation.bench.plan import Plan
from averment.evaluation.bench.rows import Row


@pytest.fixture(scope="session")
def machine_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for what is found out once per machine."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for corpora that several tests search."""
    return tmp_path_factory.mktemp("corpora")


@pytest.fixture
def plan(tmp_path: Path, repo: Path, machine_cache: Path, corpora: Path) -> Plan:
    """Return a quick plan that needs no pack."""
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "cache").symlink_to(machine_cache)
    return Plan(work=tmp_path / "work", root=repo, data=tmp_path / "no-pack", is_quick=True, kept=corpora)


def check_rows(rows: Sequence[Row], benchmark: str) -> None:
    """Check that a run gave figures: finite, above zero, judged only where there is a goal. Never how good they are."""
    assert rows
    for row in rows:
        assert row.benchmark == benchmark
        if row.value is None:
            assert row.note
            continue
        assert math.isfinite(row.value)
        assert row.value > 0
        assert row.unit
        assert row.ratio is None or (math.isfinite(row.ratio) and row.ratio > 0)
        assert row.met is None or row.target
