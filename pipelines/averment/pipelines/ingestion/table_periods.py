"""Which period a figure of a table is about: its column's, else its row's, else the one named above the table."""

import re
from typing import Final

from averment.pipelines.ingestion.headers import find_period

_FULL_YEAR: Final = re.compile(r"\b(?:19|20)\d{2}\b")
_BARE_YEAR: Final = re.compile(r"(?:19|20)\d{2}")
_BARE_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
# "Senior notes due 2030" is a name.
_DUE: Final = re.compile(
    r"\b(?:due|fällig)\s+(?:in\s+|on\s+|am\s+)?(?:[\w.]+\s+)?(?:\d{1,2},\s+)?(?:19|20)\d{2}(?:\s*[-–]\s*(?:19"
    r"|20)?\d{2})?",
    re.I,
)
_SPANNING: Final = re.compile(r"\b(?:ended|ending|as\s+(?:of|at)|months|weeks|zum)\b", re.I)
_AT_THE_END: Final = re.compile(
    r"\bend(?:ing)?\s+(?:of\s+(?:the\s+)?(?:period|year|quarter)|balances?)\b|\bam\s+ende\s+der\s+periode\b", re.I
)
_LENGTH: Final = re.compile(r"^\d+ months ended (?=\d)")


class TablePeriods:
    """The periods that the headers of one table name, each header read once.

    `beside` is what stands left of the column headers in their own rows ("For the three months ended June 30," before
    "2025"); it belongs to columns that name nothing but a year.

    Args:
        context: The words over the table, one line each.
    """

    def __init__(self, context: str) -> None:
        self.beside = ""
        self._context = context
        self._found: dict[str, str | None] = {}

    def find(self, column_header: str, row_header: str) -> str | None:
        """Return the period of a cell; a balance at the end of a period is as of its last day."""
        found = self._of_column(column_header) or self._read(_DUE.sub(" ", row_header)) or self._above()
        if found is not None and _AT_THE_END.search(row_header):
            return _LENGTH.sub("as of ", found)
        return found

    def _of_column(self, header: str) -> str | None:
        found = self._read(header)
        if (
            found is not None
            and (_BARE_YEAR.fullmatch(found) or _BARE_DAY.fullmatch(found))
            and _SPANNING.search(self.beside)
        ):
            return self._read(f"{self.beside} {header}") or found
        return found

    def _read(self, header: str) -> str | None:
        if header not in self._found:
            self._found[header] = find_period(header)
        return self._found[header]

    def _above(self) -> str | None:
        """Return the one period that the line above the table names; None where it names several."""
        line = self._context.rpartition("\n")[2]
        years = set(_FULL_YEAR.findall(line))
        return self._read(line) if len(years) == 1 else None
