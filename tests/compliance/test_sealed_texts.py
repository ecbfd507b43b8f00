from pathlib import Path

import pytest

from averment.compliance import audit
from averment.compliance.index import EntryFilter
from averment.compliance.recorder import EvidenceRecorder
from averment.compliance.sealed_texts import SealedTexts
from averment.core.audit import EventType
from averment.core.errors import AuditIntegrityError, StoreError
from averment.core.sealing import TextSealing
from tests.compliance.oversight.office import open_office

TEXT = b"What does Anna Schmidt earn?" * 50


@pytest.fixture
def recorder(tmp_path: Path) -> EvidenceRecorder:
    return open_office(tmp_path).recorder


def test_a_text_opens_for_its_owner_in_its_context_and_no_other(recorder: EvidenceRecorder) -> None:
    texts: TextSealing = SealedTexts(recorder)
    ada, eve = texts.owner("ada"), texts.owner("eve")
    sealed = texts.seal(TEXT, owner=ada, context="analysis/1/request")
    assert b"Anna" not in sealed
    assert texts.open(sealed, owner=ada, context="analysis/1/request") == TEXT
    for owner, context in ((eve, "analysis/1/request"), (ada, "analysis/1/answer")):
        with pytest.raises(AuditIntegrityError):
            texts.open(sealed, owner=owner, context=context)
    changed = sealed[:-1] + bytes([sealed[-1] ^ 1])
    with pytest.raises(AuditIntegrityError):
        texts.open(changed, owner=ada, context="analysis/1/request")
    recorder.close()


def test_a_new_owner_has_a_key_that_the_log_knows_of_made_once(recorder: EvidenceRecorder) -> None:
    texts = SealedTexts(recorder)
    owner = texts.owner("ada")
    assert texts.owner("ada") == owner
    recorder.seal()
    made = audit.show(recorder.evidence_dir, EntryFilter(types=(EventType.KEY_CREATED,), actor=owner))
    assert [leaf["data"] for leaf in made] == [{"kind": "subject", "key": owner}]
    recorder.close()


def test_with_the_key_of_its_owner_a_text_and_its_digests_are_gone(recorder: EvidenceRecorder) -> None:
    texts = SealedTexts(recorder)
    owner = texts.owner("ada")
    sealed = texts.seal(TEXT, owner=owner, context="c")
    digest = texts.digest(TEXT, owner=owner, context="c")
    assert digest == texts.digest(TEXT, owner=owner, context="c")
    assert digest != texts.digest(TEXT, owner=texts.owner("eve"), context="c")
    recorder.subjects.destroy(owner)
    for ask in (texts.open, texts.seal, texts.digest):
        with pytest.raises(StoreError):
            ask(sealed, owner=owner, context="c")
    recorder.close()
