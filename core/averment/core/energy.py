"""Energy of the processor packages, as the kernel's RAPL counters tell it; nothing is estimated where they do not.

The counters are those of the whole machine: what else runs at the time is in them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

COUNTERS: Final = Path("/sys/class/powercap")
_MICRO: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Domain:
    """One processor package: its counter in microjoules, and where the counter begins anew."""

    counter: Path
    wraps_at: int


class EnergyMeter:
    """Reads the counters.

    Args:
        root: Where the kernel shows them.
    """

    def __init__(self, root: Path = COUNTERS):
        self._domains: dict[str, _Domain] = {}
        self.reason: str | None = None
        packages = sorted(path for path in root.glob("intel-rapl:*") if path.name.count(":") == 1)
        for package in packages:
            try:
                wraps_at = int((package / "max_energy_range_uj").read_text("ascii"))
                int((package / "energy_uj").read_text("ascii"))
            except (OSError, ValueError) as error:
                self._domains, self.reason = {}, f"a counter could not be read: {type(error).__name__}"
                return
            self._domains[package.name] = _Domain(counter=package / "energy_uj", wraps_at=wraps_at)
        if not packages:
            self.reason = "this machine shows no RAPL counters"

    def read(self) -> Mapping[str, int]:
        """Return every counter, microjoules; empty where they cannot be read."""
        return {name: int(domain.counter.read_text("ascii")) for name, domain in self._domains.items()}

    def joules_since(self, before: Mapping[str, int]) -> float | None:
        """Return what was spent since an earlier reading, joules; None where nothing can be read.

        A counter that began anew in between is taken to have done so once.
        """
        if not self._domains:
            return None
        spent = 0
        for name, now in self.read().items():
            step = now - before[name]
            spent += step if step >= 0 else step + self._domains[name].wraps_at
        return spent / _MICRO
