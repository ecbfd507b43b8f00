"""What the settings ask of witnesses and authorities, and what of it the trust policy says."""

import importlib.util

import pytest

from averment.compliance.anchoring import anchors_of, with_anchors
from averment.compliance.log.note import COSIGNATURE, SignerKey
from averment.compliance.log.policy import TrustPolicy
from averment.core.errors import ConfigurationError
from averment.core.record_settings import LogSettings, WitnessSettings

LOG = SignerKey.generate("tests.example/log").verifier
WITNESSES = tuple(
    WitnessSettings(
        name=f"w{number}",
        vkey=SignerKey.generate(f"witness.example/{number}", algorithm=COSIGNATURE).verifier.vkey,
        url="https://witness.example",
    )
    for number in range(3)
)
POLICY = f"log {LOG.vkey}\nquorum none\n"


def test_nobody_is_asked_unless_the_settings_name_somebody() -> None:
    assert anchors_of(LogSettings()) is None
    assert with_anchors(POLICY, LogSettings()) == POLICY


def test_the_policy_names_the_witnesses_and_how_many_are_needed() -> None:
    text = with_anchors(POLICY, LogSettings(witnesses=WITNESSES, witness_quorum=2))
    policy = TrustPolicy.parse(text, name="p")
    assert (policy.logs, [witness.name for witness in policy.witnesses]) == ((LOG,), ["w0", "w1", "w2"])
    assert policy.is_met_by({"w0", "w2"})
    assert not policy.is_met_by({"w0"})
    anchors = anchors_of(LogSettings(witnesses=WITNESSES, witness_quorum=2))
    assert anchors is not None
    assert (anchors.needed, len(anchors.witnesses)) == (2, 3)


def test_a_witness_that_is_asked_no_more_stays_known() -> None:
    two = with_anchors(POLICY, LogSettings(witnesses=WITNESSES[:2], witness_quorum=2))
    without = TrustPolicy.parse(text := with_anchors(two, LogSettings(witnesses=WITNESSES[1:2])), name="p")
    assert [key.vkey for key in without.former] == [WITNESSES[0].vkey]
    assert [witness.name for witness in without.witnesses] == ["w1"]
    assert without.quorum == "none"
    assert with_anchors(two, LogSettings(witnesses=WITNESSES[:2], witness_quorum=2)) == two
    assert TrustPolicy.parse(with_anchors(text, LogSettings(witnesses=WITNESSES[:2])), name="p").former == ()


@pytest.mark.parametrize(
    "settings",
    [
        LogSettings(witness_quorum=1),
        LogSettings(witnesses=(WITNESSES[0], WITNESSES[0])),
        LogSettings(witnesses=(WITNESSES[0].model_copy(update={"name": "quorum"}),)),
        LogSettings(witnesses=(WITNESSES[0].model_copy(update={"vkey": LOG.vkey}),)),
    ],
    ids=range(4),
)
def test_settings_that_contradict_themselves_are_refused(settings: LogSettings) -> None:
    with pytest.raises(ConfigurationError):
        anchors_of(settings)


@pytest.mark.skipif(importlib.util.find_spec("rfc3161_client") is not None, reason="rfc3161-client is installed")
def test_time_stamps_need_their_package() -> None:
    with pytest.raises(ConfigurationError, match="rfc3161-client") as caught:
        anchors_of(LogSettings(timestamp_url="https://tsa.example"))
    assert "averment[timestamp]" in (caught.value.hint or "")
