"""Makes passages of hits: texts cut from the canonical text, none overlapping another, halves of a section joined."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from averment.core.answers import Passage, Stage
from averment.core.documents import ChunkMeta, DocumentVersion
from averment.core.ports import IndexHit

MAX_JOINED_CHARS: Final = 2_000
_MAX_GAP_CHARS: Final = 8
_NEAR_RANKS: Final = 3
_BETWEEN: Final = re.compile(r"[\W_]+")
_MIN_COLLAPSED: Final = 120


class PassageTexts(Protocol):
    """Cuts spans out of canonical texts."""

    def cut(self, text_hash: str, start: int, end: int) -> str:
        """Return `canonical[start:end]`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A hit on its way to a passage, with a score between 0 and 1."""

    hit: IndexHit
    score: float
    stage: Stage


def make_passages(
    ranked: Sequence[Ranked],
    *,
    texts: PassageTexts,
    documents: Mapping[str, DocumentVersion],
    chunks: Mapping[str, ChunkMeta],
) -> tuple[Passage, ...]:
    """Make passages in order of rank, dropping what overlaps a better one.

    A hit whose document or chunk is unknown is dropped: it belongs to a version on its way out.
    """
    made: list[Passage] = []
    for entry in ranked:
        chunk = chunks.get(str(entry.hit.payload["chunk_id"]))
        version = documents.get(chunk.document_id) if chunk else None
        if (
            chunk is None
            or version is None
            or any(
                other.document_id == chunk.document_id
                and other.text_hash == chunk.text_hash
                and chunk.start < other.end
                and other.start < chunk.end
                for other in made
            )
        ):
            continue
        made.append(
            Passage(
                rank=len(made) + 1,
                score=entry.score,
                chunk_id=chunk.chunk_id,
                document_id=chunk.document_id,
                text_hash=chunk.text_hash,
                source_uri=version.source_uri,
                title=version.title,
                start=chunk.start,
                end=chunk.end,
                first_page=chunk.first_page,
                last_page=chunk.last_page,
                section=chunk.section,
                text=texts.cut(chunk.text_hash, chunk.start, chunk.end),
                stage=entry.stage,
            )
        )
    return tuple(made)


def collapse(passages: Sequence[Passage]) -> tuple[tuple[Passage, ...], int]:
    """Leave out what repeats a better passage of another document word for word, and count it.

    A clause that differs in one number or name is another clause, so likeness is not enough; short passages repeat
    each other without being copies.
    """
    kept: dict[str, Passage] = {}
    for passage in passages:
        words = _BETWEEN.sub("", passage.text.casefold())
        kept.setdefault(words if len(words) >= _MIN_COLLAPSED else f"{passage.document_id} {passage.start}", passage)
    ranked = _ranked(kept.values())
    return ranked, len(passages) - len(ranked)


def join_neighbours(passages: Sequence[Passage], *, texts: PassageTexts) -> tuple[Passage, ...]:
    """Join passages of one section that follow each other and rank alike, at the better one's place."""
    kept: dict[int, Passage] = {}
    for passage in passages:
        home = next((rank for rank, other in kept.items() if _touch(other, passage, texts)), None)
        if home is None:
            kept[passage.rank] = passage
        else:
            kept[home] = _join(kept[home], passage, texts)
    return _ranked(kept.values())


def _ranked(passages: Iterable[Passage]) -> tuple[Passage, ...]:
    """Number passages in their order."""
    return tuple(
        passage if passage.rank == rank else replace(passage, rank=rank)
        for rank, passage in enumerate(passages, start=1)
    )


def _touch(a: Passage, b: Passage, texts: PassageTexts) -> bool:
    if (a.document_id, a.text_hash, a.section) != (b.document_id, b.text_hash, b.section):
        return False
    if abs(a.rank - b.rank) > _NEAR_RANKS:
        return False  # pulled up by a better neighbour, it would push out what ranks above it
    first, second = (a, b) if a.start < b.start else (b, a)
    if second.start - first.end > _MAX_GAP_CHARS or second.end - first.start > MAX_JOINED_CHARS:
        return False
    # What stands between two chunks and is no white space is hidden text, which no passage may hold.
    return not texts.cut(a.text_hash, first.end, second.start).strip()


def _join(a: Passage, b: Passage, texts: PassageTexts) -> Passage:
    start, end = min(a.start, b.start), max(a.end, b.end)
    pages = [page for page in (a.first_page, b.first_page, a.last_page, b.last_page) if page is not None]
    return replace(
        a,
        start=start,
        end=end,
        first_page=min(pages, default=None),
        last_page=max(pages, default=None),
        text=texts.cut(a.text_hash, start, end),
    )


def interleave(groups: Iterable[Sequence[Ranked]]) -> list[Ranked]:
    """Take the best of each group, then the second of each, and so on."""
    rows = [list(group) for group in groups]
    return [row[place] for place in range(max(map(len, rows), default=0)) for row in rows if place < len(row)]


def below(more: Sequence[Ranked], ranked: Sequence[Ranked]) -> list[Ranked]:
    """Return what is not in `ranked` yet, with scores that stay below its own."""
    known = {entry.hit.id for entry in ranked}
    ceiling = min((entry.score for entry in ranked), default=1.0)
    return [replace(entry, score=entry.score * ceiling) for entry in more if entry.hit.id not in known]
