"""A plan scales counts and keeps its secrets."""

from dataclasses import replace

from averment.evaluation.bench.plan import Plan


def test_quick_plans_take_the_small_counts(plan: Plan) -> None:
    assert plan.count(100, quick=3) == 3
    assert replace(plan, is_quick=False).count(100, quick=3) == 100


def test_the_key_of_an_endpoint_is_not_shown(plan: Plan) -> None:
    assert "s3cret" not in repr(replace(plan, api_key="s3cret"))


def test_what_asking_costs_is_measured_whatever_a_profile_trusts_its_model_with(plan: Plan) -> None:
    profile = replace(plan, profile="smollm2-135m").asked_profile()
    assert set(profile.trusted_for) == {"plan", "select", "write", "repair"}
    assert profile.window_tokens == 4096
    larger = replace(plan, profile="qwen3-8b").asked_profile()
    assert (larger.trusted_for, larger.window_tokens) == (("plan", "write"), 8192)
