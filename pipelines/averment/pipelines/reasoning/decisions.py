"""Decisions of one document and one property, kept for the next question: does any sentence meet what is demanded?

A decision follows from a document's text, its names, its date and the demand alone, never from a caller; whether a
caller may read the document is settled before it is looked up. It is found by document and hash of the text, so that a
new text is decided anew. Kept in memory, bounded in number, gone with the process: another program decides anew.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from averment.core.documents import DocumentVersion
from averment.pipelines.retrieval.demands import Demand

KEPT: Final = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What reading a whole document found: `n_met` sentences meet the demand, `n_unreadable` pages have no text."""

    n_met: int
    n_sections: int
    n_unreadable: int

    @property
    def is_absent(self) -> bool:
        """Say whether everything could be read and nothing meets the demand."""
        return not (self.n_met or self.n_unreadable)


_Key = tuple[str, str, str, tuple[str, ...], str | None, str | None, Demand]


class Decisions:
    """Keeps decisions. Safe for several threads.

    Args:
        kept: How many stay in memory.
    """

    def __init__(self, *, kept: int = KEPT):
        self._limit = kept
        self._lock = threading.Lock()
        self._made: OrderedDict[_Key, Decision] = OrderedDict()
        self.n_made = 0
        self.n_kept = 0

    def of(self, document: DocumentVersion, demand: Demand, *, decide: Callable[[], Decision]) -> Decision:
        """Return the decision on a document, made where it is not known."""
        key = _key(document, demand)
        with self._lock:
            if key in self._made:
                self._made.move_to_end(key)
                self.n_kept += 1
                return self._made[key]
        decision = decide()
        with self._lock:
            self.n_made += 1
            self._made[key] = decision
            while len(self._made) > self._limit:
                self._made.popitem(last=False)
        return decision


def _key(document: DocumentVersion, demand: Demand) -> _Key:
    return (
        document.document_id,
        document.text_hash or "",
        document.title,
        document.parties,
        document.issuer,
        document.document_date,
        demand,
    )
