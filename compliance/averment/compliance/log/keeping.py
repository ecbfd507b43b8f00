"""When a checkpoint is kept for good without anybody asking: so long, or so many entries, after the one kept before.

Only a checkpoint that covers more than the one kept before is kept. What a process left unkept when it died is due at
once when the log is opened again, since nobody knows how long it has waited.
"""

import math

from averment.compliance.log.options import LogOptions


class KeptCheckpoints:
    """Remembers the checkpoint that was kept last. Not thread-safe: its caller is the one sequencer.

    Args:
        options: How long and how many entries may lie between two of them.
        size: Entries under the newest kept checkpoint.
        durable: Entries in the log.
        now_s: The monotonic time, seconds.
    """

    def __init__(self, options: LogOptions, *, size: int, durable: int, now_s: float):
        self._options = options
        self.size = size
        self._since_s = now_s if durable == size else -math.inf

    def is_due(self, size: int, *, now_s: float) -> bool:
        """Tell whether a checkpoint of so many entries is to be kept."""
        return size - self.size >= self._options.keep_entries or self.due_s(size) <= now_s

    def due_s(self, size: int) -> float:
        """Return the monotonic time from which on a checkpoint of so many entries is due; infinite for the kept one."""
        return self._since_s + self._options.keep_interval_s if size > self.size else math.inf

    def kept(self, size: int, *, now_s: float) -> None:
        """Note that a checkpoint was kept."""
        self.size, self._since_s = size, now_s
