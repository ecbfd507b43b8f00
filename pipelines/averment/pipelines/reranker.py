"""The reranker that the settings name, or none."""

from averment.core.clock import Clock
from averment.core.errors import ConfigurationError
from averment.core.ports import Reranker
from averment.core.settings import RerankingSettings
from averment.pipelines.models.admission import require_admission
from averment.pipelines.models.cross_encoder import CrossEncoderReranker
from averment.pipelines.models.rerank_endpoint import EndpointReranker
from averment.pipelines.retrieval.reranking import RerankingStep


def open_reranking(settings: RerankingSettings, *, clock: Clock) -> RerankingStep | None:
    """Return what reranks; None where the settings name neither a folder nor an endpoint.

    Raises:
        ConfigurationError: They name both, or an endpoint without its model, or a model trained here that was not
            admitted.
        ModelUnavailable: There is no model in the folder.
    """
    if settings.model_path is not None:
        require_admission(settings.model_path, setting="reranking.model_path")
    return open_candidate_reranking(settings, clock=clock)


def open_candidate_reranking(settings: RerankingSettings, *, clock: Clock) -> RerankingStep | None:
    """Return what reranks, admitted or not; for evaluating it."""
    reranker = _reranker(settings, clock)
    if reranker is None:
        return None
    return RerankingStep(
        reranker=reranker, candidates=settings.candidates, budget_s=settings.budget_ms / 1000, clock=clock
    )


def _reranker(settings: RerankingSettings, clock: Clock) -> Reranker | None:
    if settings.model_path is not None and settings.endpoint is not None:
        raise ConfigurationError(
            "reranking.model_path and reranking.endpoint are both set, expected one of them", hint="unset one"
        )
    if settings.model_path is not None:
        return CrossEncoderReranker(settings.model_path, clock=clock)
    if settings.endpoint is None:
        return None
    if not settings.model:
        raise ConfigurationError(
            "reranking.endpoint is set, but reranking.model is not", hint="name the model that the endpoint serves"
        )
    key = settings.api_key.get_secret_value() if settings.api_key else None
    return EndpointReranker(settings.endpoint, model=settings.model, api_key=key, clock=clock)
