"""What the settings make of retrieval and reasoning, in one place for installations and evaluations of them."""

from dataclasses import replace
from pathlib import Path

from averment.core.clock import Clock
from averment.core.ports import ChatModel
from averment.core.settings import Settings, VerificationSettings
from averment.pipelines.ingestion.embedding import SentenceTransformerEmbedder
from averment.pipelines.models.configured import within_context
from averment.pipelines.models.profiles import ModelProfile
from averment.pipelines.models.verifier import (
    CrossEncoderVerifier,
    open_verifier,
    recorded_threshold,
    recorded_uses,
)
from averment.pipelines.reasoning.entailment import EntailmentCheck
from averment.pipelines.reasoning.loop import Budgets
from averment.pipelines.reasoning.pipeline_identity import ScoringParts, model_identity, scoring_hash
from averment.pipelines.reasoning.trust import Decision, read_trust
from averment.pipelines.reranker import open_reranking
from averment.pipelines.retrieval.retriever import RetrievalSettings, retrieval_fingerprint


def retrieval_settings(settings: Settings) -> RetrievalSettings:
    """Return how the search is done."""
    chosen = settings.retrieval
    return RetrievalSettings(
        prefetch=chosen.prefetch,
        fusion=chosen.fusion,
        dense_weight=chosen.dense_weight,
        learned_weight=chosen.sparse_encoder_weight,
    )


def budgets(settings: Settings) -> Budgets:
    """Return what one answer may cost."""
    chosen = settings.reasoning
    return Budgets(max_steps=chosen.max_steps, max_tokens=chosen.max_tokens, max_seconds=chosen.max_seconds)


def open_entailment(settings: VerificationSettings) -> EntailmentCheck | None:
    """Return the check of the verifier that the settings name, or None; its model loads when it is first used.

    Raises:
        ConfigurationError: It was trained here and not admitted.
        ModelUnavailable: There is no such folder.
    """
    if settings.model_path is None:
        return None
    return _entailment(open_verifier(settings.model_path, setting="verification.model_path"), settings.model_path)


def open_candidate_entailment(folder: Path) -> EntailmentCheck:
    """Return the check of a verifier that is to be evaluated, admitted or not.

    Raises:
        ModelUnavailable: There is no such folder.
    """
    return _entailment(CrossEncoderVerifier(folder), folder)


def _entailment(verifier: CrossEncoderVerifier, folder: Path) -> EntailmentCheck:
    return EntailmentCheck(verifier, threshold=recorded_threshold(folder), uses=recorded_uses(folder))


def open_decision(settings: Settings, *, profile: ModelProfile, model: ChatModel | None) -> Decision | None:
    """Return what was measured of the model that runs, where one does and the settings name a record.

    Raises:
        ConfigurationError: The record cannot be read.
    """
    if settings.model.trust_path is None:
        return None
    record = read_trust(settings.model.trust_path)
    if model is None:
        return None
    return Decision(
        record=record,
        profile_digest=within_context(profile, settings).bare_digest,
        model=model.model_id,
        revision=getattr(model, "revision", None),
    )


def foretold_parts(
    settings: Settings,
    *,
    embedder: SentenceTransformerEmbedder,
    model: ChatModel | None,
    profile: ModelProfile,
    clock: Clock,
) -> ScoringParts:
    """Return what an installation with these settings scores answers with while its model is trusted with nothing.

    An index that was built with a learned sparse encoder is another one; that is not told from outside.
    """
    entailment = open_entailment(settings.verification)
    return ScoringParts(
        budgets=budgets(settings),
        calendar=settings.reasoning.business_day_calendar,
        embedder=embedder.model_id,
        model=model_identity(model),
        trusted_for=(),
        yes_no_threshold=1.0,
        window_tokens=within_context(profile, settings).window_tokens,
        retriever=retrieval_fingerprint(
            retrieval_settings(settings),
            embedder=embedder,
            reranking=open_reranking(settings.reranking, clock=clock),
        ),
        verifier=entailment.identity if entailment is not None else None,
    )


def expected_scoring_hash(
    settings: Settings,
    *,
    embedder: SentenceTransformerEmbedder,
    model: ChatModel | None,
    profile: ModelProfile,
    clock: Clock,
) -> str:
    """Return the hash that an installation with these settings scores answers under, without opening its stores."""
    parts = foretold_parts(settings, embedder=embedder, model=model, profile=profile, clock=clock)
    decision = open_decision(settings, profile=profile, model=model)
    trust = decision.applied(profile, pipeline_hash=scoring_hash(parts)) if decision is not None else profile
    return scoring_hash(replace(parts, trusted_for=trust.trusted_for, yes_no_threshold=trust.yes_no_threshold))
