"""Settings of the record: the evidence log, how long it is kept, documents made from it, review, the use-case gate."""

from datetime import date
from pathlib import Path
from typing import Final, Literal, Self

from pydantic import Field, SecretStr, model_validator

from averment.core.settings_section import Section

CODE: Final = r"^[A-Za-z0-9][A-Za-z0-9._:+-]{0,99}$"
# Articles 19(1) and 26(6) of the AI Act ask for six months; the others are this product's own limits.
HIGH_RISK_LOG_MONTHS: Final = 6
FREE_LOG_MONTHS: Final = 24
MAX_LOG_MONTHS: Final = 120


class WitnessSettings(Section):
    """A witness that cosigns the log's checkpoints."""

    name: str = Field(
        description="Name of the witness in the trust policy, unique", pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$"
    )
    vkey: str = Field(description="Its public key, as `averment-witness vkey` prints it")
    url: str = Field(description="Address below which it takes checkpoints", pattern=r"^https?://[^\s]+$")


class PurposeOversightSettings(Section):
    """How the answers of one purpose are reviewed, where that differs; what is unset is as in `oversight`."""

    purpose: str = Field(description="Purpose code", pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")
    review_share: float | None = Field(default=None, ge=0, le=1, description="Share of its answers that are reviewed")
    four_eyes: bool | None = Field(default=None, description="Whether two people review each")


class OversightSettings(Section):
    """Review of answers by people: which, by whom, and how it is watched over."""

    reviewers: tuple[str, ...] = Field(
        default=(),
        description="Who has the role `reviewer` by name: users of this machine, `api-key`, `key:NAME`, `ISSUER#SUB`",
    )
    review_share: float = Field(default=0.0, ge=0, le=1, description="Share of answers that are drawn for review")
    four_eyes: bool = Field(
        default=False, description="Two people review each, the second neither the first nor who asked"
    )
    purposes: tuple[PurposeOversightSettings, ...] = Field(default=(), description="Purposes with rules of their own")
    review_statuses: tuple[Literal["answered", "abstained", "refused", "truncated"], ...] = Field(
        default=(), description="Statuses that are always reviewed"
    )
    review_warnings: tuple[str, ...] = Field(default=(), description="Warnings whose answers are always reviewed")
    review_values: tuple[Literal["boolean", "label", "date", "duration", "number", "amount", "text", "list"], ...] = (
        Field(default=(), description="Types of values that are always reviewed")
    )
    review_below: float | None = Field(
        default=None, ge=0, le=1, description="Answers whose score is below are always reviewed"
    )
    seed: int = Field(default=0, ge=0, description="Seed of the draws, which depend on it and the answer's id alone")
    planted_share: float = Field(
        default=0.0, ge=0, le=1, description="Share of answers of which a wrong copy is put before reviewers as a test"
    )
    min_view_s: int = Field(
        default=10, ge=0, description="An answer that was accepted after a shorter look is flagged, seconds"
    )


class LogSettings(Section):
    """The evidence log."""

    origin: str = Field(default="averment.local/evidence", description="Origin line of the log's checkpoints")
    seal_interval_ms: int = Field(default=100, ge=1, le=60_000, description="Longest time to a signed checkpoint, ms")
    keep_interval_s: float = Field(
        default=3600.0, ge=1, description="Longest time after which a checkpoint over new entries is kept, seconds"
    )
    keep_entries: int = Field(
        default=100_000, ge=1, description="New entries after which a checkpoint is kept before that time"
    )
    yearly_shards: bool = Field(
        default=True, description="Whether each calendar year (UTC) gets a shard: an origin `<origin>/<year>`"
    )
    wrapping_key: SecretStr | None = Field(
        default=None,
        description="Key that wraps the keys of persons, 32 bytes in base64; a file in data_dir/keys when unset",
    )
    wrapping_command: tuple[str, ...] = Field(
        default=(),
        description="Program, with its arguments, that wraps the keys of persons in a key management service or module",
    )
    lock_url: SecretStr | None = Field(
        default=None, description="PostgreSQL URL whose advisory lock holds off writers on other machines"
    )
    max_clock_step_s: float = Field(
        default=60.0, ge=0, description="How far the clock may be set back between two entries, seconds"
    )
    witnesses: tuple[WitnessSettings, ...] = Field(default=(), description="Witnesses asked to cosign kept checkpoints")
    witness_quorum: int = Field(
        default=0, ge=0, description="Witnesses that must cosign before an answer leaves; 0 waits for none"
    )
    witness_timeout_s: float = Field(default=3.0, gt=0, le=60, description="Longest wait for a witness, seconds")
    timestamp_url: str | None = Field(
        default=None, description="RFC 3161 authority that stamps kept checkpoints", pattern=r"^https?://[^\s]+$"
    )
    timestamp_root: Path | None = Field(
        default=None, description="Certificate (PEM) of the authority's root; it goes into the log's trust policy"
    )


class PurposeRetention(Section):
    """How long entries of one purpose are kept, where it is not as long as the others."""

    purpose: str = Field(description="Code of the purpose", pattern=CODE)
    log_months: int = Field(ge=1, le=MAX_LOG_MONTHS, description="How long its entries are kept, months")
    is_high_risk: bool = Field(default=False, description="Whether it is taken for high-risk: at least 6 months then")
    legal_basis: str | None = Field(
        default=None, pattern=CODE, description=f"Code of what allows more than {FREE_LOG_MONTHS} months"
    )

    @model_validator(mode="after")
    def _is_allowed(self) -> Self:
        check_retention(self.log_months, is_high_risk=self.is_high_risk, legal_basis=self.legal_basis)
        return self


class RetentionSettings(Section):
    """How long the evidence log and its texts are kept; `averment audit prune` deletes what is older."""

    log_months: int = Field(default=12, ge=1, le=MAX_LOG_MONTHS, description="How long entries are kept, months")
    is_high_risk: bool = Field(
        default=False,
        description="Whether every purpose is taken for high-risk: at least 6 months then",
    )
    legal_basis: str | None = Field(
        default=None, pattern=CODE, description=f"Code of what allows more than {FREE_LOG_MONTHS} months"
    )
    purposes: tuple[PurposeRetention, ...] = Field(default=(), description="Purposes with a time of their own")
    backup_days: int = Field(
        default=30, ge=0, le=3650, description="Days after which no backup is left; certificates of erasure state it"
    )

    @model_validator(mode="after")
    def _is_allowed(self) -> Self:
        check_retention(self.log_months, is_high_risk=self.is_high_risk, legal_basis=self.legal_basis)
        return self

    def months(self, purpose: str) -> int:
        """Return for how many months entries of a purpose are kept."""
        return next((own.log_months for own in self.purposes if own.purpose == purpose), self.log_months)


def check_retention(months: int, *, is_high_risk: bool, legal_basis: str | None) -> None:
    """Refuse a time that is too short or lacks a reason.

    Raises:
        ValueError: It is below the floor of a high-risk use, or above what needs no legal basis.
    """
    if is_high_risk and months < HIGH_RISK_LOG_MONTHS:
        raise ValueError(f"{months} months are too short: logs of a high-risk use stay {HIGH_RISK_LOG_MONTHS} or more")
    if months > FREE_LOG_MONTHS and legal_basis is None:
        raise ValueError(f"{months} months need a legal_basis: without one it is at most {FREE_LOG_MONTHS}")


class ReportSettings(Section):
    """What documents for officers and authorities are made from, besides the system itself."""

    evaluations: tuple[Path, ...] = Field(
        default=(), description="Files result.json of evaluations that documents state; signatures lie beside them"
    )
    decisions: Path | None = Field(default=None, description="Folder of design decisions, one Markdown file each")
    lockfiles: tuple[Path, ...] = Field(
        default=(), description="Closed lists of packages that the installation was made from"
    )


class MonitoringSettings(Section):
    """How the log's own entries are held against the thresholds of the post-market monitoring plan."""

    window_days: int = Field(default=7, ge=1, le=92, description="Length of a window, counted from a Monday, days")
    reference_from: date | None = Field(
        default=None, description="First day of what windows are compared with; that of the first use when unset"
    )
    reference_windows: int = Field(default=4, ge=1, le=52, description="How many windows from there on that is")
    alpha: float = Field(
        default=0.01, gt=0, lt=0.5, description="Probability of any false breach in a window where nothing changed"
    )
    min_n: int = Field(default=50, ge=5, description="Fewer cases in a window or in the reference raise no alarm")
    slow_s: float = Field(default=60.0, gt=0, description="An answer that took longer counts as slow, seconds")


class GateSettings(Section):
    """Which purposes of use may be used."""

    allow_trial: bool = Field(
        default=True, description="Whether a purpose without a signed assessment may be tried, on this machine only"
    )
