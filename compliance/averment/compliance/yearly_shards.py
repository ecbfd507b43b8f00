"""The turn of the year: the entries of each calendar year (UTC) are a shard of the log, with an origin of its own.

All shards are ranges of one tree. At the first entry of a new year the last checkpoint of the old shard is kept, the
log goes on under the new origin, and the shard's first entry states size and root of that checkpoint. An entry's time
is taken where its place is, so none of the new year comes before that entry; where a process dies in between, the next
one writes it before anything else.
"""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime

from averment.compliance.entry_clock import EntryClock, ShardEndedError
from averment.compliance.log.checkpoint import origin_year, shard_origin
from averment.compliance.log.writer import EntryBuilder, TransparencyLog
from averment.core.audit import EventValue

Statement = dict[str, EventValue]


class YearlyShards:
    """Appends to the shard of the present year. Thread-safe.

    Args:
        log: The open log.
        times: Tells each entry's time; its `year` is set here and by nobody else.
        name: The log's name, which is the origin of its first shard.
        newest: The time of the newest signed entry, or None where there is none.
        link: Returns what builds the first entry of a shard from what it states.
    """

    def __init__(
        self,
        log: TransparencyLog,
        times: EntryClock,
        *,
        name: str,
        newest: datetime | None,
        link: Callable[[Statement], Sequence[EntryBuilder]],
    ):
        self._log = log
        self._times = times
        self._name = name
        self._link = link
        self._turning = threading.Lock()
        self._times.year = self._begun(newest)

    def append(self, builders: Sequence[EntryBuilder]) -> list[int]:
        """Append entries as `TransparencyLog.append_many` does, behind the first one of their year's shard.

        Raises:
            AuditWriteFailed: They are not durable.
        """
        while True:
            try:
                return self._log.append_many(builders)
            except ShardEndedError as ended:
                self._turn(ended.year)

    def _begun(self, newest: datetime | None) -> int | None:
        """Return the year of the present shard, once its first entry is there; the year before else."""
        year = origin_year(self._log.origin, self._name)
        if year is None:
            return newest.year if newest is not None else None
        is_empty = newest is not None and newest.year < year and self._log.size == self._log.sealed.checkpoint.size
        return year - 1 if is_empty else year

    def _turn(self, year: int) -> None:
        """End the present shard and begin that of a year, unless another thread has."""
        with self._turning:
            before = self._times.year
            if before is not None and before >= year:
                return
            origin = shard_origin(self._name, year)
            if self._log.origin != origin:
                self._log.continue_as(origin)
            last = self._log.sealed.checkpoint
            first, *others = self._link({"year": year, "size": last.size, "root": f"sha256:{last.root.hex()}"})

            def begin(index: int) -> bytes:
                # Inside the sequencer: whatever has a time of this year comes behind.
                self._times.year = year
                return first(index)

            try:
                self._log.append_many([begin, *others])
            except BaseException:
                self._times.year = before
                raise
            self._log.seal(keep=True)
