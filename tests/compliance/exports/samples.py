"""Leaves for the tests of exports: one of every kind."""

from averment.compliance.events import LEAF_SCHEMA, Leaf
from averment.core.audit import EventType
from tests.compliance.samples import DATA, DIGEST, KEYED


def leaves() -> list[Leaf]:
    """Return a leaf of every kind of event, in order of declaration."""
    return [leaf(number, kind) for number, kind in enumerate(EventType)]


def leaf(number: int, kind: EventType, *, purpose: str = "contracts") -> Leaf:
    """Return one leaf with every field of its data given."""
    return {
        "schema": LEAF_SCHEMA,
        "type": str(kind),
        "id": f"0198a1b2-c3d4-7e5f-8a6b-7c8d9e0f{number:04x}",
        "time": f"2026-01-02T03:04:{number % 60:02d}.678Z",
        "seq": number,
        "system": {"version": "0.1.0", "digest": DIGEST},
        "actor": KEYED,
        "purpose": purpose,
        "parents": [],
        "data": DATA[kind],
        "commitments": [],
    }
