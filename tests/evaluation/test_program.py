import sys
from pathlib import Path

import pytest

from averment.evaluation.program import program_digest


def test_a_digest_is_that_of_names_and_contents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "counted"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "rules.py").write_text("LIMIT = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    first = program_digest(["counted"])
    assert program_digest(["counted"]) == first
    (package / "rules.py").write_text("LIMIT = 2\n")
    second = program_digest(["counted"])
    (package / "rules.py").rename(package / "limits.py")
    third = program_digest(["counted"])
    assert len({first, second, third}) == 3
    assert "counted" not in sys.modules  # nothing is run to identify it


def test_a_package_that_is_not_there_has_no_digest() -> None:
    with pytest.raises(ModuleNotFoundError, match="no_such_package"):
        program_digest(["no_such_package"])
