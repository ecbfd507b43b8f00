from collections.abc import Callable

import pytest

from averment.core.clock import Clock
from averment.core.settings import Settings
from tests.e2e.installation import Installation


def test_the_port_of_the_command_wins_over_settings(
    empty_installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Settings] = []

    def serve(settings: Settings, *, clock: Clock, announce: Callable[[str], None]) -> None:
        seen.append(settings)
        announce("serving")

    monkeypatch.setattr("averment.service.server.serve_forever", serve)
    assert "serving" in empty_installation.ok("serve", "--port", "0").stderr
    empty_installation.ok("serve")
    assert [settings.service.port for settings in seen] == [0, 8484]
    assert empty_installation.run("serve", "--port", "70000").code == 2


def test_models_are_listed_with_what_is_here(empty_installation: Installation) -> None:
    models = empty_installation.ok("model", "list", "--json").json()["models"]
    assert {"smollm2-135m"} <= {model["profile"] for model in models}
    assert empty_installation.run("model", "fetch", "no-such-model", "--json").json()["code"] == "CFG001"
