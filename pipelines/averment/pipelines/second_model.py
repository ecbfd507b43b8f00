"""The second, larger model that the settings name for hard questions, and the policy under which it is asked."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from averment.core.clock import Clock
from averment.core.errors import ConfigurationError
from averment.core.settings import EscalationSettings, Settings
from averment.pipelines.models.client import CallLimits, OpenAIChatModel
from averment.pipelines.models.profiles import load_profile
from averment.pipelines.reasoning.escalation_policy import EscalationPolicy
from averment.pipelines.reasoning.trust import DecidedTrust
from averment.pipelines.stores.escalations import FILE, EscalationCounts

if TYPE_CHECKING:
    from averment.pipelines.reasoning.answerer import Answerer
    from averment.pipelines.reasoning.escalating import EscalatingAnswerer

HINT: Final = "see docs/how-to/escalate.md; unset model.escalation.endpoint to switch it off"
# It plans nothing and rewrites nothing: it gets sentences to choose from or to state, and the question.
_MAY: Final = ("select", "yes_no", "write")


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondModel:
    """The model, what it may do, and for which questions."""

    model: OpenAIChatModel
    trust: DecidedTrust
    policy: EscalationPolicy


def open_second_model(settings: Settings) -> SecondModel | None:
    """Return the second model, or None where none is set; nothing is sent to it.

    Raises:
        ConfigurationError: Something is left unsaid that must be said, or the key cannot be read.
    """
    chosen = settings.model.escalation
    if chosen.endpoint is None:
        return None
    unsaid = [name for name in ("profile", "external") if getattr(chosen, name) is None]
    if unsaid or not chosen.purposes:
        name = unsaid[0] if unsaid else "purposes"
        raise ConfigurationError(f"model.escalation.endpoint is set, but model.escalation.{name} is not", hint=HINT)
    profile = load_profile(chosen.profile or "")
    if chosen.served_name is not None:
        profile = profile.model_copy(update={"served_name": chosen.served_name})
    trusted_for = tuple(call for call in profile.trusted_for if call in _MAY)
    if not trusted_for:
        raise ConfigurationError(
            f"the profile {profile.name!r} of model.escalation trusts its model with none of {', '.join(_MAY)}",
            hint="name another profile, or the file of one that does",
        )
    return SecondModel(
        model=OpenAIChatModel(
            profile,
            base_url=chosen.endpoint,
            api_key=_key(chosen),
            limits=CallLimits(timeout_s=chosen.timeout_s, retries=1),
        ),
        trust=DecidedTrust(profile=profile, trusted_for=trusted_for, yes_no_threshold=profile.yes_no_threshold),
        policy=EscalationPolicy(
            purposes=chosen.purposes,
            highest=chosen.highest_classification,
            share=chosen.share,
            is_external=bool(chosen.external),
        ),
    )


def escalating(
    first: "Answerer", make: "Callable[..., Answerer]", *, settings: Settings, folder: Path, clock: Clock
) -> "Answerer | EscalatingAnswerer":
    """Return what puts hard questions to the second model, or the first answerer where none is set.

    Args:
        first: Answers with the first model.
        make: Makes an answerer for a model, its profile and what it may see.
        settings: All settings.
        folder: The data directory, where questions are counted.
        clock: Tells the time.

    Raises:
        ConfigurationError: Something is left unsaid that must be said, or the key cannot be read.
    """
    second = open_second_model(settings)
    if second is None:
        return first
    from averment.pipelines.reasoning.escalating import EscalatingAnswerer, SecondOpinion

    return EscalatingAnswerer(
        first,
        SecondOpinion(
            answerer=make(model=second.model, profile=second.trust, may_see=second.policy.may_see),
            model=second.model.model_id,
            revision=second.model.revision,
            max_seconds=settings.reasoning.max_seconds,
        ),
        policy=second.policy,
        counts=EscalationCounts(folder / FILE, window=settings.model.escalation.window_questions),
        clock=clock,
    )


def _key(chosen: EscalationSettings) -> str | None:
    if chosen.api_key_path is None:
        return None
    try:
        return chosen.api_key_path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"model.escalation.api_key_path: {str(chosen.api_key_path)!r} cannot be read", hint=HINT
        ) from error
