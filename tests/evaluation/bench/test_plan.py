"""A plan scales counts and keeps its secrets."""

from dataclasses import replace

from averment.evaluation.bench.plan import Plan


def test_quick_plans_take_the_small_counts(plan: Plan) -> None:
    assert plan.count(100, quick=3) == 3
    assert replace(plan, is_quick=False).count(100, quick=3) == 100


def test_the_key_of_an_endpoint_is_not_shown(plan: Plan) -> None:
    assert "s3cret" not in repr(replace(plan, api_key="s3cret"))
