"""What the catalog takes and gives besides `DocumentVersion`: states, open versions, text versions, pages of a list."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from averment.core.access import AccessLabel
from averment.core.documents import DocumentStatus, DocumentVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What the catalog knows of one item of a source.

    `status` is None before a first version is finished. `is_unfinished` means that an ingestion or removal was begun
    and not ended: the index may hold anything for this document, and it must be done again.
    """

    document_id: str
    source_uri: str
    revision: str | None
    content_hash: str | None
    pipeline_version: str | None
    status: DocumentStatus | None
    access: AccessLabel | None
    is_unfinished: bool

    def is_current(self, *, revision: str, pipeline_version: str | None) -> bool:
        """Say whether the item needs no reading: same content, same pipeline (any where None), and finished.

        A quarantined item counts as current: the same bytes fail the same way. `Catalog.request_retry` reopens it.
        """
        return (
            not self.is_unfinished
            and self.status in (DocumentStatus.READY, DocumentStatus.QUARANTINED)
            and self.revision == revision
            and pipeline_version in (None, self.pipeline_version)
        )

    def has_access(self, access: AccessLabel) -> bool:
        """Say whether exactly these may read it."""
        return self.access is not None and _key(self.access) == _key(access)


def _key(access: AccessLabel) -> tuple[str, frozenset[str], str]:
    return access.tenant, frozenset(access.readers), access.classification


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenVersion:
    """A version being made. `previous` is the finished version before it, if any."""

    document_id: str
    version: int
    previous: DocumentVersion | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TextVersion:
    """A canonical text of a document and the layout that goes with it; kept as long as an answer may cite it."""

    document_id: str
    text_hash: str
    layout_hash: str
    parser: str
    n_chars: int
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredText:
    """A canonical text and its layout, stored as blobs and not yet known to the catalog."""

    text_hash: str
    layout_hash: str
    parser: str
    n_chars: int


class IndexState(StrEnum):
    """What a search index is for."""

    BUILDING = "building"
    SERVING = "serving"
    RESTING = "resting"
    DROPPING = "dropping"


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexRecord:
    """A search index as the catalog knows it.

    `store` says where indexes of its kind lie (`edge`, or a server's collections), `location` which folder or
    collection it is. `model_path` is the embedder's folder, None for the packaged one. Of a frozen index ingestion
    leaves alone what another version of the program has read.
    """

    name: str
    store: str
    location: str
    model_id: str
    model_path: str | None
    dimension: int
    pipeline_version: str
    state: IndexState
    is_frozen: bool = False
    created_at: datetime
    served_from: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexSize:
    """What an index holds besides the serving one: documents finished, of them quarantined, and points expected."""

    documents: int
    quarantined: int
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestRun:
    """One run of the ingestion; `finished_at` and `status` are None while it runs or where it died."""

    run_id: str
    source: str
    started_at: datetime
    finished_at: datetime | None
    status: str | None
    counts: dict[str, int]
