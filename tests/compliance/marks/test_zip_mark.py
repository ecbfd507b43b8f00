import io
import zipfile

import pytest

from averment.compliance.marks import zip_mark
from tests.compliance.marks.files import archive, docx


def test_a_marked_archive_holds_what_it_held_and_the_mark() -> None:
    marked = zip_mark.embed(archive(), "a mark of\ntwo lines\n")
    assert zip_mark.extract(archive()) is None
    assert zip_mark.extract(marked) == "a mark of\ntwo lines\n"
    assert zip_mark.canonical(marked) == zip_mark.canonical(archive())
    members = zip_mark.unpacked(marked)
    assert members.pop(zip_mark.MEMBER)
    assert members == zip_mark.unpacked(archive())


def test_another_text_or_another_name_is_other_content() -> None:
    members = zip_mark.unpacked(archive())
    renamed = {name.upper(): content for name, content in members.items()}
    for other in (archive("The cap is EUR 6."), zip_mark.packed(renamed)):
        assert zip_mark.canonical(other) != zip_mark.canonical(archive())


def test_parts_of_one_name_are_refused() -> None:
    stream = io.BytesIO(docx())
    with zipfile.ZipFile(stream, "a") as opened, pytest.warns(UserWarning, match="Duplicate name"):
        opened.writestr("word/document.xml", b"another")
    with pytest.raises(ValueError, match="share a name"):
        zip_mark.canonical(stream.getvalue())


def test_what_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_mark, "MAX_BYTES", 10)
    with pytest.raises(ValueError, match="more than 10 bytes"):
        zip_mark.extract(docx())
