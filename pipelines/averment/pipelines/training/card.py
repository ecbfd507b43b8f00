"""The model card: what a trained model is, from what, how good, for what, and for what not. No document content."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

_PURPOSE: Final = {
    "embedder": "Turns passages and questions into vectors for the search of one installation.",
    "reranker": "Puts the passages that the search of one installation found in order anew.",
    "verifier": "Says how likely a sentence answers a question, and how likely a premise entails a claim.",
}
_LIMITS: Final = (
    "Measured on documents of the same collection as those it was trained on: other documents, other questions or "
    "another language may fare worse. Measure again before it serves them.",
    "The intervals draw documents anew; they say nothing of collections that were not sampled.",
    "Weights can give away what they were trained on. Keep them as confidential as the most confidential document "
    "below, and train anew when documents must be erased.",
    "It is a candidate until `averment eval gate BEFORE AFTER --admit FOLDER` has let it in.",
)
_OWN_LIMITS: Final = {
    "embedder": "Another embedder needs another index: `averment reindex --embedder FOLDER`.",
    "reranker": "It reads passages without the name of their document: it cannot tell contracts apart.",
    "verifier": "A high probability is no proof. It is one check beside those of numbers, dates and parties.",
}


def write_card(facts: Mapping[str, Any]) -> str:
    """Write the card of what `training.json` holds, as Markdown."""
    return "\n".join(_lines(facts)) + "\n"


def _lines(facts: Mapping[str, Any]) -> Iterator[str]:
    kind, data, split = facts["kind"], facts["data"], facts["split"]
    yield f"# {kind.capitalize()} {facts['model_id'].partition('@')[0]}"
    yield ""
    yield _PURPOSE[kind]
    yield ""
    yield from _table(
        ("", ""),
        [
            ("model", facts["model_id"]),
            ("trained", f"{facts['created_at']}, {facts['seconds'] / 60:.1f} minutes in all"),
            ("base", f"{facts['base']['name']}, {facts['base']['digest']}"),
            ("data", data["digest"]),
            ("split", f"{split['digest']}, by {split['by']}, {split['families']} families"),
            ("seed", facts["seed"]),
        ],
    )
    yield "\n## Data\n"
    yield from _table(("source", "digest"), sorted(data["sources"].items()))
    yield ""
    names = sorted({*data["train"], *data["held_out"]})
    rows = [(name.replace("_", " "), data["train"].get(name, 0), data["held_out"].get(name, 0)) for name in names]
    yield from _table(("", "trained on", "held out"), rows)
    yield f"\n{data['rows']} rows were made of these. Classifications of the documents: {_counted(data)}."
    yield "\n## On the documents held out\n"
    yield from _table(("", "n", "before", "after", "gained"), list(_figures(facts["metrics"])))
    yield "\nBrackets: 95 % bootstrap intervals over documents. `before` is what is in use without this model."
    yield "\n## How\n"
    run = {("epochs_done" if name == "epochs" else name): value for name, value in facts["run"].items()}
    settings = {**facts["recipe"], "precision": facts["precision"], **run}
    yield from _table(("", ""), [(name.replace("_", " "), _plain(value)) for name, value in settings.items()])
    yield ""
    yield from _table(("library", "version"), list(facts["versions"].items()))
    yield "\n## Limits\n"
    yield from (f"- {limit}" for limit in (*_LIMITS, _OWN_LIMITS[kind]))


def _figures(metrics: Mapping[str, Any]) -> Iterator[tuple[object, ...]]:
    for part, measures in metrics["after"].items():
        for measure, after in measures.items():
            before = metrics["before"].get(part, {}).get(measure)
            gained = metrics["gained"].get(part, {}).get(measure)
            name = f"{part}: {measure.replace('_', ' ')}"
            yield name, after["n"], _figure(before), _figure(after), _figure(gained, sign=True)


def _figure(figure: Mapping[str, Any] | None, *, sign: bool = False) -> str:
    if figure is None or figure["value"] is None:
        return "–"
    value = f"{figure['value']:+.3f}" if sign else f"{figure['value']:.3f}"
    if figure["interval"] is None:
        return value
    low, high = figure["interval"]
    return f"{value} [{low:.3f}, {high:.3f}]"


def _counted(data: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(data["classifications"].items())) or "none"


def _plain(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _table(head: tuple[str, ...], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'|'.join(' --- ' for _ in head)}|"
    for row in rows:
        yield f"| {' | '.join(str(cell).replace('|', '/') for cell in row)} |"
