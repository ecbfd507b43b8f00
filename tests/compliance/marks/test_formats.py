"""Marks in every format: put in, found, and found out where something was changed (R34)."""

import pytest

from averment.compliance.marks.formats import FORMATS, Detection, FormatName, detect, format_of, mark_file
from averment.core.errors import UsageError
from tests.compliance.marks.files import FACTS, OTHER, SIGNER, archive, docx, every_file

FILES = every_file()
KEYS = [SIGNER.verifier]


@pytest.mark.parametrize("name", FILES)
def test_a_mark_is_found_in_the_file_it_was_put_into(name: FormatName) -> None:
    marked = mark_file(FILES[name], facts=FACTS, signer=SIGNER)
    expected = Detection(verdict="valid", format=name, facts=FACTS, signer=SIGNER.name)
    assert detect(marked.raw, keys=KEYS) == expected
    assert mark_file(FILES[name], facts=FACTS, signer=SIGNER) == marked, "the same bytes twice"


@pytest.mark.parametrize("name", FILES)
def test_a_file_without_a_mark_is_that_and_nothing_more(name: FormatName) -> None:
    assert detect(FILES[name], keys=KEYS) == Detection(verdict="no-mark", format=name)


@pytest.mark.parametrize("name", FILES)
def test_a_mark_of_an_unknown_key_is_not_valid(name: FormatName) -> None:
    marked = mark_file(FILES[name], facts=FACTS, signer=OTHER)
    assert detect(marked.raw, keys=KEYS).verdict == "invalid-signature"


@pytest.mark.parametrize("name", FILES)
def test_a_mark_moved_to_another_file_is_not_valid(name: FormatName) -> None:
    marked = mark_file(FILES[name], facts=FACTS, signer=SIGNER)
    text = FORMATS[name].extract(marked.raw)
    assert text is not None
    others = {
        "docx": docx("The cap is EUR 6."),
        "html": FILES["html"].replace(b"EUR 5", b"EUR 6"),
        "json": FILES["json"].replace(b"EUR 5", b"EUR 6"),
        "pdf": FILES["pdf"] + b"\n",
        "zip": archive("The cap is EUR 6."),
    }
    assert detect(FORMATS[name].embed(others[name], text), keys=KEYS).verdict == "changed-content"


def test_a_file_is_marked_once_and_in_a_known_format_only() -> None:
    marked = mark_file(FILES["html"], facts=FACTS, signer=SIGNER)
    with pytest.raises(UsageError, match="has a mark already"):
        mark_file(marked.raw, facts=FACTS, signer=SIGNER)
    for raw in (b"", b"plain text", b"\x89PNG"):
        with pytest.raises(UsageError, match="neither JSON, HTML, DOCX, PDF nor ZIP"):
            format_of(raw)
    with pytest.raises(UsageError, match="cannot be read as pdf: the PDF is damaged"):
        mark_file(b"%PDF-1.7\nnothing", facts=FACTS, signer=SIGNER)
    for raw in (b"{", b"[1]", b"PK\x03\x04"):
        with pytest.raises(UsageError, match="cannot be read as"):
            detect(raw, keys=KEYS)
