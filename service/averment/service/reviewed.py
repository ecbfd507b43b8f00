"""Answers that were reviewed, where they are used again: what stands is what reviewers let stand."""

from dataclasses import replace
from typing import Final

from averment.core.access import Principal
from averment.core.analysis import Turn
from averment.core.oversight import REVIEWER, Standing
from averment.core.record_settings import OversightSettings

_WORDS: Final = {
    "open": "is under review",
    "accept": "was accepted by review",
    "edit": "was edited by review",
    "override": "was OVERRIDDEN by review: do not use it as it was given",
    "reject": "was REJECTED by review: do not use it",
}


def as_reviewed(turn: Turn, standing: Standing | None) -> Turn:
    """Return a turn that a further question may lean on: its answer corrected, or left out where it was set aside."""
    if standing is None:
        return turn
    if standing.correction is not None:
        return replace(turn, answer=standing.correction)
    return replace(turn, answer="") if standing.is_set_aside else turn


def standing_line(standing: Standing) -> str:
    """Say in a line what became of an answer."""
    why = f" ({standing.reason}, {standing.decided_at})" if standing.reason else ""
    return f"answer {standing.answer_id} {_WORDS[standing.state]}{why}"


def with_roles(who: Principal, settings: OversightSettings) -> Principal:
    """Return a principal with the role that the settings give it."""
    if who.subject not in settings.reviewers or REVIEWER in who.roles:
        return who
    return replace(who, roles=(*who.roles, REVIEWER))
