"""`averment eval structure`."""

import json
from pathlib import Path

import pytest

from tests.e2e.installation import Installation
from tests.evaluation.structure_pack import write_structure_pack


@pytest.mark.slow
def test_figures_are_a_table_or_one_object(empty_installation: Installation, tmp_path: Path) -> None:
    pack = write_structure_pack(tmp_path / "pack")
    arguments = ("eval", "structure", "--pack", str(pack), "--out", str(tmp_path / "out"))
    shown = empty_installation.ok(*arguments).stdout
    assert "tatqa cells\t2\t2\t100.0 %" in shown
    assert "metadata party\t2\t2\t100.0 %\t2/2" in shown
    found = empty_installation.ok(*arguments, "--limit", "1", "--json").json()
    assert found["metadata"]["governing_law"] == {"right": 1, "of": 1, "placed": 1, "placed_of": 1}
    assert json.loads((tmp_path / "out" / "result.json").read_text())["documents"] == 2
    assert "metadata governing_law" in (tmp_path / "out" / "report.html").read_text()
    assert empty_installation.run(*arguments, "--part", "3/2").code == 2
    assert empty_installation.run(*arguments, "--part", "half").code == 2
