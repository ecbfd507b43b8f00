"""How a search was understood, as lines for a terminal."""

from collections.abc import Iterator

from averment.core.interpretation import Interpretation, SurveyCoverage

_RERANKING = {
    "off": "not reranked: no reranker is configured",
    "done": "reranked: the best {n} passages, in {ms:.0f} ms",
    "out_of_time": "not reranked: the time for it ran out after {ms:.0f} ms",
    "failed": "not reranked: the reranker failed",
}


def interpretation_lines(found: Interpretation) -> Iterator[str]:
    """Yield what was read out of the query with the id that drops it, and what was looked at."""
    for item in found.understood:
        yield f"  {item.kind:6s} {item.says}  (--ignore {item.id})"
    if found.unmatched:
        yield f"  no readable document is called {', '.join(found.unmatched)}"
    if found.survey is not None:
        yield f"  {_coverage(found.survey)}"
    for phrase in found.phrases:
        yield f"  {phrase.n_passages} of the passages looked at hold {phrase.text!r} word for word"
    if found.n_collapsed:
        yield f"  {found.n_collapsed} passages that repeat another one word for word are left out"
    if (words := _RERANKING.get(found.reranking.status)) is not None:
        yield "  " + words.format(n=found.reranking.n_passages, ms=found.reranking.duration_s * 1000)


def _coverage(survey: SurveyCoverage) -> str:
    matched = (
        "no rule can tell which match" if survey.documents_matched is None else f"{survey.documents_matched} match"
    )
    rest = "" if survey.is_exhaustive else "; narrow the filters to have all of them looked at"
    return f"looked at {survey.documents_looked_at} of {survey.documents_in_scope} documents, {matched}{rest}"
