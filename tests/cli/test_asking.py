"""Evaluations ask with what the settings name."""

from pathlib import Path

from averment.cli.asking import asking_of
from averment.core.settings import ModelSettings, Settings


def test_without_a_running_model_none_is_asked(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, model=ModelSettings(models_dir=tmp_path))
    asking = asking_of(settings, out=tmp_path, on_progress=lambda *_: None)
    assert asking.model is None
    assert asking.embedder.dimension > 0
