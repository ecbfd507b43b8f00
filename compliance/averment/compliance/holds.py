"""Legal holds and pins: what erasure, pruning and ingestion must leave alone, for how long, and on which ground.

The register is `evidence/holds.json`; it names ids and pseudonyms, no persons. It is the one place that says what is
held and why: holds that people place and evidence that incidents freeze stand in it alike. Every change to it is an
event of the log. Several processes may change it.
"""

import fcntl
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Final, Literal, cast, get_args

from averment.compliance.events import Leaf
from averment.compliance.log.durable import DurableFolder
from averment.core.clock import Clock
from averment.core.errors import StoreError, UnderHold, UsageError

HOLDS_FILE: Final = "holds.json"
_LOCK_FILE: Final = "holds.lock"
UNWRITTEN: Final = -1
"""The entry of a hold whose event the log does not have yet."""
DOCUMENT_YEARS: Final = 10

HoldTarget = Literal["answer", "document", "entries", "entry", "matter", "subject"]
RetentionClass = Literal["hold", "doc-10y"]
TARGETS: Final = get_args(HoldTarget)
CLASSES: Final = get_args(RetentionClass)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One thing that must be kept.

    `reference` is the id of an answer or a document, the index of an entry, the first and the last index of entries
    (`12-40`), the purpose of a matter, or the pseudonym of a subject. `until` is the first day on
    which it no longer holds; None until it is released. `entry` is the index of the event that placed it.
    """

    id: str
    target: HoldTarget
    reference: str
    retention: RetentionClass
    ground: str
    until: date | None
    entry: int

    def is_active(self, today: date) -> bool:
        """Tell whether it still holds."""
        return self.until is None or today < self.until

    def covers(self, leaf: Leaf) -> bool:
        """Tell whether an entry of the log must be kept for it."""
        if leaf["seq"] == self.entry:
            return True
        if self.target == "entries":
            first, last = entries_of_range(self.reference)
            return first <= int(str(leaf["seq"])) <= last
        data = cast("Mapping[str, object]", leaf["data"])
        found = {
            "answer": data.get("answer_id"),
            "document": data.get("document_id"),
            "entry": str(leaf["seq"]),
            "matter": leaf["purpose"],
            "subject": leaf["actor"],
        }
        return found[self.target] == self.reference


@dataclass(frozen=True, slots=True)
class ActiveHolds:
    """The holds in force on a day, and which of them keep a thing; oldest first."""

    holds: tuple[Hold, ...]

    @property
    def documents(self) -> frozenset[str]:
        """Return the ids of the documents that are kept."""
        return frozenset(hold.reference for hold in self.holds if hold.target == "document")

    def on_entry(self, leaf: Leaf) -> tuple[Hold, ...]:
        """Return the holds that keep an entry of the log with its texts."""
        return tuple(hold for hold in self.holds if hold.covers(leaf))

    def on_document(self, document_id: str) -> tuple[Hold, ...]:
        """Return the holds that keep a document."""
        return self._on("document", document_id)

    def on_person(self, actor: str) -> tuple[Hold, ...]:
        """Return the holds that keep all of a person's record, by pseudonym."""
        return self._on("subject", actor)

    def _on(self, target: HoldTarget, reference: str) -> tuple[Hold, ...]:
        return tuple(hold for hold in self.holds if (hold.target, hold.reference) == (target, reference))


class HoldRegister:
    """The holds of one log.

    Args:
        evidence_dir: The folder `evidence/`.
    """

    def __init__(self, evidence_dir: Path):
        self._path = evidence_dir / HOLDS_FILE
        self._disk = DurableFolder(evidence_dir, evidence_dir / "tmp")

    def all(self) -> tuple[Hold, ...]:
        """Return every hold that was not released, those that have run out included.

        Raises:
            StoreError: The register is damaged: nothing may be erased then.
        """
        try:
            rows = json.loads(self._path.read_bytes())["holds"]
            return tuple(Hold(**{**row, "until": row["until"] and date.fromisoformat(row["until"])}) for row in rows)
        except FileNotFoundError:
            return ()
        except (ValueError, KeyError, TypeError) as error:
            raise StoreError(
                f"the register of holds {self._path} is damaged; nothing is erased or pruned before it is mended",
                hint="restore it from a backup; averment audit show --type hold.placed lists what it must hold",
            ) from error

    def active(self, today: date) -> ActiveHolds:
        """Return the holds in force on a day."""
        return ActiveHolds(tuple(hold for hold in self.all() if hold.is_active(today)))

    def forbid_removal(self, document_id: str, *, today: date) -> None:
        """Refuse the removal of a document that is held.

        Raises:
            UnderHold: A hold keeps it.
        """
        for hold in self.active(today).on_document(document_id):
            raise UnderHold(
                f"document {document_id!r} is kept by hold {hold.id} ({hold.ground})",
                hint="averment hold release, once the ground is gone",
                details={"hold": hold.id},
            )

    def get(self, hold_id: str) -> Hold:
        """Return a hold that was not released.

        Raises:
            UsageError: There is none of that id.
        """
        found = next((hold for hold in self.all() if hold.id == hold_id), None)
        if found is None:
            raise UsageError(f"there is no hold {hold_id!r}", hint="averment hold list names them")
        return found

    def put(self, hold: Hold) -> None:
        """Put a hold in force, or in the place of the one of its id, durably."""
        self._change(lambda known: (*(other for other in known if other.id != hold.id), hold))

    def remove(self, hold_id: str) -> None:
        """End a hold; ending it twice does no harm."""
        self._change(lambda known: (hold for hold in known if hold.id != hold_id))

    def _change(self, change: Callable[[tuple[Hold, ...]], Iterable[Hold]]) -> None:
        with self._locked():
            rows = [{**asdict(hold), "until": hold.until and hold.until.isoformat()} for hold in change(self.all())]
            self._disk.write({HOLDS_FILE: json.dumps({"holds": rows}, indent=1).encode()})

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep others from changing the register between reading and writing it."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._path.with_name(_LOCK_FILE).open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def held_documents(evidence_dir: Path, *, clock: Clock) -> Callable[[], frozenset[str]]:
    """Return what tells which documents are held at the moment it is asked."""
    register = HoldRegister(evidence_dir)
    return lambda: register.active(clock.now().date()).documents


def entries_of_range(reference: str) -> tuple[int, int]:
    """Return the first and the last index of entries, both included, from `12-40`.

    Raises:
        UsageError: It is no range.
    """
    first, _, last = reference.partition("-")
    if not (first.isdigit() and last.isdigit() and int(first) <= int(last)):
        raise UsageError(f"{reference!r} names no entries", hint="first and last, both included, for example 12-40")
    return int(first), int(last)


def years_after(day: date, years: int = DOCUMENT_YEARS) -> date:
    """Return the same day so many years later; of 29 February the day after where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
