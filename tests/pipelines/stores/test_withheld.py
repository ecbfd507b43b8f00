"""Contents that were erased: remembered by hash and offsets, and never kept again by a damaged memory."""

from pathlib import Path

import pytest

from averment.core.errors import StoreError
from averment.pipelines.stores.withheld import Withheld, WithheldContents

CONTENT = "sha256:" + "a" * 64


def test_what_was_erased_is_remembered(tmp_path: Path) -> None:
    contents = WithheldContents(tmp_path / "withheld")
    assert contents.get(CONTENT) is None
    contents.put(CONTENT, Withheld())
    assert WithheldContents(tmp_path / "withheld").get(CONTENT) == Withheld()
    masked = Withheld(text_hash="sha256:" + "b" * 64, spans=((3, 9), (20, 26)))
    contents.put(CONTENT, masked)
    assert contents.get(CONTENT) == masked
    assert (Withheld().is_whole, masked.is_whole) == (True, False)
    assert [path.suffix for path in (tmp_path / "withheld").iterdir()] == [".json"]


def test_a_damaged_file_is_not_nothing(tmp_path: Path) -> None:
    contents = WithheldContents(tmp_path)
    contents.put(CONTENT, Withheld())
    next(tmp_path.iterdir()).write_text("{}")
    with pytest.raises(StoreError, match="does not say what was erased"):
        contents.get(CONTENT)


def test_no_folder_withholds_nothing_and_takes_nothing() -> None:
    assert WithheldContents().get(CONTENT) is None
    with pytest.raises(StoreError):
        WithheldContents().put(CONTENT, Withheld())


def test_every_content_of_which_something_was_erased_is_listed(tmp_path: Path) -> None:
    contents = WithheldContents(tmp_path / "withheld")
    assert list(contents.every()) == list(WithheldContents().every()) == []
    masked = Withheld(text_hash="sha256:" + "a" * 64, spans=((1, 2),))
    contents.put("sha256:" + "2" * 64, masked)
    contents.put("sha256:" + "1" * 64, Withheld())
    assert list(contents.every()) == [("sha256:" + "1" * 64, Withheld()), ("sha256:" + "2" * 64, masked)]
