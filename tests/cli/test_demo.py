from pathlib import Path

import pytest

from averment.cli.demo import _fresh
from averment.core.errors import ConfigurationError


def test_only_a_folder_of_an_earlier_demonstration_is_emptied(tmp_path: Path) -> None:
    made = _fresh(tmp_path / "demo")
    (made / "old").touch()
    assert not (_fresh(tmp_path / "demo") / "old").exists()
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "letter.txt").touch()
    with pytest.raises(ConfigurationError, match="not a demonstration's"):
        _fresh(mine)
    assert (mine / "letter.txt").exists()
