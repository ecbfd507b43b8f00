"""Trust policies: what is accepted, and that witnesses are never taken as met."""

import pytest

from averment.compliance.log.note import SignerKey
from averment.compliance.log.policy import TrustPolicy
from averment.core.errors import ConfigurationError

ONE = SignerKey.generate("one.example/log").verifier
TWO = SignerKey.generate("two.example/log").verifier


def test_a_policy_survives_its_file() -> None:
    policy = TrustPolicy(logs=(ONE, TWO))
    assert TrustPolicy.parse(policy.encode(), name="p") == policy


def test_a_bare_key_is_a_policy_of_one_log() -> None:
    assert TrustPolicy.parse(f"{ONE.vkey}\n", name="p").logs == (ONE,)


def test_comments_spaces_and_addresses_are_allowed() -> None:
    text = f"# trusted\n\n\tlog  {ONE.vkey} https://one.example/log \nquorum none\n"
    assert TrustPolicy.parse(text, name="p").logs == (ONE,)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "quorum none\n",
        f"log {ONE.vkey}\n",
        f"log {ONE.vkey}\nquorum none\nquorum none\n",
        f"log {ONE.vkey}\nlog {ONE.vkey}\nquorum none\n",
        f"log\nlog {ONE.vkey}\nquorum none\n",
        f"log {ONE.vkey}\nquorum none\nother line\n",
        f"witness w {TWO.vkey}\nlog {ONE.vkey}\nquorum w\n",
    ],
    ids=range(8),  # the texts hold keys made anew in each process, and every test process must see the same names
)
def test_other_files_are_refused(text: str) -> None:
    with pytest.raises(ConfigurationError):
        TrustPolicy.parse(text, name="p")
