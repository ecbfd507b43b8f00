"""Masking: personal data replaced by what it is and a number, the same number for the same person or thing.

`[PERSON 1]` is one person throughout what one `Masker` masks, also where only the surname stands. Where something
stood, and where it stands in the masked text, is kept: offsets into the original stay usable. Masked text is no longer
the text that a log entry commits to; who must prove a passage keeps the original.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from averment.compliance.pii.kinds import Kind, Level, Span
from averment.compliance.pii.names import surname
from averment.core.jsonable import Json

# Members of our JSON that hold ids, times, digests and proofs: masking them would break what they refer to.
_NO_TEXT: Final = re.compile(r"(?:.*_)?(?:id|ids|hash|digest|at|version|model|revision|checkpoint|receipt|proof)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """A part of a text that was masked.

    Args:
        start: Where it stood in the original, code points from 0.
        end: Where it ended there, exclusive.
        masked_start: Where its mark stands in the masked text.
        masked_end: Where the mark ends there, exclusive.
        kind: What it was.
        mark: What stands there now.
        score: How sure the recogniser was, 0-1.
        recogniser: Who found it.
    """

    start: int
    end: int
    masked_start: int
    masked_end: int
    kind: Kind
    mark: str
    score: float
    recogniser: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskedText:
    """A text with personal data masked at a level, and what was replaced, in order."""

    text: str
    level: Level
    replaced: tuple[Replacement, ...]


class Masker:
    """Masks texts that belong together: a document, an export.

    Args:
        find: Returns what is recognised in a text, in order, without overlaps.
        level: What is masked.
    """

    def __init__(self, find: Callable[[str], Sequence[Span]], *, level: Level) -> None:
        self.level = level
        self._find = find
        self._full_names: dict[str, str] = {}
        self._marks: dict[tuple[Kind, str], str] = {}
        self._given: Counter[Kind] = Counter()
        self._replaced: Counter[Kind] = Counter()

    @property
    def counts(self) -> Mapping[str, int]:
        """Return how many places were masked so far, by kind."""
        return {kind.value: number for kind, number in sorted(self._replaced.items())}

    def mask(self, text: str) -> MaskedText:
        """Mask one text."""
        spans = [] if self.level is Level.NONE else [s for s in self._find(text) if s.kind in self.level.kinds]
        self._learn_names(text, spans)
        parts: list[str] = []
        replaced: list[Replacement] = []
        place = length = 0
        for span in spans:
            mark = self._mark(span.kind, text[span.start : span.end])
            parts += [text[place : span.start], mark]
            length += span.start - place
            replaced.append(_replacement(span, mark, at=length))
            length += len(mark)
            place = span.end
        self._replaced.update(span.kind for span in spans)
        return MaskedText(text="".join([*parts, text[place:]]), level=self.level, replaced=tuple(replaced))

    def mask_json(self, value: Json) -> Json:
        """Mask the texts of a JSON value; ids, times, digests and proofs stay.

        The texts are read together, so that a name found in one of them is masked in all.
        """
        texts = list(dict.fromkeys(_texts(value)))
        between = _separator(texts)
        masked = self.mask(between.join(texts)).text.split(between)
        return _with_texts(value, dict(zip(texts, masked, strict=True)))

    def _mark(self, kind: Kind, text: str) -> str:
        key = (kind, self._identity(kind, text))
        if key not in self._marks:
            self._given[kind] += 1
            self._marks[key] = f"[{kind.value.upper().replace('_', ' ')} {self._given[kind]}]"
        return self._marks[key]

    def _identity(self, kind: Kind, text: str) -> str:
        folded = text.casefold()
        if kind is Kind.PERSON:
            return self._full_names.get(folded, _first_and_last(text))
        return " ".join(folded.split()) if kind is Kind.ADDRESS else re.sub(r"[\s()/.-]", "", folded)

    def _learn_names(self, text: str, spans: Iterable[Span]) -> None:
        """Remember who is meant by a surname alone: the first who is named in full."""
        for span in spans:
            name = text[span.start : span.end]
            if span.kind is Kind.PERSON and " " in name:
                self._full_names.setdefault(surname(name).casefold(), _first_and_last(name))


def _replacement(span: Span, mark: str, *, at: int) -> Replacement:
    return Replacement(
        start=span.start,
        end=span.end,
        masked_start=at,
        masked_end=at + len(mark),
        kind=span.kind,
        mark=mark,
        score=span.score,
        recogniser=span.recogniser,
    )


def _first_and_last(name: str) -> str:
    last = surname(name)
    return last.casefold() if last == name else f"{name.split(maxsplit=1)[0]} {last}".casefold()


def _separator(texts: Iterable[str]) -> str:
    """Return what stands in none of the texts and what nothing that is recognised reaches across."""
    longest = max((len(run) for text in texts for run in re.findall("\ue000+", text)), default=0)
    return "\n" + "\ue000" * (longest + 1) + "\n"


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, dict):
        for name, member in value.items():
            if _NO_TEXT.fullmatch(name) is None:
                yield from _texts(member)
    elif isinstance(value, list):
        for member in value:
            yield from _texts(member)
    elif isinstance(value, str):
        yield value


def _with_texts(value: Json, texts: Mapping[str, str]) -> Json:
    if isinstance(value, dict):
        return {
            name: member if _NO_TEXT.fullmatch(name) else _with_texts(member, texts) for name, member in value.items()
        }
    if isinstance(value, list):
        return [_with_texts(member, texts) for member in value]
    return texts[value] if isinstance(value, str) else value
