"""How a log is written: how often it signs, and how far it may fall behind before it takes nothing more."""

from dataclasses import dataclass
from typing import Final

from averment.core.errors import AuditWriteFailed
from averment.core.record_settings import LogSettings

_RETRY_AFTER_S: Final = 2
MAKE_ROOM: Final = "nothing of it was acknowledged; make room on the disk of data_dir, or mend it, and try again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What a log is behind with.

    `waiting` entries are not yet on the disk; `unsealed` ones are, and no checkpoint covers them; `reason` says why
    none could be signed or written, where that failed.
    """

    waiting: int
    unsealed: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LogOptions:
    """How often to sign, after how long or how many entries to keep a checkpoint for good, how large a segment grows.

    `is_yearly` has each calendar year begin a shard of its own.
    `max_waiting` entries may wait for the disk and `max_unsealed` durable ones for a checkpoint; then none is taken.
    """

    seal_interval_ms: int = 100
    keep_interval_s: float = 3600.0
    keep_entries: int = 100_000
    is_yearly: bool = False
    segment_bytes: int = 1 << 20
    max_waiting: int = 10_000
    max_unsealed: int = 250_000

    @classmethod
    def of(cls, settings: LogSettings) -> "LogOptions":
        """Return what the settings ask for."""
        return cls(
            seal_interval_ms=settings.seal_interval_ms,
            keep_interval_s=settings.keep_interval_s,
            keep_entries=settings.keep_entries,
            is_yearly=settings.yearly_shards,
        )

    def refuse_when_behind(self, backlog: Backlog) -> None:
        """Refuse while too much waits: whoever asks gets an error now instead of an answer much later.

        Raises:
            AuditWriteFailed: The log is behind; it may be tried again.
        """
        reason = backlog.reason
        waits = (
            (backlog.waiting, self.max_waiting, "the disk"),
            (backlog.unsealed, self.max_unsealed, "a signed checkpoint"),
        )
        for number, most, what in waits:
            if number >= most:
                raise AuditWriteFailed(
                    f"the evidence log is behind: {number} entries wait for {what}{': ' if reason else ''}{reason}",
                    hint="try again in a moment; a log that stays behind has a slow disk, or lacks a witness it needs",
                    details={"retry_after_s": _RETRY_AFTER_S},
                )
