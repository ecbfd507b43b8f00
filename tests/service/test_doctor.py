from pathlib import Path

from averment.core.settings import EmbeddingSettings, ModelSettings, ParsingSettings, Settings
from averment.service.doctor import Finding, examine


def findings(settings: Settings) -> dict[str, Finding]:
    return {finding.part: finding for finding in examine(settings)}


def test_every_missing_part_names_what_mends_it(tmp_path: Path) -> None:
    found = findings(
        Settings(
            data_dir=tmp_path / "none",
            parsing=ParsingSettings(tessdata_path=tmp_path, ocr_languages=("eng", "nor")),
            embedding=EmbeddingSettings(model_path=tmp_path / "no-model"),
            model=ModelSettings(vllm_environment=tmp_path / "no-venv", models_dir=tmp_path),
        )
    )
    for part in ("Tesseract data for nor", "embedding model", "vLLM environment", "data directory with evidence log"):
        assert found[part].state == "missing"
        assert found[part].mend
    assert found["running model"].state == "note"
    assert all(finding.mend for finding in found.values() if finding.state == "missing")


def test_an_unknown_profile_is_a_finding_and_not_the_end(tmp_path: Path) -> None:
    found = findings(Settings(data_dir=tmp_path, model=ModelSettings(profile="no-such-model")))
    assert found["model profile"].state == "missing"
    assert "data directory with evidence log" in found


def test_looking_changes_nothing(tmp_path: Path) -> None:
    examine(Settings(data_dir=tmp_path / "data", model=ModelSettings(models_dir=tmp_path / "models")))
    assert list(tmp_path.iterdir()) == []
