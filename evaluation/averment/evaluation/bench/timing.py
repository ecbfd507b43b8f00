"""Taking time: alternating rounds of two tasks, so that a busy moment of the machine meets both; medians."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Timed = Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Seconds of two tasks, round by round."""

    ours: tuple[float, ...]
    baseline: tuple[float, ...]

    @property
    def ours_s(self) -> float:
        """Return the median of ours, seconds."""
        return statistics.median(self.ours)

    @property
    def baseline_s(self) -> float:
        """Return the median of the baseline, seconds."""
        return statistics.median(self.baseline)

    def detail(self) -> dict[str, float | int]:
        """Return rounds and spread, for a row."""
        return {
            "rounds": len(self.ours),
            "ours_min_s": min(self.ours),
            "ours_max_s": max(self.ours),
            "baseline_min_s": min(self.baseline),
            "baseline_max_s": max(self.baseline),
        }


def seconds(task: Callable[[], object]) -> float:
    """Run a task and return how long it took, seconds of wall-clock time."""
    begin = time.perf_counter()
    task()
    return time.perf_counter() - begin


def processor_seconds(task: Callable[[], object]) -> float:
    """Run a task and return the processor time that all threads of this process spent meanwhile, seconds.

    Beside a ratio of times it shows how much of it is due to a second processor or to a busy machine.
    """
    begin = time.process_time()
    task()
    return time.process_time() - begin


def alternate(ours: Timed, baseline: Timed, *, rounds: int) -> Pair:
    """Run two tasks in turn, changing who goes first, and return their times.

    Args:
        ours: Runs ours once and returns its seconds.
        baseline: Runs the baseline once and returns its seconds.
        rounds: How often each runs, 1 or more.
    """
    taken: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds):
        order = ((ours, 0), (baseline, 1)) if number % 2 == 0 else ((baseline, 1), (ours, 0))
        for task, place in order:
            taken[place].append(task())
    return Pair(ours=tuple(taken[0]), baseline=tuple(taken[1]))


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value below which `share` (0-1) of the values lie: the nearest rank, never interpolated.

    >>> quantile([3.0, 1.0, 2.0], 0.5)
    2.0
    """
    ordered = sorted(values)
    rank = min(len(ordered) - 1, max(0, -(-int(share * 1000) * len(ordered) // 1000) - 1))
    return ordered[rank]
