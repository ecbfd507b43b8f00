"""Grounds: dated data with a source, and the one thing a machine can refuse."""

import json
from importlib.resources import files

import pytest

from averment.compliance.grounds import check_ground, grounds
from averment.core.errors import UsageError


def test_the_list_says_when_and_from_where_it_was_read_and_that_nobody_verified_it() -> None:
    data = json.loads((files("averment.compliance") / "grounds.json").read_bytes())
    assert data["as_of"]
    assert data["source"]
    assert data["verified"] is False
    assert [item["code"] for item in data["grounds"]] == sorted(grounds())


@pytest.mark.parametrize("code", sorted(code for code in grounds() if code.startswith("ai-act")))
def test_the_ai_act_is_no_ground_where_the_use_is_not_high_risk(code: str) -> None:
    with pytest.raises(UsageError, match="no signed assessment says so"):
        check_ground(code, is_high_risk=False)
    assert check_ground(code, is_high_risk=True).code == code


def test_a_legal_claim_is_a_ground_anywhere_and_an_unknown_code_nowhere() -> None:
    assert check_ground("gdpr-17-3-e", is_high_risk=False).about == "legal claims"
    with pytest.raises(UsageError, match="there is no ground 'because'"):
        check_ground("because", is_high_risk=True)
