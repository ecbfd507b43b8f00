"""How often somebody may come: a bucket per name that fills again evenly (GCRA), kept in memory.

A bucket holds a minute's worth, so that a page may ask for a dozen things at once, and is counted as one number: when
it will be full again. There is no thread, no timer and no wall clock.
"""

import threading
from dataclasses import dataclass
from math import ceil
from typing import Final

from averment.core.clock import Clock

WINDOW_S: Final = 60.0
MAX_NAMES: Final = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What a name has left: `remaining` requests, all of them again after `full_in_s` seconds.

    `retry_after_s` is 0 where one is allowed.
    """

    limit: int
    remaining: int
    full_in_s: int
    retry_after_s: int = 0

    @property
    def is_spent(self) -> bool:
        """Tell whether nothing was to be had."""
        return self.retry_after_s > 0


class Rates:
    """Buckets by name. Thread-safe; the fullest are forgotten when there are more than `MAX_NAMES`.

    Args:
        clock: Tells the time.
    """

    def __init__(self, clock: Clock):
        self._clock = clock
        self._full_at_s: dict[str, float] = {}
        self._lock = threading.Lock()

    def take(self, name: str, *, per_minute: int) -> Rate:
        """Take one out of a bucket, or find that it is empty and leave it as it is."""
        return self._look(name, per_minute=per_minute, takes=True)

    def peek(self, name: str, *, per_minute: int) -> Rate:
        """Tell what taking one would bring, without taking it."""
        return self._look(name, per_minute=per_minute, takes=False)

    def _look(self, name: str, *, per_minute: int, takes: bool) -> Rate:
        step_s = WINDOW_S / per_minute
        with self._lock:
            now_s = self._clock.monotonic_s()
            before_s = max(self._full_at_s.get(name, now_s), now_s)
            after_s = before_s + step_s
            missing_s = after_s - now_s - WINDOW_S
            if missing_s > 1e-6:
                wait_s = max(1, ceil(missing_s))
                return Rate(limit=per_minute, remaining=0, full_in_s=ceil(before_s - now_s), retry_after_s=wait_s)
            if takes:
                self._full_at_s[name] = after_s
                self._forget(now_s)
        left = int((WINDOW_S - (after_s - now_s)) / step_s + 1e-6)
        return Rate(limit=per_minute, remaining=left, full_in_s=ceil(after_s - now_s))

    def _forget(self, now_s: float) -> None:
        if len(self._full_at_s) <= MAX_NAMES:
            return
        kept = {name: full_s for name, full_s in self._full_at_s.items() if full_s > now_s}
        emptiest = sorted(kept, key=kept.__getitem__, reverse=True)[: MAX_NAMES // 2]
        self._full_at_s = {name: kept[name] for name in emptiest}
