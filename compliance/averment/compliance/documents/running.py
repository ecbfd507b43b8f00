"""What processes data at this moment, by name: what the record of processing activities must name (Article 30 GDPR).

Sources are those of the settings and those that the log saw read; purposes are those that were created and not
retired; flows are the settings that say what data is exchanged with.
"""

from collections.abc import Mapping
from typing import Final

from averment.compliance.documents.facts import SystemFacts
from averment.compliance.documents.log_view import LogView
from averment.core.audit import EventType

RECORD: Final = "gdpr-30"
"""The kind of document that must name it."""
PREFIX: Final = "processing/"
OUTWARD: Final = ("index.backend", "catalog.url", "model.endpoint", "telemetry.otlp_endpoint")
"""Settings that say what the system exchanges data with."""


def running_processing(facts: SystemFacts, log: LogView) -> Mapping[str, str]:
    """Return what runs and a few words on it, under `processing/source/…`, `…/purpose/…` and `…/flow/…`."""
    found = {f"source/{name}": "read" for name in sources_read(log)}
    found |= {f"source/{source.name}": f"{source.kind} {source.classification}" for source in facts.connectors}
    found |= {f"purpose/{name}": "in use" for name in purposes_in_use(log)}
    found |= {f"flow/{name}": facts.settings[name] for name in OUTWARD if name in facts.settings}
    if facts.model is not None and facts.model.is_used:
        found["flow/language model"] = facts.model.placement
    return {f"{PREFIX}{name}": value for name, value in sorted(found.items())}


def sources_read(log: LogView) -> Mapping[str, str]:
    """Return the sources that documents were taken in from, and when last (RFC 3339)."""
    return {run.fact("connector"): run.time for run in log.entries(EventType.INGEST_COMPLETED)}


def purposes_in_use(log: LogView) -> list[str]:
    """Return the purposes that were created and not retired since, sorted."""
    in_use: set[str] = set()
    for entry in log.entries(EventType.PURPOSE_CREATED, EventType.PURPOSE_RETIRED):
        change = in_use.add if entry.evidence.type == EventType.PURPOSE_CREATED else in_use.discard
        change(entry.fact("purpose"))
    return sorted(in_use)
