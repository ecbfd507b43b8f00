"""Rows that outlive the run that made them."""

from pathlib import Path

from averment.evaluation.kept_rows import NAME, KeptRows


def _open(folder: Path, *, program: str = "one", is_resumed: bool = True) -> KeptRows:
    return KeptRows(folder, made_with={"program": program}, is_resumed=is_resumed)


def test_a_run_that_goes_on_has_the_rows_of_the_one_before(tmp_path: Path) -> None:
    first = _open(tmp_path / "out", is_resumed=False)
    first.add("a", {"pages": 3})
    first.add("b", {"pages": 4})
    again = _open(tmp_path / "out")
    assert len(again) == 2
    assert again.get("b") == {"pages": 4}
    assert again.get("c") is None
    again.add("c", {"pages": 5})
    assert _open(tmp_path / "out").get("c") == {"pages": 5}


def test_rows_of_another_program_or_of_a_new_run_are_forgotten(tmp_path: Path) -> None:
    _open(tmp_path).add("a", {"pages": 3})
    assert len(_open(tmp_path, program="two")) == 0
    _open(tmp_path).add("a", {"pages": 3})
    assert len(_open(tmp_path, is_resumed=False)) == 0
    assert len(_open(tmp_path)) == 0


def test_a_line_cut_by_a_kill_costs_that_row_alone(tmp_path: Path) -> None:
    kept = _open(tmp_path)
    kept.add("a", {"pages": 3})
    kept.add("b", {"pages": 4})
    path = tmp_path / NAME
    path.write_text(path.read_text()[:-5])
    again = _open(tmp_path)
    assert again.get("a") == {"pages": 3}
    assert again.get("b") is None
    again.add("c", {"pages": 5})
    assert _open(tmp_path).get("c") == {"pages": 5}
