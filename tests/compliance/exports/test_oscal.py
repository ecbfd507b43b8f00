"""Assessment results name what the log shows, what it does not, and every reference in them resolves."""

import json

from averment.compliance.claims_lint import refuse_claims
from averment.compliance.exports.oscal import LogCheck, assessment_results
from averment.compliance.obligations import status
from averment.core.audit import EventType
from tests.compliance.exports.samples import leaf, leaves

SOUND = LogCheck(root="ab" * 32, problem="", not_established=("that the clock was right",))
BROKEN = LogCheck(root="ab" * 32, problem="checkpoint: not signed", not_established=())


def results(raw: bytes) -> dict[str, list[dict[str, dict[str, object]]]]:
    (found,) = json.loads(raw)["assessment-results"]["results"]
    assert isinstance(found, dict)
    return found


def states(raw: bytes) -> list[object]:
    found = results(raw)["findings"]
    return [finding["target"]["status"]["state"] for finding in found]  # type: ignore[index]  # plain JSON


def test_what_was_recorded_is_satisfied_and_what_was_not_is_said() -> None:
    assert states(assessment_results(leaves(), SOUND)) == ["satisfied"] * 4
    few = assessment_results([leaf(0, EventType.NOTICE_SHOWN)], BROKEN)
    assert states(few) == ["not-satisfied", "not-satisfied", "satisfied", "satisfied"]
    told = [finding.get("remarks") for finding in results(few)["findings"]]
    assert told[0] == "checkpoint: not signed"
    assert "model.loaded" in str(told[1])


def test_findings_refer_to_objectives_and_observations_that_are_there() -> None:
    raw = assessment_results(leaves(), SOUND)
    local = json.loads(raw)["assessment-results"]["local-definitions"]["objectives-and-methods"]
    objectives = {part["id"] for control in local for part in control["parts"]}
    observations = {item["uuid"] for item in results(raw)["observations"]}
    for finding in results(raw)["findings"]:
        assert finding["target"]["target-id"] in objectives
        related = finding["related-observations"]
        assert {item["observation-uuid"] for item in related} <= observations  # type: ignore[index, call-overload]  # plain JSON


def test_the_same_state_gives_the_same_bytes_and_no_word_claims_that_the_law_is_met() -> None:
    raw = assessment_results(leaves(), SOUND)
    assert raw == assessment_results(leaves(), SOUND)
    refuse_claims([raw.decode()], status=status())
    assert "that the clock was right" in raw.decode()
