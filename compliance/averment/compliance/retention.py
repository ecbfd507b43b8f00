"""Retention as it is in force: the settings, and what signed assessments of purposes say of their risk.

A setting can ask for more than an assessment does, never for less: what was assessed as high-risk keeps its log for
six months or more whatever settings say. Citing the AI Act as the ground of keeping something needs the signed
assessment itself; a setting is not enough.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from averment.compliance.purposes.assessment import assess
from averment.compliance.purposes.store import PurposeState, PurposeStore
from averment.core.errors import ConfigurationError
from averment.core.record_settings import HIGH_RISK_LOG_MONTHS, RetentionSettings

# A retired purpose was used: what its record said of the risk still counts for what is kept.
_COUNTING: Final = frozenset({"assessed", "retired"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """Settings, and the purposes that a signed assessment calls high-risk."""

    settings: RetentionSettings
    high_risk: frozenset[str] = frozenset()

    def months(self, purpose: str) -> int:
        """Return for how many months entries of a purpose are kept."""
        return self.settings.months(purpose)

    def is_high_risk(self, purpose: str | None = None) -> bool:
        """Tell whether a purpose was assessed as high-risk, or any was for None."""
        return bool(self.high_risk) if purpose is None else purpose in self.high_risk


RetentionOf = Callable[[], Retention]


def retention_in_force(settings: RetentionSettings, purposes: PurposeStore, *, now: datetime) -> Retention:
    """Return retention as it is in force at a time.

    Raises:
        ConfigurationError: Settings keep the log of a purpose that was assessed as high-risk too short, or files of
            purposes cannot be read.
    """
    signed = [state for state in purposes.states(now=now) if purposes.has_signature(state.record.code)]
    high_risk = frozenset(state.record.code for state in signed if _is_high_risk(state))
    for code in sorted(high_risk):
        if settings.months(code) < HIGH_RISK_LOG_MONTHS:
            raise ConfigurationError(
                f"settings keep the log of {code!r} for {settings.months(code)} months, but its signed assessment says "
                f"high-risk: {HIGH_RISK_LOG_MONTHS} months or more",
                hint="raise retention.log_months, or log_months of the purpose in retention.purposes",
            )
    return Retention(settings=settings, high_risk=high_risk)


def _is_high_risk(state: PurposeState) -> bool:
    return state.status in _COUNTING and assess(state.record).result == "high-risk"
