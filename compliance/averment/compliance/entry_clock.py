"""The time of entries: the machine's, refused where it ran back further than a clock is set right by."""

from datetime import datetime, timedelta
from typing import Final

from averment.compliance.events import decode_leaf
from averment.compliance.log.reader import LogReader
from averment.core.clock import Clock, rfc3339
from averment.core.errors import AuditWriteFailed

MAX_STEP_S: Final = 60
"""How far the clock may have been set back between two entries, seconds."""


class ShardEndedError(Exception):
    """The next entry belongs to a later year than the present shard; it took no place."""

    def __init__(self, year: int):
        super().__init__(f"the entries of {year} belong to a shard of their own")
        self.year = year


class EntryClock:
    """Tells the time of each entry. Not thread-safe: its caller is the one sequencer.

    `year` is that of the present shard, beyond which there are no entries; None where the log has no yearly shards.

    Args:
        clock: The machine's clock.
        newest: The time of the newest entry there is.
        max_step_s: How far the clock may have been set back since, seconds.
    """

    def __init__(self, clock: Clock, *, newest: datetime | None, max_step_s: float = MAX_STEP_S):
        self._clock = clock
        self._newest = newest
        self._max_step = timedelta(seconds=max_step_s)
        self.year: int | None = None

    def take(self) -> str:
        """Return the time of the next entry.

        Raises:
            AuditWriteFailed: The clock is further back than allowed.
            ShardEndedError: It shows a later year than that of the shard.
        """
        now = self._clock.now()
        if self._newest is not None and now < self._newest - self._max_step:
            raise AuditWriteFailed(
                f"the clock shows {rfc3339(now)}, the newest entry of the log has {rfc3339(self._newest)}: it ran back "
                f"by more than {self._max_step.total_seconds():.0f} s",
                hint="set the clock right; where the newest entry's time was wrong, raise log.max_clock_step_s once",
            )
        if self.year is not None and now.year > self.year:
            raise ShardEndedError(now.year)
        self._newest = now
        return rfc3339(now)


def newest_time(reader: LogReader) -> datetime | None:
    """Return the time of the newest entry under the newest checkpoint, or None where there is none that has one.

    Raises:
        AuditIntegrityError: The log's files cannot be read.
    """
    size = reader.checkpoint().size
    if not size:
        return None
    try:
        return datetime.fromisoformat(str(decode_leaf(reader.entry(size - 1, size=size), index=size - 1)["time"]))
    except (KeyError, ValueError):
        return None
