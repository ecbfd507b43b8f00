import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from averment.compliance.monitoring.plan import Plan, Threshold, read_plan
from averment.core.errors import ConfigurationError
from averment.core.ids import sha256_id

HEAD = "document: monitoring-plan\nversion: 1\nfields:\n"


def written(folder: Path, *rows: str, status: str = "provided") -> Path:
    """Write a plan with rows of metrics and thresholds."""
    listed = "".join(f"      - {row}\n" for row in rows)
    field = f'  "72.3":\n    status: {status}\n    rows:\n{listed}    owner: "Anna"\n    date: 2026-10-01\n'
    path = folder / "monitoring-plan.yaml"
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(HEAD + field, encoding="utf-8")
    return path


def test_thresholds_of_indicators_are_read_and_other_rows_are_for_people(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "{metric: abstained, threshold: rise of 0.05, set_on: 2026-10-01, action: look}",
        "{metric: failed, threshold: at most 0.2, set_on: 2026-10-02, action: look}",
        "{metric: complaints, threshold: any, set_on: 2026-10-02, action: look}",
    )
    day = datetime.date(2026, 10, 1)
    assert read_plan(tmp_path) == Plan(
        digest=sha256_id(path.read_bytes()),
        thresholds=(
            Threshold(indicator="abstained", kind="rise", value=Decimal("0.05"), set_on=day),
            Threshold(indicator="failed", kind="at-most", value=Decimal("0.2"), set_on=day.replace(day=2)),
        ),
        for_people=("complaints",),
    )
    assert read_plan(tmp_path).thresholds[0].code == "rise:0.05"


def test_without_a_plan_or_before_it_is_provided_there_are_no_thresholds(tmp_path: Path) -> None:
    assert read_plan(tmp_path) == Plan(digest=None, thresholds=(), for_people=())
    written(tmp_path, "{metric: failed, threshold: at most 0.2, set_on: 2026-10-02}", status="missing")
    assert read_plan(tmp_path).thresholds == ()


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("{metric: failed, threshold: 0.2, set_on: 2026-10-02}", "'0.2' is no threshold of 'failed'"),
        ("{metric: failed, threshold: at most 1.2, set_on: 2026-10-02}", "'at most 1.2' is no threshold"),
        ("{metric: failed, threshold: at most 20 %, set_on: 2026-10-02}", "is no threshold"),
        ("{metric: failed, threshold: at most 0.2}", "has no day"),
    ],
)
def test_a_threshold_that_cannot_be_measured_is_refused(tmp_path: Path, row: str, words: str) -> None:
    written(tmp_path, row)
    with pytest.raises(ConfigurationError, match=words):
        read_plan(tmp_path)
