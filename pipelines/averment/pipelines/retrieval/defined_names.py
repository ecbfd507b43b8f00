"""Other names of what a question names, as the documents it speaks of define them.

"Acme Corp." is "the Licensee" throughout a contract that says so once; "network operations center" is "NOC". A question
in the one wording is searched in the other as well, inside the documents that it names and nowhere else: what a term
stands for is the document's own affair. Only short definitions that put one name for another are used, never those
that explain a term.
"""

import re
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from averment.core.documents import DocumentVersion
from averment.core.interpretation import Synonym
from averment.core.structure import DefinedTerm, DocumentStructure
from averment.pipelines.ingestion.sparse import terms
from averment.pipelines.ingestion.visibility import LaidTexts, read_shown_text
from averment.pipelines.retrieval.question import GENERIC_TERMS

MAX_DOCUMENTS: Final = 4
MAX_SYNONYMS: Final = 6
_KEPT: Final = 256
_MAX_WORDS: Final = 6
_MAX_NAME_CHARS: Final = 80
_CORPORATE_COMMA: Final = re.compile(
    r",(?=\s*(?:inc|llc|l\.l\.c|ltd|limited|l\.?p|llp|corp|plc|s\.?a|n\.?v|gmbh|ag)\b)", re.I
)
_NAME_END: Final = re.compile(r"[,;:()\n]|\s(?:a|an|eine?|mit\s+Sitz|having|with\s+its|whose)\s", re.I)
_ARTICLE: Final = re.compile(r"^(?:the|a|an|such|each|der|die|das|den|dem|and|und)\s+", re.I)
_ACRONYM: Final = re.compile(r"[A-Z][A-Z&]{1,5}")
_WORD: Final = re.compile(r"[^\W_]+(?:[’'.&-][^\W_]+)*")
_SMALL: Final = frozenset(
    ("of", "and", "the", "for", "in", "on", "to", "a", "an", "und", "der", "die", "das", "für", "von")
)
# What every contract calls its parties or itself by tells nothing of one of them.
_EVERYBODY: Final = frozenset(
    term
    for word in ("party", "parties", "agreement", "contract", "partei", "parteien", "vertrag")
    for term in terms(word)
)


class StructureTexts(LaidTexts, Protocol):
    """Reads texts and what was read of how they are built."""

    def structure(self, text_hash: str | None, *, document_id: str | None = None) -> DocumentStructure:
        """Return the defined terms of a text; empty where none were read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamePair:
    """A name and the short form that a document defines for it, each with its terms."""

    name: str
    short: str
    name_terms: frozenset[str]
    short_terms: frozenset[str]
    is_acronym: bool


class DefinedNames:
    """The names that documents define, read once for each; safe for several threads.

    Args:
        texts: Where texts and structures are read.
        kept: How many documents stay in memory.
    """

    def __init__(self, texts: StructureTexts, *, kept: int = _KEPT) -> None:
        self._texts = texts
        self._kept = kept
        self._lock = threading.Lock()
        self._pairs: OrderedDict[tuple[str, str], tuple[NamePair, ...]] = OrderedDict()

    def synonyms(
        self, documents: Sequence[DocumentVersion], *, asked: str, names: frozenset[str]
    ) -> tuple[Synonym, ...]:
        """Return other names of what is asked about, in order of the documents, at most six.

        Args:
            documents: The documents that the question speaks of; the first four are looked at.
            asked: What is asked inside them, as the user put it.
            names: Terms of names that stand where something is asked about them, and not only to name a document.
        """
        found: dict[str, Synonym] = {}
        for version in documents[:MAX_DOCUMENTS]:
            for pair in chosen_pairs(self.pairs(version), asked=asked, names=names):
                found.setdefault(pair.means.casefold(), pair)
        return tuple(found.values())[:MAX_SYNONYMS]

    def pairs(self, version: DocumentVersion) -> tuple[NamePair, ...]:
        """Return the names a document defines; empty for one without text or terms."""
        if version.text_hash is None:
            return ()
        key = version.document_id, version.text_hash
        with self._lock:
            if key in self._pairs:
                self._pairs.move_to_end(key)
                return self._pairs[key]
        structure = self._texts.structure(version.text_hash, document_id=version.document_id)
        # What is hidden defines nothing.
        text = read_shown_text(version, self._texts) if structure.terms else ""
        made = tuple(name_pairs(text, structure.terms))
        with self._lock:
            self._pairs[key] = made
            while len(self._pairs) > self._kept:
                self._pairs.popitem(last=False)
        return made


def name_pairs(text: str, defined: Sequence[DefinedTerm]) -> Iterator[NamePair]:
    """Yield what short definitions put for each other.

    Example:
        >>> from averment.pipelines.anatomy.terms import find_terms
        >>> text = 'Acme Corp., a Delaware corporation (the "Licensee"), runs a network operations center ("NOC").'
        >>> [(pair.name, pair.short) for pair in name_pairs(text, find_terms(text))]
        [('Acme Corp.', 'Licensee'), ('network operations center', 'NOC')]
    """
    for term in defined:
        for name in _names(term, text):
            own, short = frozenset(terms(name)), frozenset(terms(term.term))
            if own and short and not own <= short and not short <= _EVERYBODY:
                is_acronym = _ACRONYM.fullmatch(term.term) is not None
                yield NamePair(name=name, short=term.term, name_terms=own, short_terms=short, is_acronym=is_acronym)


def chosen_pairs(pairs: Sequence[NamePair], *, asked: str, names: frozenset[str]) -> Iterator[Synonym]:
    """Yield the synonyms of what is asked about.

    A question that says the names of several parties says which contract it means; then none of them is looked for.
    """
    said = frozenset(terms(asked))
    words = frozenset(_WORD.findall(asked))
    called = [pair for pair in pairs if _is_called(pair, names)]
    if len({pair.name_terms for pair in called}) == 1:
        yield from (Synonym(said=pair.name, means=pair.short) for pair in called)
    for pair in pairs:
        if pair in called:
            continue
        if len(pair.name_terms) > 1 and pair.name_terms <= said and not pair.short_terms <= said:
            yield Synonym(said=pair.name, means=pair.short)
        elif pair.is_acronym and pair.short in words and not pair.name_terms <= said:
            yield Synonym(said=pair.short, means=pair.name)


def _is_called(pair: NamePair, names: frozenset[str]) -> bool:
    telling = frozenset(term for term in pair.name_terms if term not in GENERIC_TERMS and len(term) > 2)
    return bool(telling) and telling <= names


def _names(term: DefinedTerm, text: str) -> Iterator[str]:
    """Yield what a term stands for where that is a name: the beginning of what it follows, or its last words."""
    if term.definition_start <= term.start < term.definition_end:
        return  # "X" means ...: explained, not named
    before = text[term.definition_start : term.definition_end]
    head = _CORPORATE_COMMA.sub("\x00", _ARTICLE.sub("", before.strip()))
    end = _NAME_END.search(head)
    name = " ".join((head[: end.start()] if end else head).replace("\x00", ",").split())
    tail = _spelled_out(term.term, before) if _ACRONYM.fullmatch(term.term) else None
    if tail is not None:
        yield tail
    elif 0 < len(name) <= _MAX_NAME_CHARS and len(_WORD.findall(name)) <= _MAX_WORDS:
        yield name


def _spelled_out(acronym: str, before: str) -> str | None:
    """Return the last words of a text whose initials spell an acronym; None where they do not."""
    words = list(_WORD.finditer(before))
    letters = [letter for letter in acronym.casefold() if letter.isalpha()]
    place = len(words)
    while letters and place:
        place -= 1
        word = words[place].group()
        if word[0].casefold() == letters[-1]:
            letters.pop()
        elif word.casefold() not in _SMALL:
            return None
    return None if letters else " ".join(before[words[place].start() : words[-1].end()].split())
