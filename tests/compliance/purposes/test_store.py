"""Purposes as files, and how each stands."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from averment.compliance.log.note import SignerKey
from averment.compliance.purposes.record import new_record
from averment.compliance.purposes.signature import sign_assessment
from averment.compliance.purposes.store import PurposeStore
from averment.core.errors import ConfigurationError, PurposeNotUsable, UsageError
from tests.compliance.purposes.records import answered

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
JANE = SignerKey.generate("jane")


@pytest.fixture
def store(tmp_path: Path) -> PurposeStore:
    made = PurposeStore(tmp_path / "purposes")
    made.write(answered())
    made.add_signer(JANE.verifier)
    return made


def status(store: PurposeStore, code: str = "contract-review", at: datetime = AT) -> str:
    return store.state(code, now=at).status


def test_a_purpose_goes_from_unassessed_over_assessed_to_void_and_back(store: PurposeStore) -> None:
    assert status(store) == "unassessed"
    store.write_signature("contract-review", sign_assessment(answered(), signer=JANE, at=AT))
    assert (status(store), store.mode("contract-review", now=AT)) == ("assessed", "assessed")
    changed = answered(intended_use="Recruiters read applications")
    store.write(changed)
    assert (status(store), store.mode("contract-review", now=AT)) == ("void", "trial")
    store.write_signature("contract-review", sign_assessment(changed, signer=JANE, at=AT))
    assert status(store) == "assessed"


def test_an_assessment_does_not_count_before_its_date(store: PurposeStore) -> None:
    store.write_signature("contract-review", sign_assessment(answered(), signer=JANE, at=AT))
    assert status(store, at=AT - timedelta(seconds=1)) == "dated-ahead"


def test_a_key_added_twice_is_kept_once_and_an_unknown_one_does_not_sign(store: PurposeStore) -> None:
    store.add_signer(JANE.verifier)
    assert store.signers() == (JANE.verifier,)
    eve = SignerKey.generate("eve")
    store.write_signature("contract-review", sign_assessment(answered(), signer=eve, at=AT))
    assert status(store) == "void"


def test_what_is_retired_or_prohibited_stays_so_however_it_is_signed(store: PurposeStore) -> None:
    store.write(answered("old", is_retired=True))
    store.write(answered("bad", article_5={"is_prohibited": True, "reviewer": "x"}))
    half = new_record("half", description="d", owner="o", intended_use="u").model_dump()
    store.write(answered("half").model_validate({**half, "article_5": {"is_prohibited": True}}))
    assert [status(store, code) for code in ("old", "bad", "half")] == ["retired", "prohibited", "prohibited"]
    assert [state.record.code for state in store.states(now=AT)] == ["bad", "contract-review", "half", "old"]


def test_a_purpose_without_a_record_is_refused_but_for_the_trial(store: PurposeStore) -> None:
    with pytest.raises(PurposeNotUsable, match="recorded are: contract-review"):
        store.record("audit")
    assert status(store, "trial") == "unassessed"
    assert PurposeStore(store.folder / "none").codes() == []


def test_a_code_is_no_path_and_a_file_holds_its_own_purpose(store: PurposeStore) -> None:
    with pytest.raises(UsageError, match="no code of a purpose"):
        store.record("../keys/log")
    store.path("contract-review").rename(store.path("other"))
    with pytest.raises(ConfigurationError, match="holds the purpose 'contract-review'"):
        store.record("other")
    store.path("broken").write_bytes(b"\xff")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        store.record("broken")
