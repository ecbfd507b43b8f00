"""What a question quotes: passages that hold it word for word stand above those that only resemble it.

Words alone cannot tell a phrase from its words in another order, so the text of the candidates is read. Compared are
texts without regard to case, to how quotation marks and dashes are drawn, to hyphens at line ends and to white space.
What is quoted only to name a document or a period is no phrase to look for.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Final

from averment.core.interpretation import QuotedPhrase
from averment.core.ports import IndexHit
from averment.pipelines.ingestion.sparse import terms
from averment.pipelines.retrieval.passages import PassageTexts, Ranked
from averment.pipelines.retrieval.weights import is_period

MAX_PHRASES: Final = 8
_MIN_CHARS: Final = 3
_MARKS: Final = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»‹›″", '"'),
        **dict.fromkeys("‘’‚‛′`´", "'"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", None),
    }
)
_LINE_END: Final = re.compile(r"(?<=[^\W\d_])-[ \t]*[\n\f]\s*(?=[^\W\d_])")
_SPACE: Final = re.compile(r"\s+")


def folded(text: str) -> str:
    """Return a text in the form in which it is compared with phrases.

    Example:
        >>> folded("“Best   Efforts” shall–\\nmean") == folded('"best efforts" shall-\\nmean')
        True
    """
    return _SPACE.sub(" ", _LINE_END.sub("", text.translate(_MARKS))).casefold().strip()


def sought_phrases(quoted: Sequence[str], *, called: Iterable[frozenset[str]]) -> tuple[str, ...]:
    """Return what of the quoted is to be found word for word, in order, at most eight phrases.

    Args:
        quoted: What stands in quotation marks.
        called: The terms of each title and file name of the documents that the question names.
    """
    names = tuple(called)
    found = []
    unique = {folded(one).strip(" .,;:?!"): " ".join(one.split()).strip(" .,;:?!") for one in reversed(quoted)}
    for phrase in reversed(unique.values()):
        said = frozenset(terms(phrase))
        if len(phrase) < _MIN_CHARS or not said or is_period(phrase):
            continue
        if not any(len(said) > 1 and said <= name for name in names):
            found.append(phrase)
    return tuple(found[:MAX_PHRASES])


def lift(
    ranked: Sequence[Ranked], phrases: Sequence[str], *, texts: PassageTexts, named: Collection[str] = ()
) -> tuple[list[Ranked], tuple[QuotedPhrase, ...]]:
    """Put hits that hold more of the phrases before those that hold fewer, and tell how many hold each.

    Those of the documents named stay before all others. The order among equals stays; the scores that were there are
    given out anew, so that they descend.
    """
    if not phrases or not ranked:
        return list(ranked), tuple(QuotedPhrase(text=phrase, n_passages=0) for phrase in phrases)
    wanted = [_pattern(phrase) for phrase in phrases]
    held = []
    for entry in ranked:
        text = _text(entry.hit, texts)
        held.append([one.search(text) is not None for one in wanted])
    outside = [bool(named) and entry.hit.payload["document_id"] not in named for entry in ranked]
    order = sorted(range(len(ranked)), key=lambda place: (outside[place], -sum(held[place]), place))
    scores = sorted((entry.score for entry in ranked), reverse=True)
    lifted = [replace(ranked[place], score=score) for place, score in zip(order, scores, strict=True)]
    counts = [sum(row[number] for row in held) for number in range(len(phrases))]
    return lifted, tuple(QuotedPhrase(text=phrase, n_passages=n) for phrase, n in zip(phrases, counts, strict=True))


def holds_all(text: str, phrases: Sequence[str]) -> bool:
    """Say whether a text holds every phrase word for word."""
    return not phrases or all(one.search(folded(text)) for one in map(_pattern, phrases))


def _pattern(phrase: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(folded(phrase))}(?!\w)")


def _text(hit: IndexHit, texts: PassageTexts) -> str:
    start, end = hit.payload["start"], hit.payload["end"]
    if not isinstance(start, int) or not isinstance(end, int):
        return ""
    return folded(texts.cut(str(hit.payload["text_hash"]), start, end))
