"""How much of planted personal data is found, and how much of what is found was planted.

A value counts as found when nothing of its letters and digits would stay in a text masked at the level `persons`,
whatever it was taken for. What is found counts as right when it touches a planted value; that is told of our own
sentences alone, since documents hold personal data of their own. Intervals are exact (Clopper-Pearson, 95 %).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from averment.compliance.pii.kinds import Kind, Span
from averment.evaluation.planted import PlantedText
from averment.evaluation.risk_control import upper_limit

HEAD: Final = ("where", "language", "kind", "planted", "recall", "found", "precision")

Find = Callable[[str, str], Sequence[Span]]
Row = tuple[str, str, str]


@dataclass(slots=True)
class Counts:
    """What was planted, found of it, found at all, and found rightly; by where, language and kind."""

    planted: Counter[Row] = field(default_factory=Counter)
    met: Counter[Row] = field(default_factory=Counter)
    found: Counter[Row] = field(default_factory=Counter)
    right: Counter[Row] = field(default_factory=Counter)
    missed: list[tuple[str, str, str]] = field(default_factory=list)
    wrong: list[tuple[str, str, str]] = field(default_factory=list)


def measure(
    texts: Iterable[PlantedText], find: Find, *, on_progress: Callable[[int], None] | None = None
) -> dict[str, object]:
    """Look for personal data in planted texts.

    Args:
        texts: The texts.
        find: Returns what is found in a text of a language.
        on_progress: Told how many texts are done.

    Returns:
        `rows`: by where (`sentences`, `documents`), language and kind, and for all kinds: `planted`, `recall`,
        `recall_interval`, `found`, `precision`, `precision_interval` (0-1; null where there is nothing to tell).
        `missed` and `wrong`: language, kind and text of what was not found, and of what was taken for personal.
    """
    counts = Counts()
    for done, text in enumerate(texts, start=1):
        spans = [span for span in find(text.text, text.language) if span.kind.is_personal]
        _count(counts, text, spans)
        if on_progress is not None:
            on_progress(done)
    keys = sorted({*counts.planted, *counts.found})
    return {"rows": [_row(counts, key) for key in keys], "missed": counts.missed, "wrong": counts.wrong}


def shown(result: Mapping[str, object]) -> Iterator[tuple[object, ...]]:
    """Yield the rows of a result as they are printed."""
    rows = result["rows"]
    assert isinstance(rows, list)
    for row in rows:
        yield (
            row["where"],
            row["language"],
            row["kind"],
            row["planted"],
            _share(row["recall"], row["recall_interval"]),
            row["found"],
            _share(row["precision"], row["precision_interval"]),
        )


def _count(counts: Counts, text: PlantedText, spans: Sequence[Span]) -> None:
    where = "sentences" if text.is_ours else "documents"
    covered = {place for span in spans for place in range(span.start, span.end)}
    for plant in text.plants:
        value = range(plant.start, plant.end)
        is_met = all(place in covered for place in value if text.text[place].isalnum())
        for key in _keys(where, text.language, plant.kind):
            counts.planted[key] += 1
            counts.met[key] += is_met
        if not is_met:
            counts.missed.append((text.language, plant.kind.value, text.text[plant.start : plant.end]))
    if not text.is_ours:
        return
    planted = {place for plant in text.plants for place in range(plant.start, plant.end)}
    for span in spans:
        is_right = not planted.isdisjoint(range(span.start, span.end))
        for key in _keys(where, text.language, span.kind):
            counts.found[key] += 1
            counts.right[key] += is_right
        if not is_right:
            counts.wrong.append((text.language, span.kind.value, text.text[span.start : span.end]))


def _keys(where: str, language: str, kind: Kind) -> tuple[Row, Row]:
    return (where, language, kind.value), (where, language, "all")


def _row(counts: Counts, key: Row) -> dict[str, object]:
    where, language, kind = key
    planted, found = counts.planted[key], counts.found[key]
    return {
        "where": where,
        "language": language,
        "kind": kind,
        "planted": planted,
        "recall": counts.met[key] / planted if planted else None,
        "recall_interval": interval(counts.met[key], planted),
        "found": found if where == "sentences" else None,
        "precision": counts.right[key] / found if found else None,
        "precision_interval": interval(counts.right[key], found),
    }


def interval(successes: int, n: int) -> tuple[float, float] | None:
    """Return the exact 95 % interval of a share, 0-1; None of nothing."""
    if not n:
        return None
    return 1 - upper_limit(n - successes, n, delta=0.025), upper_limit(successes, n, delta=0.025)


def _share(value: float | None, limits: Sequence[float] | None) -> str | None:
    return None if value is None or limits is None else f"{value:.3f} ({limits[0]:.3f}-{limits[1]:.3f})"
