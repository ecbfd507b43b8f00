"""The second model is what the settings say, and nothing is left unsaid of where text goes."""

from pathlib import Path
from typing import Any

import pytest

from averment.core.errors import ConfigurationError
from averment.core.settings import EscalationSettings, ModelSettings, Settings
from averment.pipelines.second_model import open_second_model

SAID: dict[str, Any] = {
    "endpoint": "http://127.0.0.1:9/v1",
    "profile": "qwen3-8b",
    "external": False,
    "purposes": ("review",),
}


def settings(**chosen: Any) -> Settings:
    return Settings(model=ModelSettings(escalation=EscalationSettings.model_validate(chosen)))


def test_it_is_off_unless_an_endpoint_is_set() -> None:
    assert open_second_model(Settings()) is None
    assert open_second_model(settings(**{**SAID, "endpoint": None})) is None


def test_it_chooses_and_states_and_does_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("secret\n")
    made = open_second_model(settings(**SAID, served_name="big", api_key_path=tmp_path / "key", share=0.05))
    assert made is not None
    assert (made.model.model_id, made.model._api_key) == ("big", "secret")
    assert made.trust.trusted_for == ("write",), "its profile allows planning, too"
    assert (made.policy.purposes, made.policy.highest, made.policy.share) == (("review",), "public", 0.05)
    assert not made.policy.is_external
    made.model.close()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"profile": None}, "escalation.profile"),
        ({"external": None}, "escalation.external"),
        ({"purposes": ()}, "escalation.purposes"),
        ({"profile": "smollm2-135m"}, "trusts its model with none"),
        ({"api_key_path": Path("/nowhere/key")}, "/nowhere/key"),
        ({"endpoint": "ftp://x"}, "http"),
    ],
)
def test_what_is_left_unsaid_is_an_error(change: dict[str, Any], named: str) -> None:
    with pytest.raises(ConfigurationError, match=named):
        open_second_model(settings(**{**SAID, **change}))
