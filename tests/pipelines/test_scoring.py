"""What is foretold from the settings is what an installation with them does."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from averment.core.clock import SystemClock
from averment.core.data_dir import DataDir, open_data_dir
from averment.core.settings import ModelSettings, ReasoningSettings, RerankingSettings, RetrievalSettings, Settings
from averment.core.testing.audit import MemoryAuditSink
from averment.core.testing.gate import plain_recording
from averment.pipelines.ingestion.embedding import open_embedder
from averment.pipelines.models.client import OpenAIChatModel
from averment.pipelines.models.profiles import load_profile
from averment.pipelines.reasoning.calibration import Calibration, Threshold
from averment.pipelines.reasoning.pipeline_identity import scoring_hash
from averment.pipelines.reasoning.trust import Gain, TrustRecord
from averment.pipelines.scoring import budgets, expected_scoring_hash, foretold_parts, retrieval_settings
from averment.pipelines.workspace import Workspace, open_workspace

PROFILE = load_profile("smollm2-135m")


@contextmanager
def opened(settings: Settings) -> Iterator[Workspace]:
    @contextmanager
    def open_log(_: DataDir) -> Iterator[MemoryAuditSink]:
        yield MemoryAuditSink()

    with open_workspace(settings, open_log=open_log, open_recording=plain_recording, clock=SystemClock()) as workspace:
        yield workspace


def expected(settings: Settings) -> str:
    embedder = open_embedder(settings.embedding, caches=(settings.data_dir / "cache", settings.model.models_dir))
    return expected_scoring_hash(settings, embedder=embedder, model=None, profile=PROFILE, clock=SystemClock())


@pytest.mark.slow
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"retrieval": RetrievalSettings(dense_weight=0.4), "reasoning": ReasoningSettings(max_steps=12)},
        {"reranking": RerankingSettings(endpoint="http://127.0.0.1:9/v1", model="m")},
    ],
)
def test_the_hash_is_that_of_the_installation(tmp_path: Path, changes: dict[str, object]) -> None:
    open_data_dir(tmp_path)
    settings = Settings.model_validate({"data_dir": tmp_path, **changes})
    foretold = expected(settings)
    with opened(settings) as workspace:
        assert workspace.analyst(None, profile=PROFILE).fingerprint.pipeline_hash == foretold


@pytest.mark.slow
def test_an_installation_reads_its_calibration(tmp_path: Path) -> None:
    open_data_dir(tmp_path / "data")
    plain = Settings(data_dir=tmp_path / "data")
    threshold = Threshold(threshold=0.5, risk=0.05, delta=0.05, n=100, n_answered=60, n_wrong=0)
    made = Calibration(
        created_at="2026-11-23T10:00:00Z",
        pipeline_hash=expected(plain),
        model=None,
        made_from=(),
        groups={"quote": threshold},
    )
    path = tmp_path / "calibration.json"
    path.write_text(made.model_dump_json())
    calibrated = plain.model_copy(update={"reasoning": ReasoningSettings(calibration_path=path)})
    with opened(plain) as workspace:
        before = workspace.analyst(None, profile=PROFILE).fingerprint.pipeline_hash
    with opened(calibrated) as workspace:
        assert workspace.analyst(None, profile=PROFILE).fingerprint.pipeline_hash != before


@pytest.mark.slow
def test_an_installation_reads_what_was_measured_of_its_model(tmp_path: Path) -> None:
    open_data_dir(tmp_path / "data")
    path = tmp_path / "trust.json"
    settings = Settings(data_dir=tmp_path / "data", model=ModelSettings(trust_path=path))
    embedder = open_embedder(settings.embedding, caches=(settings.data_dir / "cache", settings.model.models_dir))
    model = OpenAIChatModel(PROFILE, base_url="http://127.0.0.1:9/v1")
    parts = foretold_parts(settings, embedder=embedder, model=model, profile=PROFILE, clock=SystemClock())
    made = TrustRecord(
        created_at="2026-11-23T10:00:00Z",
        profile=PROFILE.name,
        profile_digest=PROFILE.bare_digest,
        model=model.model_id,
        revision=model.revision,
        pipeline_hash=scoring_hash(parts),
        program="sha256:00",
        made_from=(),
        calls={"select": Gain(questions=60, gain=0.2, interval=(0.1, 0.3))},
    )
    trusting = scoring_hash(replace(parts, trusted_for=("select",)))
    for record, expected_hash in (
        (made, trusting),
        (made.model_copy(update={"revision": "other"}), scoring_hash(parts)),
    ):
        path.write_text(record.model_dump_json())
        with opened(settings) as workspace:
            fingerprint = workspace.analyst(model, profile=PROFILE).fingerprint
        assert fingerprint.pipeline_hash == expected_hash
        assert fingerprint.model_revision == PROFILE.revision
        foretold = expected_scoring_hash(settings, embedder=embedder, model=model, profile=PROFILE, clock=SystemClock())
        assert foretold == expected_hash


def test_settings_are_handed_on() -> None:
    settings = Settings(
        retrieval=RetrievalSettings(prefetch=7, fusion="dbsf", dense_weight=0.25, sparse_encoder_weight=2.0),
        reasoning=ReasoningSettings(max_steps=3, max_tokens=5, max_seconds=7.0),
    )
    found, limits = retrieval_settings(settings), budgets(settings)
    assert (found.prefetch, found.fusion, found.dense_weight, found.learned_weight) == (7, "dbsf", 0.25, 2.0)
    assert (limits.max_steps, limits.max_tokens, limits.max_seconds) == (3, 5, 7.0)
