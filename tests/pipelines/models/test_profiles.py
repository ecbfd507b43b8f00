from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.core.errors import ConfigurationError
from averment.pipelines.models.profiles import (
    ANNEX_XII,
    ModelProfile,
    aliases,
    load_profile,
    profile_names,
    read_profile,
    resolve_alias,
)

REQUIRED = {
    "qwen3-8b",
    "deepseek-r1-0528-qwen3-8b",
    "deepseek-r1-distill-qwen-1.5b",
    "deepseek-r1-distill-qwen-7b",
    "deepseek-r1-distill-qwen-14b",
    "deepseek-r1-distill-qwen-32b",
    "deepseek-r1-distill-llama-8b",
    "deepseek-r1-distill-llama-70b",
    "llama-3.1-nemotron-nano-8b",
    "llama-4-scout",
    "qwen3-0.6b",
    "qwen3-1.7b",
    "qwen3-4b",
    "smollm2-135m",
    "deepseek-r1",
    "deepseek-r1-zero",
}


def test_every_shipped_profile_is_there() -> None:
    assert set(profile_names()) >= REQUIRED


@pytest.mark.parametrize("name", profile_names())
def test_a_profile_is_complete(name: str) -> None:
    profile = load_profile(name)
    assert profile.name == name
    assert {field: profile.supplier.fact(field).status for field in ANNEX_XII}.keys() == ANNEX_XII.keys()
    assert all((fact.text is None) == (fact.status == "not_supplied") for fact in profile.supplier.annex_xii.values())
    if profile.placement == "remote":
        assert profile.dialect == "openai"
        assert profile.memory.gpu_gib is None
    else:
        assert profile.memory.gpu_gib is not None
        assert profile.repository is not None
    assert not profile.verified or profile.revision


def test_a_window_leaves_half_of_the_context(tmp_path: Path) -> None:
    packaged = resources.files("averment.pipelines.models") / "profiles" / "qwen3-8b.yaml"
    own = packaged.read_text("utf-8").replace("window_tokens: 8192", "window_tokens: 16385")
    (tmp_path / "own.yaml").write_text(own, "utf-8")
    with pytest.raises(ConfigurationError, match="window_tokens"):
        read_profile(tmp_path / "own.yaml")


def test_the_smoke_test_model_is_trusted_for_nothing() -> None:
    assert load_profile("smollm2-135m").trusted_for == ()


@pytest.mark.parametrize("name", profile_names())
def test_selection_and_checking_never_think(name: str) -> None:
    profile = load_profile(name)
    assert profile.thinking_budget("select") == 0
    assert profile.thinking_budget("check") == 0
    assert profile.thinking_budget("no such kind") == 0


def test_a_supplier_fact_that_is_absent_is_not_supplied() -> None:
    profile = load_profile("qwen3-8b")
    bare = profile.supplier.model_copy(update={"annex_xii": {}})
    assert all(bare.fact(field).status == "not_supplied" for field in ANNEX_XII)


@pytest.mark.parametrize("alias", aliases(), ids=lambda alias: alias.name)
def test_an_alias_leads_to_a_profile_and_says_that_it_is_one(alias: object) -> None:
    for entry in aliases():
        resolved = resolve_alias(entry.name.lower())
        assert resolved.profile in profile_names()
        assert resolved.alias is not None
        assert resolved.alias.verified is False
        assert load_profile(entry.name) is not None


def test_the_names_in_circulation_are_aliases() -> None:
    names = {alias.name for alias in aliases()}
    assert names >= {"Qwen3-8B-Reasoning", "DeepSeek-R1-Distill-Qwen3-8B", "Llama-4-Scout-3B"}
    assert resolve_alias("qwen3-8b").alias is None


@pytest.mark.slow
@given(st.text(max_size=40))
def test_an_unknown_name_is_an_error_that_names_the_known_ones(name: str) -> None:
    known = {*profile_names(), *(alias.name.casefold() for alias in aliases())}
    if name.casefold() in known or name.endswith((".yaml", ".yml")):
        return
    with pytest.raises(ConfigurationError, match="qwen3-8b"):
        load_profile(name)


def test_a_profile_of_ones_own_is_read_and_its_mistakes_are_named(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    text = load_profile("smollm2-135m").model_copy(update={"name": "mine"}).model_dump_json()
    path.write_text(text, encoding="utf-8")
    assert read_profile(path).name == "mine"
    assert load_profile(str(path)).name == "mine"
    path.write_text(text.replace('"dialect"', '"dialekt"'), encoding="utf-8")
    with pytest.raises(ConfigurationError, match="dialekt"):
        read_profile(path)
    path.write_text("{", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="no YAML"):
        read_profile(path)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_profile(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    "change",
    [
        {"thinking": {"switch": "chat_template"}},
        {"thinking": {"switch": "system_prompt", "on": "on"}},
        {"thinking": {"switch": "none", "budget_tokens": {"plan": 5}}},
        {"thinking": {"switch": "token_budget"}, "reasoning_parser": None},
        {"verified": True, "revision": None},
        {"revision": "main"},
        {"name": "../other"},
        {"supplier": {"name": "x", "annex_xii": {"1a": {"status": "supplied"}}}},
    ],
)
def test_a_profile_that_contradicts_itself_is_refused(change: dict[str, object]) -> None:
    profile = load_profile("smollm2-135m").model_dump(mode="json") | change
    with pytest.raises(ValueError, match="validation error"):
        ModelProfile.model_validate(profile)
