"""What a principal may spend in a day, kept in a file so that a restart gives nobody a second day.

Days are those of UTC. Who spent is kept as a digest, and yesterday's rows go with the first spending of today.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Final

from averment.core.access import Principal
from averment.core.clock import Clock
from averment.core.errors import QuotaExceeded, StoreError
from averment.core.service_limits import LimitSettings
from averment.service.identity.store import digest_of
from averment.service.metrics import ServiceMetrics
from averment.service.sqlite_file import FileForm, SqliteFile

_FORM: Final = FileForm(
    holds="budgets",
    schema="""
CREATE TABLE spent (
    day TEXT NOT NULL, owner TEXT NOT NULL, questions INTEGER NOT NULL, tokens INTEGER NOT NULL,
    PRIMARY KEY (day, owner)
) STRICT
""",
)


class Budgets:
    """The budgets of an installation. Thread-safe.

    Args:
        path: The file; None keeps them in memory.
        settings: How much may be spent.
        clock: Tells the time.
        metrics: Where refusals are counted.
    """

    def __init__(self, path: Path | None, *, settings: LimitSettings, clock: Clock, metrics: ServiceMetrics):
        self._file = SqliteFile(path, form=_FORM)
        self._settings = settings
        self._clock = clock
        self._metrics = metrics

    def take_question(self, who: Principal) -> None:
        """Count a question of a principal.

        Raises:
            QuotaExceeded: They have asked as many as they may today, or spent their tokens.
            StoreError: The file cannot be written.
        """
        now = self._clock.now()
        day, owner = now.date().isoformat(), _owner(who)
        with self._file.changes() as database:
            database.execute("DELETE FROM spent WHERE day <> ?", (day,))
            row = database.execute("SELECT questions, tokens FROM spent WHERE owner = ?", (owner,)).fetchone()
            questions, tokens = (0, 0) if row is None else tuple(row)
            if questions >= self._settings.questions_per_day:
                raise self._spent("questions_per_day", self._settings.questions_per_day, now=now)
            if tokens >= self._settings.tokens_per_day:
                raise self._spent("tokens_per_day", self._settings.tokens_per_day, now=now)
            _add(database, (day, owner, 1, 0))

    def spend_tokens(self, who: Principal, tokens: int) -> None:
        """Count the tokens of an answer; they may go beyond what was left. The next question tells of a broken file."""
        day = self._clock.now().date().isoformat()
        with suppress(StoreError), self._file.changes() as database:
            _add(database, (day, _owner(who), 0, tokens))

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _spent(self, limit: str, number: int, *, now: datetime) -> QuotaExceeded:
        self._metrics.count_denial(limit=limit)
        tomorrow = datetime.combine(now.date() + timedelta(days=1), time(), tzinfo=now.tzinfo)
        return QuotaExceeded(
            f"the day's budget is spent: service.limits.{limit} = {number}",
            hint="a new day begins at 00:00 UTC; or have the limit raised",
            details={"retry_after_s": max(1, int((tomorrow - now).total_seconds()))},
        )


def _owner(who: Principal) -> str:
    return digest_of(f"{who.tenant}\n{who.subject}")


def _add(database: sqlite3.Connection, row: tuple[str, str, int, int]) -> None:
    database.execute(
        "INSERT INTO spent VALUES (?, ?, ?, ?) ON CONFLICT (day, owner)"
        " DO UPDATE SET questions = questions + excluded.questions, tokens = tokens + excluded.tokens",
        row,
    )


@contextmanager
def open_budgets(path: Path, *, settings: LimitSettings, clock: Clock, metrics: ServiceMetrics) -> Iterator[Budgets]:
    """Open the budgets for a while; see `Budgets`."""
    opened = Budgets(path, settings=settings, clock=clock, metrics=metrics)
    try:
        yield opened
    finally:
        opened.close()
