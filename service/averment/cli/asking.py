"""What evaluations ask with: the answerer of an installation with these settings, over stores of their own."""

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from averment.core.clock import SystemClock

if TYPE_CHECKING:
    from averment.core.ports import ChatModel
    from averment.core.settings import Settings
    from averment.evaluation.corpus import EvaluationStores
    from averment.evaluation.labelling import Asking, OnProgress
    from averment.pipelines.ingestion.embedding import SentenceTransformerEmbedder
    from averment.pipelines.reasoning.answerer import Answerer
    from averment.pipelines.reasoning.entailment import EntailmentCheck
    from averment.pipelines.reasoning.model_desk import ModelTrust
    from averment.pipelines.reasoning.trust import Decision


def asking_of(settings: "Settings", *, out: Path, on_progress: "OnProgress") -> "Asking":
    """Return what asks as an installation with these settings does, with the language model that runs, if one does."""
    from averment.evaluation.labelling import Asking
    from averment.pipelines.models.configured import find_model, profile_of, within_context
    from averment.pipelines.scoring import open_decision

    model = find_model(settings)
    profile = within_context(profile_of(settings) if model is None else model.profile, settings)
    make = answerer_maker(settings, entailment=configured_entailment(settings))

    def make_answerer(stores: "EvaluationStores") -> "Answerer":
        decision = open_decision(settings, profile=profile, model=model)
        return make(stores, model=model, profile=profile, decision=decision)

    return Asking(
        embedder=evaluation_embedder(settings, out),
        make_answerer=make_answerer,
        clock=SystemClock(),
        model=model.model_id if model is not None else None,
        on_progress=on_progress,
    )


class MakesAnswerers(Protocol):
    """Makes the answerer of an installation over stores of an evaluation."""

    def __call__(
        self,
        stores: "EvaluationStores",
        *,
        model: "ChatModel | None",
        profile: "ModelTrust | None",
        decision: "Decision | None" = None,
    ) -> "Answerer":
        """Make one that may use a model."""


def answerer_maker(settings: "Settings", *, entailment: "EntailmentCheck | None") -> MakesAnswerers:
    """Return what makes the answerer of an installation with these settings over stores of an evaluation.

    Args:
        settings: Those of the installation.
        entailment: The check of a trained verifier, that of the settings or of a candidate.
    """
    from averment.pipelines.reasoning.answerer import Answerer
    from averment.pipelines.reranker import open_reranking
    from averment.pipelines.scoring import budgets, retrieval_settings

    def make(
        stores: "EvaluationStores",
        *,
        model: "ChatModel | None",
        profile: "ModelTrust | None",
        decision: "Decision | None" = None,
    ) -> "Answerer":
        clock = SystemClock()
        return Answerer(
            stores.retriever(retrieval_settings(settings), reranking=open_reranking(settings.reranking, clock=clock)),
            texts=stores.texts,
            catalog=stores.catalog,
            embedder=stores.embedder,
            clock=clock,
            model=model,
            profile=profile,
            decision=decision,
            budgets=budgets(settings),
            entailment=entailment,
            anatomy=stores.views,
            calendar=settings.reasoning.business_day_calendar,
        )

    return make


def configured_entailment(settings: "Settings", folder: Path | None = None) -> "EntailmentCheck | None":
    """Return the check of a candidate, or that of the settings."""
    from averment.pipelines.scoring import open_candidate_entailment, open_entailment

    return open_entailment(settings.verification) if folder is None else open_candidate_entailment(folder)


def evaluation_embedder(settings: "Settings", out: Path) -> "SentenceTransformerEmbedder":
    """Open the embedder of the settings; what it keeps lies beside the results."""
    from averment.pipelines.ingestion.embedding import open_embedder

    return open_embedder(settings.embedding, caches=(out / "cache", settings.model.models_dir))
