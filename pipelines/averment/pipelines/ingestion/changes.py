"""What has to happen so that the catalog equals a source: a pure comparison of two listings.

Files inside files live under their container's uri: attachments as `<uri>#<number>-<name>`, members of archives as
`<uri>!/<path>`, to any depth. They are neither new nor gone by themselves, but follow the item that holds them.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final, Literal

from averment.core.access import AccessLabel
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
class Relabelling:
    """A document whose label differs from its item's, and the label it gets before anything is read.

    Where the content is still the same (`is_final`) that is the item's label. Else it is what both labels allow: the
    old text must not be seen by the new readers, nor by those who may no longer read it.
    """

    state: SourceState
    access: AccessLabel
    is_final: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestPlan:
    """The work of one run, in order of uri.

    Of `relabelled`, those that are final and ready are nowhere else in the plan.
    `quarantined` are unchanged items that stay in quarantine; `removed` are gone from the source. Files inside an
    unchanged item stand beside it; a removed item takes along those inside it.
    """

    work: tuple[PlannedItem, ...]
    unchanged: tuple[SourceState, ...]
    quarantined: tuple[SourceState, ...]
    removed: tuple[SourceState, ...]
    relabelled: tuple[Relabelling, ...] = ()


def container_uri(uri: str) -> str:
    """Return the uri of the source item that holds a file inside it at any depth, or the uri itself."""
    return _MARKS.split(uri, maxsplit=1)[0]


def depth(uri: str) -> int:
    """Return how many files a file lies within; 0 for an item of the source."""
    return len(_MARKS.findall(uri))


def in_part(uri: str, *, part: int, parts: int) -> bool:
    """Tell whether an item is of one of several parts of equal size, by its uri alone; `part` counts from 0."""
    return int.from_bytes(sha256(uri.encode("utf-8", errors="surrogateescape")).digest()[:8], "big") % parts == part


def in_scope(uri: str, scope: str) -> bool:
    """Tell whether a uri is of a source: below a folder (`…/`), or the file the scope names and what it holds."""
    return uri.startswith(scope) if scope.endswith("/") else container_uri(uri) == scope


def lies_within(uri: str, container: str) -> bool:
    """Tell whether a file lies within another one, at any depth."""
    return uri.startswith((container + ATTACHMENT_MARK, container + MEMBER_MARK))


def plan_changes(
    items: Iterable[SourceItem],
    known: Mapping[str, SourceState],
    *,
    pipeline_version: str | None,
    full: bool = False,
) -> IngestPlan:
    """Compare a source's items with what the catalog knows of them.

    Args:
        items: Everything the source holds, each uri once.
        known: The catalog's documents of the same source and scope by uri, deleted ones left out.
        pipeline_version: Version of parsing, chunking and embedding in force; what another one read is read anew.
            None leaves it as it is.
        full: Read everything anew.
    """
    listed = {item.ref.uri: item for item in items}
    reopened = {container_uri(uri) for uri, state in known.items() if state.is_unfinished}
    work = [
        _planned(item, known.get(uri))
        for uri, item in sorted(listed.items())
        if full or uri in reopened or not _is_read(item, known.get(uri), pipeline_version)
    ]
    in_work = {planned.item.ref.uri for planned in work}
    settled, removed, relabelled = [], [], []
    for uri, state in sorted(known.items()):
        container = container_uri(uri)
        holder = listed.get(container)
        if holder is None:
            removed.append(state)
            continue
        is_final = container not in in_work
        if state.access is not None and not state.has_access(holder.access):
            access = holder.access if is_final else _common(state.access, holder.access)
            relabelled.append(Relabelling(state=state, access=access, is_final=is_final))
            if is_final and state.status is DocumentStatus.QUARANTINED:
                settled.append(state)
        elif is_final:
            settled.append(state)
    return IngestPlan(
        work=tuple(work),
        unchanged=tuple(state for state in settled if state.status is not DocumentStatus.QUARANTINED),
        quarantined=tuple(state for state in settled if state.status is DocumentStatus.QUARANTINED),
        removed=tuple(removed),
        relabelled=tuple(relabelled),
    )


def _is_read(item: SourceItem, state: SourceState | None, pipeline_version: str | None) -> bool:
    return state is not None and state.is_current(revision=item.ref.revision, pipeline_version=pipeline_version)


def _planned(item: SourceItem, state: SourceState | None) -> PlannedItem:
    if state is None:
        return PlannedItem(item=item, change="added", document_id=None)
    change: Literal["added", "changed"] = "added" if state.status is None else "changed"
    return PlannedItem(item=item, change=change, document_id=state.document_id)


def _common(old: AccessLabel, new: AccessLabel) -> AccessLabel:
    """Return a label for those whom both labels let read; nobody where the tenants differ."""
    readers = tuple(reader for reader in old.readers if reader in new.readers) if old.tenant == new.tenant else ()
    return replace(new, tenant=old.tenant, readers=readers)
