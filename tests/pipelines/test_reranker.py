"""The settings name a reranker or none."""

from pathlib import Path

import pytest

from averment.core.errors import ConfigurationError, ModelUnavailable
from averment.core.settings import RerankingSettings
from averment.core.testing.clock import FixedClock
from averment.pipelines.models.rerank_endpoint import EndpointReranker
from averment.pipelines.reranker import open_reranking


def test_nothing_is_reranked_by_default() -> None:
    assert open_reranking(RerankingSettings(), clock=FixedClock()) is None


def test_an_endpoint_with_its_model() -> None:
    settings = RerankingSettings(endpoint="http://127.0.0.1:1/v1", model="m", budget_ms=50, candidates=7)
    step = open_reranking(settings, clock=FixedClock())
    assert step is not None
    assert isinstance(step.reranker, EndpointReranker)
    assert (step.budget_s, step.candidates, step.reranker.model_id) == (0.05, 7, "m")


def test_halves_and_doubles_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"reranking\.model is not"):
        open_reranking(RerankingSettings(endpoint="http://127.0.0.1:1/v1"), clock=FixedClock())
    both = RerankingSettings(endpoint="http://127.0.0.1:1/v1", model="m", model_path=tmp_path)
    with pytest.raises(ConfigurationError, match="both set"):
        open_reranking(both, clock=FixedClock())
    with pytest.raises(ModelUnavailable, match="no cross-encoder"):
        open_reranking(RerankingSettings(model_path=tmp_path), clock=FixedClock())
