"""Files of people that name somebody: found, masked where they are text, refused where they cannot be."""

from pathlib import Path

import pytest

from averment.compliance.papers import Papers
from averment.core.erasure import MASK
from averment.core.errors import UsageError

NAMES = ("Anna Müller",)


def test_files_of_both_folders_are_found_and_no_others(tmp_path: Path) -> None:
    assert Papers(tmp_path).naming(NAMES) == ()
    for name in ("compliance/filed/a.json", "purposes/hiring.yaml", "compliance/other.yaml", "blobs/x"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("nobody" if "other" in name else "ANNA MÜLLER", encoding="utf-8")
    assert Papers(tmp_path).naming(NAMES) == ("compliance/filed/a.json", "purposes/hiring.yaml")


def test_a_text_is_masked_once_and_what_is_none_is_refused(tmp_path: Path) -> None:
    folder, papers = tmp_path / "compliance", Papers(tmp_path)
    folder.mkdir()
    (folder / "a.yaml").write_text("owner: Anna Müller", encoding="utf-8")
    for _ in range(2):
        papers.mask("compliance/a.yaml", NAMES)
        assert papers.content("compliance/a.yaml").decode() == f"owner: {MASK * 11}"
    (folder / "b.pdf").write_bytes(b"\xff\xfe" + "Anna Müller".encode("utf-16-le"))
    with pytest.raises(UsageError, match="no text"):
        papers.mask("compliance/b.pdf", NAMES)
    (folder / "anna-müller.yaml").write_text("owner: nobody", encoding="utf-8")
    with pytest.raises(UsageError, match="its own name"):
        papers.mask("compliance/anna-müller.yaml", NAMES)
