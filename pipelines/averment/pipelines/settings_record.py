"""Says in the evidence log when settings differ from those that were last in force here: digests, no values.

The digests last seen stand in a small file of the data directory. A crash between the log entry and that file leads
to the entry being written again, never to a change that is not logged.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from averment.core.audit import AuditEvent, EventType
from averment.core.ids import sha256_id
from averment.core.ports import AuditSink
from averment.core.settings import Settings

FILE_NAME: Final = "settings-digests.json"
WHOLE: Final = "all"
_SUBJECT: Final = "system"
_TOP: Final = "top"


def settings_digest(settings: Settings) -> str:
    """Return the digest over all settings; secrets count as the same whatever they are."""
    return _digest(settings.model_dump(mode="json"))


def section_digests(settings: Settings) -> dict[str, str]:
    """Return a digest per section, and one over the fields that stand in none."""
    dumped = settings.model_dump(mode="json")
    sections = [name for name in type(settings).model_fields if isinstance(getattr(settings, name), BaseModel)]
    digests = {name: _digest(dumped.pop(name)) for name in sections}
    return {**digests, _TOP: _digest(dumped)}


def record_settings(settings: Settings, folder: Path, audit: AuditSink) -> None:
    """Log a `config.changed` per section that differs from the last time, and remember the new digests.

    Args:
        settings: The settings in force.
        folder: The data directory.
        audit: The evidence log.
    """
    path = folder / FILE_NAME
    before, after = _read(path), section_digests(settings)
    if before == after:
        return
    if not before:
        audit.append(_changed(WHOLE, before=None, after=settings_digest(settings)))
    for section, digest in after.items():
        if before and before.get(section) != digest:
            audit.append(_changed(section, before=before.get(section), after=digest))
    partial = path.with_name(f"{path.name}.part")
    partial.write_text(json.dumps(after, indent=1), encoding="utf-8")
    partial.replace(path)


def _changed(section: str, *, before: str | None, after: str) -> AuditEvent:
    return AuditEvent(
        type=EventType.CONFIG_CHANGED,
        subject=_SUBJECT,
        data={"section": section, "before": before, "after": after},
    )


def _read(path: Path) -> Mapping[str, str]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


def _digest(value: object) -> str:
    return sha256_id(json.dumps(value, sort_keys=True, separators=(",", ":")).encode())
