"""How many of the latest questions were put to the second model, counted for a whole data directory.

A file of SQLite that several processes count in: a command that asks one question counts with the service beside it. It
holds a number and a flag a question, nothing of what was asked.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from averment.core.errors import StoreError

FILE: Final = "escalations.sqlite"
_WAIT_S: Final = 10.0


class EscalationCounts:
    """Counts questions; see `averment.pipelines.reasoning.escalating.CountsQuestions`.

    Args:
        path: The file; made when absent.
        window: How many of the latest questions count.
    """

    def __init__(self, path: Path, *, window: int):
        self._path = path
        self._window = window

    def add(self) -> None:
        """Count a question that is not escalated.

        Raises:
            StoreError: The file cannot be written.
        """
        with self._writing() as file:
            self._insert(file)

    def take(self, has_room: Callable[[int, int], bool]) -> int | None:
        """Count a question, and as escalated where there is room for it.

        Raises:
            StoreError: The file cannot be written.
        """
        with self._writing() as file:
            row = self._insert(file)
            n_questions, n_escalated = file.execute("SELECT COUNT(*), SUM(escalated) FROM questions").fetchone()
            if not has_room(int(n_escalated), int(n_questions)):
                return None
            file.execute("UPDATE questions SET escalated = 1 WHERE number = ?", (row,))
            return row

    def give_back(self, taken: int) -> None:
        """Count a question as not escalated after all.

        Raises:
            StoreError: The file cannot be written.
        """
        with self._writing() as file:
            file.execute("UPDATE questions SET escalated = 0 WHERE number = ?", (taken,))

    def _insert(self, file: sqlite3.Connection) -> int:
        """Add a question as one that is not escalated, and drop those that are no longer among the latest."""
        row = file.execute("INSERT INTO questions (escalated) VALUES (0)").lastrowid
        assert row is not None, "an insert has a row"
        file.execute("DELETE FROM questions WHERE number <= ?", (row - self._window,))
        return row

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Hold the file in one transaction, so that nobody counts in between."""
        try:
            with closing(sqlite3.connect(self._path, timeout=_WAIT_S, isolation_level=None)) as file:
                file.execute(
                    "CREATE TABLE IF NOT EXISTS questions (number INTEGER PRIMARY KEY AUTOINCREMENT,"
                    " escalated INTEGER NOT NULL)"
                )
                file.execute("BEGIN IMMEDIATE")
                yield file
                file.execute("COMMIT")
        except sqlite3.Error as error:
            raise StoreError(
                f"{str(self._path)!r} cannot be written: questions for the second model are not counted",
                hint="make room on the disk, or delete the file; counting begins anew",
            ) from error
