from pathlib import Path

import pytest

from averment.compliance.monitoring.breaches import Breach
from averment.compliance.monitoring.desk import Check, WatchedWindow
from averment.compliance.monitoring.findings import Finding
from averment.compliance.monitoring.indicators import Share
from averment.compliance.monitoring.plan import Plan
from averment.core.settings_file import load_settings
from averment.service.install import initialise

SHARE = Share(count=40, n=100)
FINDING = Finding(
    indicator="abstained", share=SHARE, reference=None, threshold="at-most:0.2", p=0.0001, outcome="breached"
)
WINDOW = WatchedWindow(since="2026-11-02T00:00:00.000Z", until="2026-11-09T00:00:00.000Z", entry=3, findings=(FINDING,))
BREACH = Breach(
    id="b-1", indicator="abstained", threshold="at-most:0.2", count=40, n=100, found_at="2026-11-09", entry=4
)


def test_the_page_says_what_was_measured_and_what_is_open() -> None:
    from averment.flows.check_drift import report_markdown

    plan = Plan(digest=None, thresholds=(), for_people=())
    page = report_markdown(Check(windows=(WINDOW,), opened=(BREACH,), plan=plan), [BREACH])
    assert "1 windows measured, 1 breaches open" in page
    assert "| abstained | 40 of 100 | at-most:0.2 | breached |" in page
    assert "`b-1`" in page
    assert "|" not in report_markdown(Check(windows=(), opened=(), plan=plan), [])


@pytest.mark.slow
def test_the_flow_measures_an_installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from averment.flows import check_drift

    monkeypatch.setattr(check_drift, "create_markdown_artifact", lambda **_: None)
    path = tmp_path / "averment.yaml"
    path.write_text("model: {enabled: false}\n", encoding="utf-8")
    initialise(load_settings(config=path, environ={}, cwd=tmp_path), source=None, subject="ada")
    assert check_drift.check_drift.fn(config=str(path)) == {"windows": 0, "opened": [], "open": []}
