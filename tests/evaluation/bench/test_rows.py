"""Rows say what was measured against what, and never pass an unknown off as a figure."""

import json

from hypothesis import given
from hypothesis import strategies as st

from averment.evaluation.bench.rows import Baseline, Figure, at_least, below, measured, not_taken, report, table

PLACE = ("parsing", "canonical text")


def test_a_ratio_is_value_over_baseline_and_is_judged_by_the_goal() -> None:
    row = measured(
        PLACE,
        Figure(value=80, unit="pages/s"),
        baseline=Baseline(name="pdfium text alone", value=200),
        goal=at_least(0.4),
    )
    assert row.ratio == 0.4
    assert row.met is True
    assert row.target == ">= 0.4×"


def test_a_limit_judges_the_figure_not_the_ratio() -> None:
    row = measured(PLACE, Figure(value=20, unit="ms"), baseline=Baseline(name="x", value=40), goal=below(15, "ms"))
    assert row.met is False
    assert row.target == "< 15 ms"


def test_what_has_no_goal_is_neither_met_nor_missed() -> None:
    assert measured(PLACE, Figure(value=1, unit="s")).met is None


def test_a_goal_on_a_ratio_without_a_baseline_stays_open() -> None:
    assert measured(PLACE, Figure(value=1, unit="s"), goal=at_least(1)).met is None


def test_what_was_not_taken_is_visible_in_the_table_with_its_reason() -> None:
    row = not_taken(PLACE, goal=at_least(20), note="skipped: `make setup-bench`")
    text = table([row, measured(PLACE, Figure(value=1234.5, unit="pages/s"), goal=below(1, "s"))])
    assert "not taken" in text
    assert "[1] skipped: `make setup-bench`" in text
    assert "1,234 pages/s" in text or "1,235 pages/s" in text
    assert "NO" in text


@given(st.floats(allow_nan=True, allow_infinity=True), st.floats(min_value=0, max_value=1e12))
def test_a_report_is_json_whatever_the_figures(value: float, baseline: float) -> None:
    row = measured(PLACE, Figure(value=value, unit="s"), baseline=Baseline(name="b", value=baseline))
    written = report([row], {"seed": 1}, created_at="2026-11-01T00:00:00.000Z")
    text = json.dumps(written, allow_nan=False)
    assert json.loads(text)["schema_version"] == 1


def test_every_column_of_the_table_stands_under_its_heading() -> None:
    rows = [measured(("log", "a" * n), Figure(value=n, unit="s")) for n in (1, 30)]
    head, _, *lines = table(rows).splitlines()
    assert all(line.index("s") == head.index("value") + line[head.index("value") :].index("s") for line in lines)
