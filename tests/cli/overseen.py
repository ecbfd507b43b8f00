"""A runtime with the desks of a real log, as the commands of oversight find it."""

from pathlib import Path
from types import ModuleType

import pytest

from averment.cli.context import user_name
from averment.compliance.overseer import Oversight
from averment.core.data_dir import DataDir
from averment.core.record_settings import OversightSettings
from averment.core.settings import Settings
from tests.cli.double import use_runtime
from tests.compliance.oversight.office import Office

SYSTEM = "sha256:" + "a" * 64


class OverseenRuntime:
    """Desks and settings."""

    def __init__(self, office: Office, root: Path):
        chosen = OversightSettings(reviewers=(user_name(),), review_share=1.0)
        self.settings = Settings(data_dir=root, oversight=chosen)
        place = DataDir(root=root, format=1)
        self.oversight = Oversight(place, audit=office.recorder, settings=self.settings, clock=office.clock)

    def system_digest(self) -> str:
        return SYSTEM


def open_for_commands(
    module: ModuleType, office: Office, *, root: Path, monkeypatch: pytest.MonkeyPatch
) -> OverseenRuntime:
    """Have the commands of a module open a runtime over an office."""
    runtime = OverseenRuntime(office, root)
    monkeypatch.setattr(module, "settings_of", lambda _: runtime.settings, raising=False)
    return use_runtime(module, runtime, monkeypatch=monkeypatch)
