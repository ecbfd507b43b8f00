"""What of a parsed document is seen by whoever opens it, so that nothing else is searched, quoted or shown to a model.

Hidden elements stay in the canonical text, where a reviewer finds them; here they are covered with spaces, so that
offsets stay the same. Characters that no font shows (zero-width, bidirectional controls, tags) are dropped from what
is embedded and from what a model reads; a canonical text that is a file's own characters keeps them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final, Protocol

from averment.core.documents import DocumentVersion, Element, ParsedDocument
from averment.core.unseen import strip_unseen, unseen_count
from averment.pipelines.ingestion.hidden import HiddenReason

_KEPT_SPACES: Final = "\n\f\r"


class LaidTexts(Protocol):
    """Reads canonical texts and what points into them."""

    def text(self, text_hash: str) -> str:
        """Return a whole canonical text."""

    def elements(self, text_hash: str, *, document_id: str | None = None) -> tuple[Element, ...]:
        """Return the parsed blocks of a text, in a document."""


def hidden_spans(elements: Iterable[Element]) -> list[tuple[int, int]]:
    """Return the spans of hidden elements in order, touching ones joined."""
    spans: list[tuple[int, int]] = []
    for element in sorted((e for e in elements if e.is_hidden), key=lambda e: e.start):
        if spans and element.start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], element.end))
        else:
            spans.append((element.start, element.end))
    return spans


def seen(parsed: ParsedDocument) -> ParsedDocument:
    """Return the document without its hidden elements: their text covered with spaces, offsets unchanged."""
    spans = hidden_spans(parsed.elements)
    if not spans:
        return parsed
    return replace(
        parsed,
        text=cover(parsed.text, spans),
        elements=tuple(element for element in parsed.elements if not element.is_hidden),
    )


def shown_text(text: str, elements: Iterable[Element]) -> str:
    """Return a canonical text with what is hidden covered with spaces, offsets unchanged."""
    return cover(text, hidden_spans(elements))


def read_shown_text(version: DocumentVersion, texts: LaidTexts) -> str:
    """Read the text of a document as whoever opens it sees it; empty for one without text.

    A certificate that tells of nothing hidden saves the look at the layout.
    """
    if version.text_hash is None:
        return ""
    text = texts.text(version.text_hash)
    if version.certificate is not None and not version.certificate.whole.n_hidden:
        return text
    return shown_text(text, texts.elements(version.text_hash, document_id=version.document_id))


def cover(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """Return a text with spans of it covered with spaces, offsets unchanged."""
    return "".join(_covered(text, spans)) if spans else text


def _covered(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[str]:
    position = 0
    for start, end in spans:
        yield text[position:start]
        yield "".join(char if char in _KEPT_SPACES else " " for char in text[start:end])
        position = end
    yield text[position:]


def mark_unseen(parsed: ParsedDocument) -> ParsedDocument:
    """Mark the elements that hold characters no font shows, and count those in the warnings.

    An element of nothing else is hidden; one that also shows text only carries the reason.
    """
    if parsed.text.isascii() or not (n_unseen := unseen_count(parsed.text)):
        return parsed
    return replace(
        parsed,
        elements=tuple(_marked(element) for element in parsed.elements),
        warnings={**parsed.warnings, "unseen_characters": n_unseen},
    )


def _marked(element: Element) -> Element:
    if element.is_hidden or not unseen_count(element.text):
        return element
    return replace(
        element,
        is_hidden=not strip_unseen(element.text).strip(),
        hidden_reason=HiddenReason.FORMAT_CHARACTERS.value,
    )
