"""How long questions and answers can be found again by those who asked, and what erasing a person does to them.

Such a copy is never kept for longer than the log keeps what it repeats.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from averment.core.clock import unix_ms
from averment.core.erasure import CleanedStore, name_pattern
from averment.core.ids import uuid7
from averment.core.sealing import TextSealing
from averment.core.settings import Settings
from averment.service.analysis_store import open_analyses

_DAYS_OF_MONTH: Final = 28
_NO_NOISE: Final = bytes(10)


def oldest_kept(settings: Settings, *, now: datetime) -> str:
    """Return an id before which no analysis that is over is kept at a time."""
    retention = settings.retention
    months = min([retention.log_months, *(own.log_months for own in retention.purposes)])
    kept = timedelta(days=min(settings.service.history_days, months * _DAYS_OF_MONTH))
    return uuid7(unix_ms=unix_ms(now - kept), randomness=_NO_NOISE)


class HistoryStore:
    """The file of analyses, as an erasure sees it.

    Args:
        path: The file.
        sealing: Opens its texts.
    """

    name = "analyses"

    def __init__(self, path: Path, *, sealing: TextSealing):
        self._path = path
        self._sealing = sealing

    def clean(self, names: Sequence[str], *, person: str | None = None) -> CleanedStore:
        """Delete every analysis of the person, and those of others whose texts name them."""
        if not self._path.exists():
            return CleanedStore(name=self.name, state="absent")
        pattern = name_pattern(names)

        def is_naming(text: str) -> bool:
            return pattern is not None and pattern.search(text) is not None

        with open_analyses(self._path, sealing=self._sealing) as store:
            n_gone = store.erase(person, is_naming=is_naming)
        return CleanedStore(name=self.name, state="clean", detail=f"{n_gone} copies deleted" if n_gone else "")
