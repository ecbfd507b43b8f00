"""Assessment results name what the log shows, what it does not, and every reference in them resolves."""

import json
from typing import Any

from averment.compliance.claims_lint import refuse_claims
from averment.compliance.exports.oscal import LogCheck, assessment_results
from averment.compliance.obligations import status
from averment.core.audit import EventType
from tests.compliance.exports.samples import leaf, leaves

SOUND = LogCheck(root="ab" * 32, problem="", not_established=("that the clock was right",))
BROKEN = LogCheck(root="ab" * 32, problem="checkpoint: not signed", not_established=())


def findings(raw: bytes) -> list[dict[str, Any]]:
    (result,) = json.loads(raw)["assessment-results"]["results"]
    found: list[dict[str, Any]] = result["findings"]
    return found


def states(raw: bytes) -> list[str]:
    return [finding["target"]["status"]["state"] for finding in findings(raw)]


def test_what_was_recorded_is_satisfied_and_what_was_not_is_said() -> None:
    assert states(assessment_results(leaves(), SOUND)) == ["satisfied"] * 4
    few = assessment_results([leaf(0, EventType.NOTICE_SHOWN)], BROKEN)
    assert states(few) == ["not-satisfied", "not-satisfied", "satisfied", "satisfied"]
    told = [finding.get("remarks") for finding in findings(few)]
    assert told[0] == "checkpoint: not signed"
    assert "model.loaded" in str(told[1])


def test_findings_refer_to_objectives_and_observations_that_are_there() -> None:
    raw = assessment_results(leaves(), SOUND)
    document = json.loads(raw)["assessment-results"]
    local = document["local-definitions"]["objectives-and-methods"]
    objectives = {part["id"] for control in local for part in control["parts"]}
    observations = {item["uuid"] for item in document["results"][0]["observations"]}
    for finding in findings(raw):
        assert finding["target"]["target-id"] in objectives
        assert {item["observation-uuid"] for item in finding["related-observations"]} <= observations


def test_the_same_state_gives_the_same_bytes_and_no_word_claims_that_the_law_is_met() -> None:
    raw = assessment_results(leaves(), SOUND)
    assert raw == assessment_results(leaves(), SOUND)
    refuse_claims([raw.decode()], status=status())
    assert "that the clock was right" in raw.decode()
