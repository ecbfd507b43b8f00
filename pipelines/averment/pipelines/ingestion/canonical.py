"""Writing a canonical text together with the elements that cover it.

The writer collapses white space, puts blocks on lines of their own, and remembers where every block starts and ends.
Once written, a text never changes: offsets into it are for ever.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from averment.core.documents import Element, ElementKind
from averment.pipelines.ingestion.hidden import HiddenReason

_UNWANTED: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(slots=True)
class CanonicalWriter:
    """Collects a text and its elements.

    `hidden` (why the text is not seen) and `section` apply to the blocks that end while they are set.
    """

    parts: list[str] = field(default_factory=list)
    elements: list[Element] = field(default_factory=list)
    length: int = 0
    section: tuple[str, ...] = ()
    hidden: HiddenReason | None = None
    _block_start: int = 0
    _block_first_part: int = 0
    _is_line_start: bool = True
    _is_space_pending: bool = False

    def next_start(self) -> int:
        """Return where the next visible character will stand."""
        return self.length + (self._is_space_pending and not self._is_line_start)

    def space(self) -> None:
        """Separate what follows from what stands before it in the same line."""
        self._is_space_pending = True

    def glue(self) -> None:
        """Let what follows touch what stands before it."""
        self._is_space_pending = False

    def set_apart(self, text: str) -> None:
        """Separate a raised text from the figure before it: `2025` and a small `1` are no `20251`."""
        if text[:1].isdigit() and self.parts and self.parts[-1][-1:].isdigit():
            self._is_space_pending = True

    def write(self, text: str) -> None:
        """Append text to the current line, with its white space collapsed."""
        tokens = text.split()
        if not tokens:
            self._is_space_pending = self._is_space_pending or bool(text)
            return
        if text[0].isspace():
            self._is_space_pending = True
        joined = " ".join(tokens)
        if not joined.isprintable():
            joined = _UNWANTED.sub("\ufffd", joined)
        if self._is_space_pending and not self._is_line_start:
            joined = " " + joined
        self.parts.append(joined)
        self.length += len(joined)
        self._is_line_start = False
        self._is_space_pending = text[-1].isspace()

    def end_line(self, kind: ElementKind = ElementKind.PARAGRAPH, *, joins: bool = False) -> Element | None:
        """End the current line; unless `joins`, what was written since the last end becomes an element."""
        self._is_space_pending = False
        element = None if joins else self._end_block(kind)
        if not self._is_line_start:
            self.parts.append("\n")
            self.length += 1
            self._is_line_start = True
        if not joins:
            self._block_start, self._block_first_part = self.length, len(self.parts)
        return element

    def _end_block(self, kind: ElementKind) -> Element | None:
        text = "".join(self.parts[self._block_first_part :])
        end = self._block_start + len(text.rstrip())
        if end == self._block_start:
            return None
        element = Element(
            id=f"e{len(self.elements) + 1}",
            kind=kind,
            text=text.rstrip(),
            start=self._block_start,
            end=end,
            section=self.section,
            is_hidden=self.hidden is not None,
            hidden_reason=None if self.hidden is None else self.hidden.value,
        )
        self.elements.append(element)
        return element

    def write_hidden(self, texts: Iterable[tuple[str, HiddenReason]]) -> None:
        """Write texts that are not seen, each as an element of its own that says why."""
        for text, reason in texts:
            for line in text.splitlines():
                self.write(line)
                self.end_line(joins=True)
            self.hidden = reason
            self.end_line(ElementKind.OTHER)
            self.hidden = None

    def cut(self, start: int) -> str:
        """Return what was written from an offset of the current line on."""
        if start >= self.length:
            return ""
        tail: list[str] = []
        position = self.length
        for part in reversed(self.parts):
            tail.append(part)
            position -= len(part)
            if position <= start:
                break
        return "".join(reversed(tail))[start - position :]

    def text(self) -> str:
        """Return what was written."""
        return "".join(self.parts)
