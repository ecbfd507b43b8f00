"""`averment mask`: a text or an answer at a stated level."""

import json
from pathlib import Path

import pytest

from averment.cli.main import main
from averment.core.errors import EXIT_USAGE

TEXT = "Mr. John Smith, 12 Main Street, writes to eva@example.com. Smith agrees that the rent is due.\n"


def needs_the_extra() -> None:
    pytest.importorskip("presidio_analyzer", reason="the extra 'pii' is not installed: pip install 'averment[pii]'")


def test_no_masking_leaves_the_bytes_and_needs_no_extra(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, out = tmp_path / "a.txt", tmp_path / "b.txt"
    source.write_bytes(TEXT.replace("\n", "\r\n").encode())
    assert main(["mask", str(source), "--level", "none", "--out", str(out)]) == 0
    assert out.read_bytes() == source.read_bytes()
    assert "masked at level none: nothing" in capsys.readouterr().err


@pytest.mark.slow
def test_a_text_is_masked_at_a_stated_level(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    needs_the_extra()
    source = tmp_path / "a.txt"
    source.write_text(TEXT)
    assert main(["mask", str(source), "--level", "contacts", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["text"] == "Mr. John Smith, [ADDRESS 1], writes to [EMAIL 1]. Smith agrees that the rent is due.\n"
    assert printed["level"] == "contacts"
    assert printed["counts"] == {"address": 1, "email": 1}
    first = printed["replaced"][0]
    assert TEXT[first["start"] : first["end"]] == "12 Main Street"
    assert "12 Main" not in json.dumps(printed)


@pytest.mark.slow
def test_an_answer_stays_one_and_says_how_it_was_masked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    needs_the_extra()
    source = tmp_path / "answer.json"
    source.write_text(json.dumps({"id": "a1", "text": TEXT, "receipt": {"index": 3}}))
    assert main(["mask", str(source), "--level", "persons"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["text"].startswith("Mr. [PERSON 1], [ADDRESS 1], writes to [EMAIL 1]. [PERSON 1] agrees")
    assert printed["receipt"] == {"index": 3}
    assert printed["masked"] == {
        "level": "persons",
        "language": "en",
        "counts": {"address": 1, "email": 1, "person": 2},
    }


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", None])
def test_what_is_no_text_is_refused(tmp_path: Path, content: bytes | None, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "a.pdf"
    if content is not None:
        source.write_bytes(content)
    assert main(["mask", str(source), "--level", "none"]) == EXIT_USAGE
    assert str(source) in capsys.readouterr().err
