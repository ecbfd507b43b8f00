"""The mark itself: what it says, and who signed it."""

from dataclasses import replace

import pytest

from averment.compliance.log.note import sign_note
from averment.compliance.marks.mark import (
    content_digest,
    read_mark,
    require_mark,
    sign_mark,
    signer_of,
    source_type_of,
)
from averment.core.answers import Sentence, SentenceKind
from averment.core.errors import AuditIntegrityError, UsageError
from averment.core.testing.backend import an_answer
from tests.compliance.marks.files import FACTS, OTHER, SIGNER

CONTENT = content_digest(b"content")


def test_a_mark_says_what_it_was_given_and_who_signed_it() -> None:
    text = sign_mark(FACTS, CONTENT, signer=SIGNER)
    assert "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia" in text
    mark = read_mark(text)
    assert (mark.facts, mark.content) == (FACTS, CONTENT)
    assert signer_of(mark, [OTHER.verifier, SIGNER.verifier]) == SIGNER.name
    assert signer_of(mark, [OTHER.verifier]) is None
    assert signer_of(read_mark(text.replace("answer a-1", "answer a-2")), [SIGNER.verifier]) is None


def test_a_note_of_another_kind_is_no_mark() -> None:
    with pytest.raises(AuditIntegrityError, match="of another kind"):
        read_mark(sign_note("origin\n1\nroot\n", [SIGNER]).encode().decode())
    with pytest.raises(AuditIntegrityError, match="not a signed note"):
        read_mark("written by a machine")
    with pytest.raises(ValueError, match="line break"):
        sign_mark(replace(FACTS, model="a\nb"), CONTENT, signer=SIGNER)


def test_the_source_type_follows_from_the_sentences() -> None:
    said = Sentence(kind=SentenceKind.STATEMENT, text="So it is.")
    note = Sentence(kind=SentenceKind.NOTICE, text="Trial.")
    mixed = an_answer()
    assert source_type_of(replace(mixed, sentences=(*mixed.sentences, said))) == "compositeWithTrainedAlgorithmicMedia"
    assert source_type_of(replace(mixed, sentences=(said, note))) == "trainedAlgorithmicMedia"


def test_generated_content_leaves_the_internal_class_with_its_mark_only() -> None:
    with pytest.raises(UsageError, match="without its mark"):
        require_mark(is_marked=False, classification="public")
    require_mark(is_marked=True, classification="public")
    require_mark(is_marked=False, classification="internal")
