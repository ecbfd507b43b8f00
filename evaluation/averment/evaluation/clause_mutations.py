"""Sentences of contracts with one mistake each: does a guard hold back what a model gets wrong about a clause?

A sentence said as it stands, citing itself, is true. A mutant changes one thing of it and keeps the citation: how long
(count or unit of a duration), when (a date, a month later), how much (the last digit of an amount or a percentage),
or whether (a "not" after its verb is dropped or added). That a denial was turned is told from words around it and is
missed more often than a changed number; it is counted by itself.
"""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from itertools import islice
from typing import Any, Final, Literal

from averment.core.answers import Verdict
from averment.evaluation.citations import OfficialSources
from averment.evaluation.pack import Pack
from averment.pipelines.reasoning.checks import Evidence, check_quotes, check_statement, verdict
from averment.pipelines.reasoning.dates import find_dates, long_form
from averment.pipelines.reasoning.durations import find_durations
from averment.pipelines.reasoning.evidence import Source
from averment.pipelines.reasoning.figures import find_figures
from averment.pipelines.reasoning.findings import HEAD_CHARS, names_of
from averment.pipelines.reasoning.prepared import PreparedTexts
from averment.pipelines.reasoning.sentences import Span

Mistake = Literal["count", "unit", "date", "amount", "percentage", "denial"]
HELD_BACK: Final = 0.99
MAX_SENTENCE_CHARS: Final = 350
MAX_SHOWN: Final = 20
_OTHER_UNIT: Final = {"hour": "days", "day": "months", "business_day": "weeks", "week": "days", "month": "years"}
_DENIED: Final = re.compile(r"\b(shall|will|may|must)\s+not\b")
_MODAL: Final = re.compile(r"\b(shall|will|may|must)\b")


def mistakes(sentence: str) -> Iterator[tuple[Mistake, str]]:
    """Yield the sentence with one mistake, by kind; nothing for a sentence that holds nothing to mistake."""
    for duration in find_durations(sentence)[:1]:
        start, end = duration.start, duration.end
        yield "count", f"{sentence[:start]}{duration.count + 1} {duration.unit.replace('_', ' ')}s{sentence[end:]}"
        if other := _OTHER_UNIT.get(duration.unit):
            yield "unit", f"{sentence[:start]}{duration.count} {other}{sentence[end:]}"
    for found in find_dates(sentence)[:1]:
        later = long_form(found.day + timedelta(days=31), "en")
        yield "date", f"{sentence[: found.start]}{later}{sentence[found.end :]}"
    for figure in [one for one in find_figures(sentence) if one.unit][:1]:
        changed = re.sub(r"\d(?=\D*$)", lambda digit: str((int(digit[0]) + 1) % 10), figure.text)
        kind: Mistake = "percentage" if figure.unit == "%" else "amount"
        yield kind, f"{sentence[: figure.start]}{changed}{sentence[figure.end :]}"
    if _DENIED.search(sentence):
        yield "denial", _DENIED.sub(r"\1", sentence, count=1)
    elif _MODAL.search(sentence):
        yield "denial", _MODAL.sub(r"\1 not", sentence, count=1)


def run_clause_mutations(
    pack: Pack,
    doc_ids: Sequence[str],
    *,
    count: int,
    seed: int,
    on_progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> dict[str, Any]:
    """Make mistakes in sentences of documents, evenly over these, and check them with the true ones.

    Args:
        pack: The data pack.
        doc_ids: Documents of it, read as their official text.
        count: How many mistakes; fewer where the sentences hold less.
        seed: Chooses sentences.
        on_progress: Told after every document.
    """
    sources, prepared, chance = OfficialSources(pack), PreparedTexts(), random.Random(seed)
    made, blocked, missed = Counter[str](), Counter[str](), list[dict[str, str]]()
    n_true = n_passed = 0
    for number, doc_id in enumerate(doc_ids):
        source = sources.of(doc_id)
        spans = [one for one in prepared.sentences(source).spans if len(one.text) <= MAX_SENTENCE_CHARS]
        wanted = -(-(count - made.total()) // (len(doc_ids) - number)) + made.total()
        chosen = _chosen(chance.sample(spans, len(spans)), wanted - made.total())
        for span in {span.start: span for _, _, span in chosen}.values():
            n_true += 1
            n_passed += is_released(_folded(span), span, source=source)
        for kind, wrong, span in chosen:
            made[kind] += 1
            if not is_released(wrong, span, source=source):
                blocked[kind] += 1
            elif len(missed) < MAX_SHOWN:
                missed.append({"document": doc_id, "mutation": kind, "said": wrong, "cited": span.text})
        on_progress(number + 1, len(doc_ids))
    told = {kind for kind in made if kind != "denial"}
    return {
        "seed": seed,
        "documents": len(doc_ids),
        "true": n_true,
        "true_passed": n_passed,
        "wrong": made.total(),
        "blocked": blocked.total(),
        "kinds": {kind: {"made": made[kind], "blocked": blocked[kind]} for kind in sorted(made)},
        "passed": sum(blocked[kind] for kind in told) >= HELD_BACK * sum(made[kind] for kind in told),
        "missed": missed,
    }


def _chosen(spans: Sequence[Span], count: int) -> list[tuple[Mistake, str, Span]]:
    """Return at most so many mistakes in sentences, their kinds in turn as long as there are any."""
    left: dict[Mistake, list[tuple[str, Span]]] = {}
    for span in spans:
        for kind, wrong in mistakes(_folded(span)):
            left.setdefault(kind, []).append((wrong, span))
    turns = (
        (kind, *found[turn])
        for turn in range(max(map(len, left.values()), default=0))
        for kind, found in left.items()
        if turn < len(found)
    )
    return list(islice(turns, count))


def _folded(span: Span) -> str:
    return " ".join(span.text.split())


def is_released(sentence: str, span: Span, *, source: Source) -> bool:
    """Say whether the guards would release a sentence that cites a place."""
    evidence = Evidence(
        citations=tuple(source.cite(*place) for place in span.places),
        continued=frozenset(range(1, len(span.places))),
        known_names=names_of([source]),
        heads=(source.shown[:HEAD_CHARS],),
        documents=frozenset({source.document.document_id}),
    )
    found = check_quotes(evidence, {source.text_hash: source.text}) + check_statement(sentence, evidence)
    return verdict(found) is Verdict.SUPPORTED
