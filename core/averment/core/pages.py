"""Places of a document opened for the eye: a page with what is marked on it, or a stretch of text without pages."""

from dataclasses import dataclass

from averment.core.documents import Box, DocumentVersion, PageSpan


@dataclass(frozen=True, slots=True, kw_only=True)
class Highlight:
    """A span of a canonical text and the boxes it covers on one page, one a line; none where it is on other pages."""

    start: int
    end: int
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedPage:
    """One page of one of a document's texts.

    `content_hash` and `media_type` are those of the file that the text was read from; `has_picture` is False where that
    file is no longer kept, or may not be shown since words of it were erased.
    """

    document: DocumentVersion
    text_hash: str
    span: PageSpan
    n_pages: int
    text: str
    highlights: tuple[Highlight, ...]
    content_hash: str
    media_type: str
    has_picture: bool

    @property
    def boxes(self) -> tuple[Box, ...]:
        """Return what is to be marked on the page."""
        return tuple(box for highlight in self.highlights for box in highlight.boxes)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextWindow:
    """The stretch `start:end` of a canonical text of `n_chars` characters."""

    document_id: str
    text_hash: str
    start: int
    end: int
    text: str
    n_chars: int
