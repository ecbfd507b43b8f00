"""Questions about documents that a model has not seen, by the bytes of the files that it would have read."""

from pathlib import Path

import pytest

from averment.core.errors import UsageError
from averment.core.ids import content_hash
from averment.evaluation.held_out import asked_documents, only_about
from averment.evaluation.pack import Pack
from tests.evaluation.small_pack import write_pack


def test_only_questions_about_some_documents_are_kept(tmp_path: Path) -> None:
    pack = Pack(write_pack(tmp_path / "pack"))
    questions = pack.questions("small")
    held = content_hash((tmp_path / "pack" / "corpus" / "d2.txt").read_bytes())
    kept = only_about(pack, questions, allowed=(held,), kind="native")
    assert kept
    assert kept == [one for one in questions if one.doc_ids == ("d2",)]
    assert asked_documents(pack, kept, kind="native") == {"d2": held}
    assert only_about(pack, questions, allowed=None, kind="native") == questions


def test_a_model_of_other_documents_has_none(tmp_path: Path) -> None:
    pack = Pack(write_pack(tmp_path / "pack"))
    with pytest.raises(UsageError, match="about 1 documents held out"):
        only_about(pack, pack.questions("small"), allowed=("sha256:other",), kind="native")
