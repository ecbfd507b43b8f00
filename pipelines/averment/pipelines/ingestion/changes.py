"""What has to happen so that the catalog equals a source: a pure comparison of two listings.

Files inside files live under their container's uri: attachments as `<uri>#<number>-<name>`, members of archives as
`<uri>!/<path>`, to any depth. They are neither new nor gone by themselves, but follow the item that holds them.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from averment.core.documents import DocumentStatus, SourceItem
from averment.pipelines.stores.catalog_types import SourceState

ATTACHMENT_MARK: Final = "#"
MEMBER_MARK: Final = "!/"
_MARKS: Final = re.compile(f"{re.escape(ATTACHMENT_MARK)}|{re.escape(MEMBER_MARK)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedItem:
    """An item to read. `document_id` is None for one the catalog does not know."""

    item: SourceItem
    change: Literal["added", "changed"]
    document_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestPlan:
    """The work of one run, in order of uri.

    `quarantined` are unchanged items that stay in quarantine; `removed` are gone from the source. Files inside an
    unchanged item stand beside it; a removed item takes along those inside it.
    """

    work: tuple[PlannedItem, ...]
    unchanged: tuple[SourceState, ...]
    quarantined: tuple[SourceState, ...]
    removed: tuple[SourceState, ...]


def container_uri(uri: str) -> str:
    """Return the uri of the source item that holds a file inside it at any depth, or the uri itself."""
    return _MARKS.split(uri, maxsplit=1)[0]


def depth(uri: str) -> int:
    """Return how many files a file lies within; 0 for an item of the source."""
    return len(_MARKS.findall(uri))


def lies_within(uri: str, container: str) -> bool:
    """Tell whether a file lies within another one, at any depth."""
    return uri.startswith((container + ATTACHMENT_MARK, container + MEMBER_MARK))


def plan_changes(
    items: Iterable[SourceItem],
    known: Mapping[str, SourceState],
    *,
    pipeline_version: str,
    full: bool = False,
) -> IngestPlan:
    """Compare a source's items with what the catalog knows of them.

    Args:
        items: Everything the source holds, each uri once.
        known: The catalog's documents of the same source and scope by uri, deleted ones left out.
        pipeline_version: Version of parsing, chunking and embedding in force; what another one read is read anew.
        full: Read everything anew.
    """
    listed = {item.ref.uri: item for item in items}
    reopened = {container_uri(uri) for uri, state in known.items() if state.is_unfinished}
    work, unchanged, quarantined = [], [], []
    for uri in sorted(listed):
        item, state = listed[uri], known.get(uri)
        if state is None:
            work.append(PlannedItem(item=item, change="added", document_id=None))
        elif (
            full
            or uri in reopened
            or not state.is_current(revision=item.ref.revision, pipeline_version=pipeline_version, access=item.access)
        ):
            change: Literal["added", "changed"] = "added" if state.status is None else "changed"
            work.append(PlannedItem(item=item, change=change, document_id=state.document_id))
        elif state.status is DocumentStatus.QUARANTINED:
            quarantined.append(state)
        else:
            unchanged.append(state)
    settled = {state.source_uri for state in (*unchanged, *quarantined)}
    for uri, state in sorted(known.items()):
        if uri not in listed and container_uri(uri) in settled:
            (quarantined if state.status is DocumentStatus.QUARANTINED else unchanged).append(state)
    removed = [state for uri, state in sorted(known.items()) if container_uri(uri) not in listed]
    return IngestPlan(
        work=tuple(work), unchanged=tuple(unchanged), quarantined=tuple(quarantined), removed=tuple(removed)
    )
