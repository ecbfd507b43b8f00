"""Gold of a pack in the offsets of our canonical texts."""

from collections.abc import Callable, Mapping, Sequence

from averment.evaluation.alignment import AlignedSpan, Alignment
from averment.evaluation.metrics import GoldUnit
from averment.evaluation.pack import Pack, PackQuestion


def align_gold(
    pack: Pack,
    questions: Sequence[PackQuestion],
    *,
    texts: Mapping[str, str],
    on_progress: Callable[[int, int], None] | None = None,
) -> dict[str, list[GoldUnit]]:
    """Bring every question's gold into the offsets of our texts; spans that share a group become one unit.

    Args:
        pack: Holds the official texts.
        questions: Whose gold.
        texts: Our canonical text by document; gold of a document that has none is not found.
        on_progress: Told after every document.
    """
    wanted = sorted({span.doc_id for question in questions for span in question.gold})
    aligned: dict[str, Alignment] = {}
    for number, doc_id in enumerate(wanted, start=1):
        official = pack.official_text(pack.documents[doc_id])
        aligned[doc_id] = Alignment(official, texts.get(doc_id, ""))
        if on_progress is not None:
            on_progress(number, len(wanted))
    gold: dict[str, list[GoldUnit]] = {}
    for question in questions:
        groups: dict[str, list[tuple[str, AlignedSpan]]] = {}
        for place, span in enumerate(question.gold):
            found = aligned[span.doc_id].span(span.start, span.end)
            groups.setdefault(span.group or f"#{place}", []).append((span.doc_id, found))
        gold[question.id] = [GoldUnit(alternatives=tuple(entries)) for entries in groups.values()]
    return gold
