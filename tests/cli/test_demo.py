from pathlib import Path

import pytest

from averment.cli.demo import _connector, _fresh
from averment.core.errors import ConfigurationError
from averment.core.settings import Settings


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


def test_a_packs_reference_texts_are_no_documents(tmp_path: Path) -> None:
    for name in ("a.pdf", "a.txt", "b [1].pdf", "b [1].txt", "alone.txt"):
        (tmp_path / name).write_bytes(b"x")
    found = _connector(Settings(), tmp_path)
    assert sorted(item.ref.uri.rpartition("/")[2] for item in found.list()) == ["a.pdf", "alone.txt", "b%20%5B1%5D.pdf"]
