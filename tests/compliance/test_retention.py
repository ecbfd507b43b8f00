"""Retention in force: what settings ask for and what signed assessments of purposes say."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from averment.compliance.log.note import SignerKey
from averment.compliance.purposes.record import PurposeRecord
from averment.compliance.purposes.signature import sign_assessment
from averment.compliance.purposes.store import PurposeStore
from averment.compliance.retention import Retention, retention_in_force
from averment.core.errors import ConfigurationError
from averment.core.record_settings import RetentionSettings
from tests.compliance.purposes.records import answered, under

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
JANE = SignerKey.generate("jane")
SCORING = under("5.b", code="scoring")


@pytest.fixture
def store(tmp_path: Path) -> PurposeStore:
    made = PurposeStore(tmp_path / "purposes")
    made.add_signer(JANE.verifier)
    return made


def signed(store: PurposeStore, record: PurposeRecord) -> None:
    store.write(record)
    store.write_signature(record.code, sign_assessment(record, signer=JANE, at=AT))


def in_force(store: PurposeStore, **settings: object) -> Retention:
    return retention_in_force(RetentionSettings.model_validate(settings), store, now=AT)


def test_a_setting_alone_makes_nothing_high_risk_and_a_signature_does(store: PurposeStore) -> None:
    store.write(SCORING)
    assert not in_force(store, is_high_risk=True).is_high_risk()
    signed(store, SCORING)
    signed(store, answered())
    found = in_force(store)
    assert (found.is_high_risk(), found.is_high_risk("scoring")) == (True, True)
    assert not found.is_high_risk("contract-review")


def test_five_months_are_refused_once_the_assessment_says_high_risk(store: PurposeStore) -> None:
    own = ({"purpose": "scoring", "log_months": 5},)
    assert in_force(store, purposes=own).months("scoring") == 5
    signed(store, SCORING)
    with pytest.raises(ConfigurationError, match=r"'scoring' for 5 months.*6 months or more"):
        in_force(store, purposes=own)
    with pytest.raises(ConfigurationError, match="for 3 months"):
        in_force(store, log_months=3)
    assert in_force(store, purposes=({"purpose": "scoring", "log_months": 6},)).months("scoring") == 6


def test_a_changed_record_is_no_assessment_and_a_retired_use_keeps_what_it_was(store: PurposeStore) -> None:
    signed(store, SCORING)
    store.write(under("5.b", code="scoring", intended_use="something else"))
    assert not in_force(store).is_high_risk("scoring")
    store.write(under("5.b", code="scoring", is_retired=True))
    assert in_force(store).is_high_risk("scoring")
    store.write(under("5.b", code="never-signed", is_retired=True))
    assert not in_force(store).is_high_risk("never-signed")
