"""Identifies what scores answers besides the documents: what was measured of one pipeline says nothing of another."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import Final, get_args

from averment.core.ids import sha256_id
from averment.core.ports import ChatModel
from averment.pipelines.reasoning import absence, claims, prompts, reader, standing, weighing
from averment.pipelines.reasoning.loop import Budgets

REASONING_VERSION: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoringParts:
    """What an answerer is made of: ids of models, None where there is none, and the fingerprint of its retriever.

    `yes_no_threshold` counts where the model is trusted to choose sentences one by one.
    """

    budgets: Budgets
    calendar: str | None
    embedder: str | None
    model: str | None
    trusted_for: Sequence[str]
    yes_no_threshold: float
    window_tokens: int
    retriever: str | None
    verifier: str | None


def model_identity(model: ChatModel | None) -> str | None:
    """Name a model, and the weights of an adapter where it is one."""
    if model is None:
        return None
    adapter = getattr(model, "adapter_digest", None)
    return model.model_id if adapter is None else f"{model.model_id}@{adapter}"


def scoring_hash(made_of: ScoringParts) -> str:
    """Identify rules, prompts, weights, budgets, retriever and models."""
    names: tuple[prompts.PromptName, ...] = get_args(prompts.PromptName)
    parts = {
        "version": REASONING_VERSION,
        "prompts": {name: sha256_id(prompts.template_source(name).encode("utf-8")) for name in names},
        "weights": [reader.LEXICAL_WEIGHT, reader.TOPIC_WEIGHT, reader.KIND_WEIGHT],
        "thresholds": [
            standing.THRESHOLD,
            standing.THRESHOLD_WITHOUT_TOPIC,
            standing.THRESHOLD_NAMED,
            standing.MIN_LEXICAL,
            standing.QUOTES,
            standing.NEAR,
            standing.CLAUSE_CHARS,
            standing.ELSEWHERE,
            absence.NEAR_SIMILARITY,
            claims.MENTIONED,
            claims.DECIDED,
        ],
        "weighing": [weighing.WEIGHED, weighing.ANSWERS_WEIGHT, weighing.INDIFFERENT, weighing.FURTHER],
        "budgets": [made_of.budgets.max_steps, made_of.budgets.max_tokens, made_of.budgets.max_seconds],
        "calendar": [made_of.calendar, metadata.version("holidays")],
        "embedder": made_of.embedder,
        "model": made_of.model,
        "trusted_for": sorted(made_of.trusted_for),
        "yes_no": made_of.yes_no_threshold if "yes_no" in made_of.trusted_for else None,
        "window": made_of.window_tokens,
        "retriever": made_of.retriever,
        "verifier": made_of.verifier,
    }
    return sha256_id(json.dumps(parts, sort_keys=True, separators=(",", ":")).encode("utf-8"))
