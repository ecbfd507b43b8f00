"""Other people's software reads our exports, and refuses them with a fault."""

from pathlib import Path

import pytest

from averment.compliance.exports.oscal import LogCheck, assessment_results
from tests.compliance.exports.samples import leaves
from tests.interop.conftest import Checker

pytestmark = pytest.mark.slow


def test_trestle_reads_assessment_results_and_refuses_a_state_that_is_none(formats: Checker, tmp_path: Path) -> None:
    check = LogCheck(root="ab" * 32, problem="", not_established=("that the clock was right",))
    raw = assessment_results(leaves(), check)
    file = tmp_path / "results.json"
    file.write_bytes(raw)
    done = formats("oscal", file)
    assert done.stdout.strip() == "accepted: 4 findings", done.stderr
    file.write_bytes(raw.replace(b'"satisfied"', b'"proven"'))
    assert "state: invalid value" in formats("oscal", file).stderr
