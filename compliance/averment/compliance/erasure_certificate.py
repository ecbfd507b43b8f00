"""An erasure under way as it lies on disk, and the certificate that is made of it when it is done."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Final

from averment.core.clock import rfc3339
from averment.core.erasure import CleanedStore

CERTIFICATE_SCHEMA: Final = "averment.erasure/2"
NOT_ESTABLISHED: Final = (
    "that nobody copied the texts before: answers, reports and exports that were handed out are not reached",
    "that deleted files cannot be recovered from the disk by forensic means; an encrypted disk prevents it",
    "that nothing compressed or encrypted names the person: the search of bytes reads neither",
    "that keyed digests of file names and groups, and pseudonyms given before people had files, cannot be matched by "
    "who has the installation's pseudonym key",
    "that the person is named by no spelling but the ones given",
    "that a model trained on a document no longer holds what it read there",
)


@dataclass(slots=True, kw_only=True)
class ErasureJob:
    """An erasure under way, as it lies on disk: no name, only ids, digests and counts."""

    request_id: str
    person: str | None
    requested_at: str
    ground: str
    first_entry: int | None
    last_entry: int | None
    counts: dict[str, int]
    documents: list[dict[str, str | None]]
    papers: list[dict[str, str | None]] = field(default_factory=list)
    stores: list[dict[str, str]] = field(default_factory=list)
    search: dict[str, object] = field(default_factory=dict)


def certificate_of(
    job: ErasureJob, *, now: datetime, backup_days: int, beyond: Sequence[CleanedStore]
) -> dict[str, object]:
    """Return the body of a certificate.

    Args:
        job: What was done.
        now: When it was finished.
        backup_days: Days after which no backup is left.
        beyond: What no erasure reaches.
    """
    until = (now.date() + timedelta(days=backup_days)).isoformat()
    reached = [store for store in job.stores if store["state"] != "not-reached"]
    out_of_reach = [store for store in job.stores if store["state"] == "not-reached"]
    backups = {"name": "backups", "state": "not-reached", "detail": f"gone by {until}"}
    return {
        "schema": CERTIFICATE_SCHEMA,
        "request_id": job.request_id,
        "person": job.person,
        "ground": job.ground,
        "requested_at": job.requested_at,
        "executed_at": rfc3339(now),
        "entries": {"first": job.first_entry, "last": job.last_entry},
        **job.counts,
        "documents": job.documents,
        "papers": job.papers,
        "reached": reached,
        "not_reached": [*out_of_reach, *(asdict(store) for store in beyond), backups],
        "search": job.search,
        "backups_until": until,
        "not_established": list(NOT_ESTABLISHED),
    }
