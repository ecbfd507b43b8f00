"""Parts of a source are handed to a deployment; the whole fails where one of them did."""

from typing import Any

import pytest
from prefect.testing.utilities import prefect_test_harness

from averment.core.errors import UsageError
from averment.flows import ingest_parts as module

pytestmark = pytest.mark.slow


class Run:
    """A run that ended."""

    def __init__(self, state: str):
        self.state = type("State", (), {"type": type("Type", (), {"value": state})})


def test_every_part_is_run_once_and_one_that_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []
    ends = {"2": "COMPLETED"}

    def run_deployment(name: str, *, parameters: dict[str, Any], **_: object) -> Run:
        asked.append({"deployment": name, **parameters})
        return Run(ends.get(str(parameters["part"]), "COMPLETED"))

    monkeypatch.setattr(module, "run_deployment", run_deployment)
    with prefect_test_harness():
        assert module.ingest_parts("contracts", parts=3, full=True) == {"COMPLETED": 3}
        assert sorted(item["part"] for item in asked) == [0, 1, 2]
        assert {(item["source"], item["parts"], item["full"], item["deployment"]) for item in asked} == {
            ("contracts", 3, True, "ingest-corpus/part")
        }
        ends["2"] = "CRASHED"
        with pytest.raises(RuntimeError, match="not all completed"):
            module.ingest_parts("contracts", parts=3)
        with pytest.raises(UsageError, match="parts is 0"):
            module.ingest_parts("contracts", parts=0)
