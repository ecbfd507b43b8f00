"""Which text of a contract is in force on a day: the original clause, or what the amendments made of it.

The last amendment in force on the day that restates, replaces or deletes a part decides what that part says; one that
changes words of it stands beside it; one that takes effect later is named and changes nothing yet. Nothing here reads
a document: what amendments do was read before, and which of them the caller may read was decided before.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from averment.core.structure import AmendmentKind
from averment.pipelines.anatomy.changes import Change
from averment.pipelines.anatomy.numbering import holds

WHOLE: Final = frozenset({"replaces", "deletes"})
State = Literal["stands", "replaced", "deleted", "not_yet"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Amending:
    """A document that changes another one; `effective` is None where it names no day, and it counts as in force."""

    document_id: str
    kind: AmendmentKind
    effective: date | None
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one document does to a clause, from a day on; `change` is None where it restates the whole contract."""

    document_id: str
    effective: date | None
    change: Change | None

    @property
    def is_whole(self) -> bool:
        """Say whether the text before it is in force no longer."""
        return self.change is None or self.change.kind in WHOLE

    def is_in_force(self, on: date) -> bool:
        """Say whether it has taken effect by a day."""
        return self.effective is None or self.effective <= on


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A sentence of the contract's text: its labels, outermost first, and which document it stands in.

    `change` is set for a sentence of an amendment that belongs to one of its changes.
    """

    document_id: str
    labels: tuple[str, ...]
    text: str
    change: Change | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Whether a clause is in force on a day, and by which steps.

    `steps` are in force and later than the clause itself, in their order; `later` take effect after the day.
    """

    state: State
    steps: tuple[Step, ...] = ()
    later: tuple[Step, ...] = ()

    @property
    def operative(self) -> Step | None:
        """Return the last step that takes the place of the clause; None where the clause itself is in force."""
        whole = [step for step in self.steps if step.is_whole]
        return whole[-1] if whole else None

    @property
    def partial(self) -> tuple[Step, ...]:
        """Return the steps that change words of what is in force."""
        operative = self.operative
        after = self.steps[self.steps.index(operative) + 1 :] if operative else self.steps
        return tuple(step for step in after if not step.is_whole)


@dataclass(frozen=True, slots=True)
class Family:
    """A contract and the documents that change it, in the order in which they take effect.

    Args:
        base_id: The contract.
        members: What changes it; a member without a day comes last.
    """

    base_id: str
    members: tuple[Amending, ...]

    def standing(self, clause: Clause, on: date) -> Standing:
        """Return whether a clause is in force on a day."""
        own = self._member(clause.document_id)
        if own is not None and clause.change is not None:
            first = _step(own, clause.change)
            if not first.is_in_force(on):
                return Standing(state="not_yet", later=(first,))
        steps = sorted(self._steps(clause, own), key=_by_day)
        in_force = tuple(step for step in steps if step.is_in_force(on))
        later = tuple(step for step in steps if not step.is_in_force(on))
        standing = Standing(state="stands", steps=in_force, later=later)
        decisive = standing.operative
        if decisive is None:
            return standing
        is_deleted = decisive.change is not None and decisive.change.kind == "deletes"
        return Standing(state="deleted" if is_deleted else "replaced", steps=in_force, later=later)

    def _steps(self, clause: Clause, own: Amending | None) -> Iterable[Step]:
        own_day = _day(own, clause.change) if own is not None else None
        for member in self.members:
            if member is own:
                continue
            if member.kind == "restates" and not member.changes and own is None:
                yield Step(document_id=member.document_id, effective=member.effective, change=None)
            for change in member.changes:
                is_later = own is None or self._follows(member, _day(member, change), own, own_day)
                if is_later and _applies(change, clause):
                    yield _step(member, change)

    def _follows(self, member: Amending, day: date | None, own: Amending, own_day: date | None) -> bool:
        if day is None or own_day is None or day == own_day:
            return self.members.index(member) > self.members.index(own)
        return day > own_day

    def _member(self, document_id: str) -> Amending | None:
        return next((member for member in self.members if member.document_id == document_id), None)


def make_family(base_id: str, members: Iterable[Amending]) -> Family:
    """Put a contract and its amendments together, in the order in which they take effect."""
    ordered = sorted(members, key=lambda member: (member.effective is None, member.effective or date.max))
    return Family(base_id, tuple(ordered))


def _step(member: Amending, change: Change) -> Step:
    return Step(document_id=member.document_id, effective=_day(member, change), change=change)


def _day(member: Amending, change: Change | None) -> date | None:
    own = change.effective_date if change is not None else None
    return date.fromisoformat(own) if own else member.effective


def _by_day(step: Step) -> tuple[bool, date]:
    return step.effective is None, step.effective or date.max


def _applies(change: Change, clause: Clause) -> bool:
    """Say whether a change bears on a clause: on its part or one that holds it, and on these words of it."""
    if change.label is None or change.kind == "adds":
        return False
    if not _names(change.label, clause.labels):
        return False
    return change.kind in WHOLE or change.touches(clause.text)


def _names(label: str, labels: Sequence[str]) -> bool:
    return any(holds(label, own) for own in labels)
