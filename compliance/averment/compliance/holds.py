"""Legal holds and pins: what erasure and pruning must leave alone, for how long, and on which ground.

The register is `evidence/holds.json`; it names ids and pseudonyms, no persons. Every change to it is an event of the
log, written first, so that the log can say who froze what, and when.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Final, Literal, cast, get_args

from averment.compliance.events import Leaf
from averment.compliance.log.durable import DurableFolder
from averment.core.errors import StoreError, UnderHold, UsageError

HOLDS_FILE: Final = "holds.json"
DOCUMENT_YEARS: Final = 10

HoldTarget = Literal["answer", "document", "entry", "matter", "subject"]
RetentionClass = Literal["hold", "doc-10y"]
TARGETS: Final = get_args(HoldTarget)
CLASSES: Final = get_args(RetentionClass)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One thing that must be kept.

    `reference` is the id of an answer or a document, the index of an entry, the purpose of a matter, or the pseudonym
    of a subject. `until` is the first day on which it no longer holds; None until it is released. `entry` is the index
    of the event that placed it.
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
        data = cast("Mapping[str, object]", leaf["data"])
        found = {
            "answer": data.get("answer_id"),
            "document": data.get("document_id"),
            "entry": str(leaf["seq"]),
            "matter": leaf["purpose"],
            "subject": leaf["actor"],
        }
        return leaf["seq"] == self.entry or found[self.target] == self.reference


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

    def active(self, today: date) -> tuple[Hold, ...]:
        """Return the holds in force on a day."""
        return tuple(hold for hold in self.all() if hold.is_active(today))

    def forbid_removal(self, document_id: str, *, today: date) -> None:
        """Refuse the removal of a document that is held.

        Raises:
            UnderHold: A hold keeps it.
        """
        for hold in self.active(today):
            if hold.target == "document" and hold.reference == document_id:
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
        self._write((*(other for other in self.all() if other.id != hold.id), hold))

    def remove(self, hold_id: str) -> None:
        """End a hold; ending it twice does no harm."""
        self._write(hold for hold in self.all() if hold.id != hold_id)

    def _write(self, holds: Iterable[Hold]) -> None:
        rows = [{**asdict(hold), "until": hold.until and hold.until.isoformat()} for hold in holds]
        self._disk.write({HOLDS_FILE: json.dumps({"holds": rows}, indent=1).encode()})


def years_after(day: date, years: int = DOCUMENT_YEARS) -> date:
    """Return the same day so many years later; of 29 February the day after where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
