"""Passages do not overlap, and neighbours are joined where the better one stands."""

from hypothesis import given
from hypothesis import strategies as st

from averment.core.access import AccessLabel
from averment.core.answers import Passage
from averment.core.documents import ChunkMeta, DocumentStatus, DocumentVersion
from averment.core.ports import IndexHit
from averment.pipelines.retrieval.passages import (
    Ranked,
    below,
    collapse,
    interleave,
    join_neighbours,
    make_passages,
)

TEXT = "".join(chr(97 + n % 26) for n in range(5_000))


class Texts:
    def cut(self, text_hash: str, start: int, end: int) -> str:
        return TEXT[start:end]


def version(document_id: str) -> DocumentVersion:
    return DocumentVersion(
        document_id=document_id,
        source_uri="u",
        content_hash="c",
        text_hash="t",
        version=1,
        media_type="text/plain",
        kind="other",
        title="T",
        access=AccessLabel(),
        status=DocumentStatus.READY,
        revision="r",
        connector="c",
        size_bytes=1,
    )


def meta(start: int, end: int, document_id: str) -> ChunkMeta:
    return ChunkMeta(
        chunk_id=f"{document_id}:{start}:{end}",
        document_id=document_id,
        text_hash="t",
        start=start,
        end=end,
        first_page=start // 1000 + 1,
        last_page=end // 1000 + 1,
        section="S",
        ordinal=0,
        token_count=1,
        access=AccessLabel(),
        pipeline_version="p",
    )


def passages(spans: list[tuple[int, int, str]]) -> tuple[Passage, ...]:
    metas = [meta(*span) for span in spans]
    ranked = [
        Ranked(hit=IndexHit(id=str(n), score=1.0, payload={"chunk_id": m.chunk_id}), score=0.5, stage="fused")
        for n, m in enumerate(metas)
    ]
    return make_passages(
        ranked,
        texts=Texts(),
        documents={"d": version("d"), "e": version("e")},
        chunks={m.chunk_id: m for m in metas},
    )


SPANS = st.lists(
    st.tuples(st.integers(0, 4_000), st.integers(1, 900), st.sampled_from(["d", "e", "gone"])).map(
        lambda s: (s[0], s[0] + s[1], s[2])
    ),
    max_size=20,
)


@given(SPANS)
def test_passages_never_overlap_and_say_what_the_text_says(spans: list[tuple[int, int, str]]) -> None:
    for found in (passages(spans), join_neighbours(passages(spans), texts=Texts())):
        assert [passage.rank for passage in found] == list(range(1, len(found) + 1))
        for number, one in enumerate(found):
            assert one.text == TEXT[one.start : one.end]
            assert one.document_id in {"d", "e"}
            for other in found[number + 1 :]:
                apart = one.end <= other.start or other.end <= one.start
                assert apart or one.document_id != other.document_id


def test_neighbours_join_at_the_better_place() -> None:
    found = passages([(1_000, 1_500, "d"), (0, 400, "d"), (1_500, 1_800, "d"), (3_000, 3_100, "e")])
    joined = join_neighbours(found, texts=Texts())
    assert [(p.start, p.end, p.document_id) for p in joined] == [
        (1_000, 1_800, "d"),
        (0, 400, "d"),
        (3_000, 3_100, "e"),
    ]
    assert (joined[0].first_page, joined[0].last_page) == (2, 2)


def test_joining_keeps_to_a_length() -> None:
    found = passages([(0, 900, "d"), (900, 1_800, "d"), (1_800, 2_700, "d")])
    assert max(p.end - p.start for p in join_neighbours(found, texts=Texts())) <= 2_000


def test_groups_take_turns() -> None:
    rows = [
        [Ranked(hit=IndexHit(id=name, score=1, payload={}), score=1, stage="fused") for name in row]
        for row in ("abc", "x")
    ]
    assert [entry.hit.id for entry in interleave(rows)] == ["a", "x", "b", "c"]


def hit(name: str, document_id: str, score: float = 0.5) -> Ranked:
    return Ranked(hit=IndexHit(id=name, score=1, payload={"document_id": document_id}), score=score, stage="fused")


def test_what_is_added_stays_below() -> None:
    added = below([hit("a", "d", 1.0), hit("b", "d", 1.0)], [hit("a", "d", 0.9), hit("c", "d", 0.4)])
    assert [(entry.hit.id, entry.score) for entry in added] == [("b", 0.4)]


def test_copies_in_other_documents_are_left_out_and_counted() -> None:
    found = passages([(0, 400, "d"), (1_000, 1_400, "d"), (0, 400, "e"), (2_000, 2_040, "d"), (2_000, 2_040, "e")])
    kept, n_left_out = collapse(found)
    # What is short repeats itself without being a copy.
    assert [(p.document_id, p.start) for p in kept] == [("d", 0), ("d", 1_000), ("d", 2_000), ("e", 2_000)]
    assert [p.rank for p in kept] == [1, 2, 3, 4]
    assert n_left_out == 1
