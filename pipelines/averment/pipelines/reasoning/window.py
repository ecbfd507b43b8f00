"""The stretch of a document that a model sees around the sentences it may choose from.

The sentences of a document are cut into windows from its beginning, whatever is asked, and a question is shown the
window that holds most of what it offers. Requests about one document then begin alike, and the server's prefix cache
computes what they share once.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from averment.core.access import AccessLabel
from averment.pipelines.reasoning.evidence import Source
from averment.pipelines.reasoning.prompts import one_line
from averment.pipelines.reasoning.reader import Candidate
from averment.pipelines.reasoning.sentences import Span

# What models make of contracts in English and German; the smaller, the surer a window fits.
CHARS_PER_TOKEN: Final = 3
MAX_TITLE_CHARS: Final = 120

SentencesOf = Callable[[Source], Sequence[Span]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a model sees: a window of one document, further sentences, and which of all it may choose.

    `window` holds (label, text) in reading order, empty where nothing but the candidates is shown; `others` holds
    (label, title, text) of the candidates outside it. Every text is one line.
    """

    title: str
    window: tuple[tuple[str, str], ...]
    others: tuple[tuple[str, str, str], ...]
    offered: Mapping[str, Candidate]

    @property
    def labels(self) -> tuple[AccessLabel, ...]:
        """Return the labels of the documents that are shown; the window is of one of those that are offered."""
        return tuple(dict.fromkeys(item.source.document.access for item in self.offered.values()))

    def variables(self) -> dict[str, object]:
        """Return what the prompts name."""
        choice = list(self.offered) if self.window else []
        return {"title": self.title, "window": self.window, "sentences": self.others, "choice": choice}


def show(candidates: Sequence[Candidate], *, sentences_of: SentencesOf, max_tokens: int) -> Shown:
    """Choose what a model sees.

    Args:
        candidates: What it may choose, best first; at least one.
        sentences_of: Gives the citable sentences of a source, in order.
        max_tokens: About how long a window is; 0 shows the candidates alone.
    """
    source, first, window = None, 0, list[Span]()
    if max_tokens > 0:
        source, first, window = _fullest(candidates, sentences_of, max_tokens * CHARS_PER_TOKEN)
    numbers = {span.places: first + number for number, span in enumerate(window, start=1)}
    offered: dict[str, Candidate] = {}
    others: list[tuple[str, str, str]] = []
    for item in candidates:
        number = numbers.get(item.span.places) if item.source is source else None
        # Outside the window numbers would tell of a place that is not shown, or of another document's.
        label = f"S{number}" if number else f"{'X' if window else 'S'}{len(others) + 1}"
        offered[label] = item
        if number is None:
            others.append((label, one_line(item.source.document.title)[:MAX_TITLE_CHARS], one_line(item.span.text)))
    return Shown(
        title=one_line(source.document.title)[:MAX_TITLE_CHARS] if source else "",
        window=tuple((f"S{number}", one_line(span.text)) for number, span in enumerate(window, start=first + 1)),
        others=tuple(others),
        offered=offered,
    )


def windows(sentences: Sequence[Span], *, max_chars: int) -> list[tuple[int, int]]:
    """Cut sentences into stretches of at most so many characters, each of one sentence at least.

    Returns:
        Half-open ranges of sentence numbers that follow each other and hold every sentence.
    """
    found, begin, size = list[tuple[int, int]](), 0, 0
    for number, span in enumerate(sentences):
        length = len(one_line(span.text)) + 1
        if number > begin and size + length > max_chars:
            found.append((begin, number))
            begin, size = number, 0
        size += length
    return [*found, (begin, len(sentences))] if sentences else []


def _fullest(
    candidates: Sequence[Candidate], sentences_of: SentencesOf, max_chars: int
) -> tuple[Source, int, list[Span]]:
    """Return the source whose window holds most candidates, the best one's among equals, and that window."""
    source = Counter(item.source for item in candidates).most_common(1)[0][0]
    sentences = sentences_of(source)
    wanted = {item.span.places for item in candidates if item.source is source}
    cut = windows(sentences, max_chars=max_chars)
    begin, end = max(cut, key=lambda place: sum(span.places in wanted for span in sentences[slice(*place)]))
    return source, begin, list(sentences[begin:end])
