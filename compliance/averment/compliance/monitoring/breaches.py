"""Breaches of thresholds and what was done about them, as the sum of their entries in the log. Pure.

A threshold that is beyond in one window after another is one breach, until a person closes its item of the risk
register; beyond it again later is another.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, cast

from averment.compliance.events import Leaf
from averment.core.audit import EventType

BREACH_TYPES: Final = (
    EventType.METRIC_WINDOW,
    EventType.THRESHOLD_BREACHED,
    EventType.RISK_REGISTERED,
    EventType.RISK_TREATED,
    EventType.RISK_CLOSED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What a person recorded as done, and the index of its entry."""

    code: str
    done_at: str
    entry: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A threshold that was gone beyond; `registered` is the entry that made it an item of the risk register."""

    id: str
    indicator: str
    threshold: str
    count: int
    n: int
    found_at: str
    entry: int
    registered: int | None = None
    actions: tuple[Action, ...] = ()
    closed_at: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unopened:
    """A finding beyond its threshold for which no breach is open: `facts` of the finding, `window` is its entry."""

    window: int
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachState:
    """All breaches, oldest first, and the findings that still have to become one."""

    breaches: tuple[Breach, ...]
    unopened: tuple[Unopened, ...]


def breach_state(leaves: Iterable[Leaf]) -> BreachState:
    """Return what entries, in order, tell of breaches; entries of other types are passed over."""
    breaches: dict[str, Breach] = {}
    unopened: dict[tuple[str, str], Unopened] = {}
    for leaf in leaves:
        facts = cast("Mapping[str, object]", leaf["data"])
        identity = str(facts.get("breach"))
        if leaf["type"] == EventType.METRIC_WINDOW:
            open_now = {(one.indicator, one.threshold) for one in breaches.values() if one.closed_at is None}
            for pair, found in _beyond(facts).items():
                if pair not in open_now:
                    unopened.setdefault(pair, Unopened(window=_seq(leaf), facts=found))
        elif leaf["type"] == EventType.THRESHOLD_BREACHED:
            breaches[identity] = _opened(leaf, facts)
            unopened.pop((breaches[identity].indicator, breaches[identity].threshold), None)
        elif identity in breaches and leaf["type"] in BREACH_TYPES:
            breaches[identity] = _grown(breaches[identity], leaf, facts)
    return BreachState(breaches=tuple(breaches.values()), unopened=tuple(unopened.values()))


def _beyond(facts: Mapping[str, object]) -> Mapping[tuple[str, str], Mapping[str, object]]:
    found = cast("Sequence[Mapping[str, object]]", facts["indicators"])
    return {(str(one["indicator"]), str(one["threshold"])): one for one in found if one["outcome"] == "breached"}


def _opened(leaf: Leaf, facts: Mapping[str, object]) -> Breach:
    return Breach(
        id=str(facts["breach"]),
        indicator=str(facts["indicator"]),
        threshold=str(facts["threshold"]),
        count=int(str(facts["count"])),
        n=int(str(facts["n"])),
        found_at=str(leaf["time"]),
        entry=_seq(leaf),
    )


def _grown(breach: Breach, leaf: Leaf, facts: Mapping[str, object]) -> Breach:
    if leaf["type"] == EventType.RISK_REGISTERED:
        return replace(breach, registered=_seq(leaf))
    if leaf["type"] == EventType.RISK_TREATED:
        action = Action(code=str(facts["action"]), done_at=str(leaf["time"]), entry=_seq(leaf))
        return replace(breach, actions=(*breach.actions, action))
    return replace(breach, closed_at=str(leaf["time"]), reason=str(facts["reason"]))


def _seq(leaf: Leaf) -> int:
    return int(str(leaf["seq"]))
