import pytest

from averment.core.errors import AuditIntegrityError, StoreError
from averment.core.sealing import TextSealing
from averment.core.testing.sealing import PlainTexts


def test_the_double_binds_texts_to_owner_and_context_as_the_real_sealing_does() -> None:
    plain = PlainTexts()
    sealing: TextSealing = plain
    owner = sealing.owner("ada")
    sealed = sealing.seal(b"text", owner=owner, context="a")
    assert sealing.open(sealed, owner=owner, context="a") == b"text"
    with pytest.raises(AuditIntegrityError):
        sealing.open(sealed, owner=owner, context="b")
    plain.erased.add(owner)
    with pytest.raises(StoreError):
        sealing.open(sealed, owner=owner, context="a")
