"""`averment mark detect` (R34)."""

from pathlib import Path

import pytest

from averment.cli.main import main
from averment.compliance.marks.formats import mark_file
from tests.compliance.marks.files import FACTS, HTML, OTHER, SIGNER

KEY = ("--key", SIGNER.verifier.vkey)


@pytest.fixture
def memo(tmp_path: Path) -> Path:
    path = tmp_path / "memo.html"
    path.write_bytes(mark_file(HTML, facts=FACTS, signer=SIGNER).raw)
    return path


def test_a_mark_is_found_with_what_it_says(memo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["mark", "detect", str(memo), *KEY]) == 0
    said = capsys.readouterr().out
    assert said.startswith("mark found: valid signature\n")
    assert "answer a-1" in said
    assert main(["mark", "detect", str(memo), *KEY, "--json"]) == 0
    assert '"verdict": "valid"' in capsys.readouterr().out


def test_a_changed_file_or_an_unknown_key_fails(memo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["mark", "detect", str(memo), "--key", OTHER.verifier.vkey]) == 4
    assert "invalid signature" in capsys.readouterr().out
    memo.write_bytes(memo.read_bytes().replace(b"EUR 5", b"EUR 6"))
    assert main(["mark", "detect", str(memo), *KEY]) == 4
    assert "over other content" in capsys.readouterr().out


def test_a_stripped_mark_is_no_mark_and_nothing_is_said_of_who_wrote(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "memo.html"
    path.write_bytes(HTML)
    assert main(["mark", "detect", str(path), *KEY]) == 0
    said = capsys.readouterr().out
    assert said.startswith("no mark")
    assert "human" not in said
    assert main(["mark", "detect", str(tmp_path / "none.html"), *KEY]) == 2
