"""Entries as events of the Open Cybersecurity Schema Framework (OCSF 1.3, class 6003 API Activity), one a line.

For systems that collect security events. What OCSF has no field for stands under `unmapped`, as the leaf states it; a
mapping loses nothing and adds nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

import rfc8785

from averment.compliance.events import Leaf

OCSF_VERSION: Final = "1.3.0"
_CATEGORY: Final = 6  # Application Activity
_CLASS: Final = 6003  # API Activity
_CREATE, _READ, _UPDATE, _DELETE, _OTHER = 1, 2, 3, 4, 99
_ACTIVITIES: Final[Mapping[str, int]] = {
    "created": _CREATE,
    "parsed": _CREATE,
    "trained": _CREATE,
    "read": _READ,
    "exported": _READ,
    "executed": _READ,
    "changed": _UPDATE,
    "relabelled": _UPDATE,
    "released": _UPDATE,
    "deleted": _DELETE,
    "destroyed": _DELETE,
    "pruned": _DELETE,
}
_FAILURES: Final = frozenset({"error", "failed", "rejected"})
_INFORMATIONAL, _MEDIUM = 1, 3
_SUCCESS, _FAILURE = 1, 2


def ocsf_lines(leaves: Iterable[Leaf]) -> Iterator[bytes]:
    """Yield each entry as one JSON object and a line feed."""
    for leaf in leaves:
        yield rfc8785.dumps(_event(leaf)) + b"\n"  # type: ignore[arg-type]  # plain JSON values


def _event(leaf: Leaf) -> dict[str, object]:
    kind = str(leaf["type"])
    ending = kind.rpartition(".")[2]
    activity = _ACTIVITIES.get(ending, _OTHER)
    failed = ending in _FAILURES
    system = leaf["system"]
    assert isinstance(system, dict)
    return {
        "activity_id": activity,
        "category_uid": _CATEGORY,
        "class_uid": _CLASS,
        "type_uid": _CLASS * 100 + activity,
        "severity_id": _MEDIUM if failed else _INFORMATIONAL,
        "status_id": _FAILURE if failed else _SUCCESS,
        "time": int(datetime.fromisoformat(str(leaf["time"])).timestamp() * 1000),
        "api": {"operation": kind},
        "actor": {"user": {"uid": leaf["actor"]}},
        "metadata": {
            "version": OCSF_VERSION,
            "uid": leaf["id"],
            "sequence": leaf["seq"],
            "product": {"name": "Averment", "vendor_name": "Averment", "version": system["version"]},
        },
        "unmapped": {
            "data": leaf["data"],
            "parents": leaf["parents"],
            "purpose": leaf["purpose"],
            "schema": leaf["schema"],
            "system_digest": system["digest"],
        },
    }
