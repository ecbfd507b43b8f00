"""Sub-questions: a comparison or a list is asked of each document by itself.

A part is one aspect of one document. What is compared is what is left of the question without its words of comparing
and without the names of the documents compared. Rules alone decide; retrieved text has no say in it.
"""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from averment.core.documents import DocumentVersion
from averment.core.interpretation import SurveyCoverage
from averment.pipelines.reasoning.comparing import read_comparison
from averment.pipelines.reasoning.document_names import name_of, shown_title
from averment.pipelines.reasoning.notices import Language
from averment.pipelines.reasoning.words import stems
from averment.pipelines.retrieval.planning import split_parts

MAX_PARTS: Final = 12
MAX_LISTED: Final = 64
"""Documents that a list names at most; those that a loop must be asked of count as parts."""
MAX_READ_CHARS: Final = 2_000
# The aspect of the parts of a comparison of figures: it has one.
COMPARED: Final = "figure"
Want = Literal["compare", "list"]

_COMPARES: Final = re.compile(
    r"\b(?:compar(?:e|es|ed|ing|ison)|differences?\s+between|differs?|versus|vs\.?|vergleich\w*|gegenüber(?:zu)?stell\w*|"
    r"unterscheide\w*|unterschiede?)\b",
    re.IGNORECASE,
)
_LEAD: Final = re.compile(
    r"^\s*(?:(?:please|bitte|can\s+you|could\s+you)\s+)?"
    r"(?:compare|comparing|vergleiche?n?(?:\s+sie)?|stelle?n?(?:\s+sie)?"
    r"|(?:what|which|how\s+(?:large|big|great))\s+(?:is|are|was|were)\s+the\s+differences?\s+(?:between|in|of)"
    r"|(?:was|wie\s+groß)\s+(?:ist|sind|war|waren)\s+(?:der|die)\s+unterschiede?\s+(?:zwischen|bei|in)"
    r"|how\s+(?:does|do|did)|wie|worin)\b\s*",
    re.IGNORECASE,
)
_VERB: Final = (
    r"(?:compares?\s+(?:to|with)|differs?(?:\s+from)?|versus|vs\.?|unterscheide[nt]\s+sich|gegenüber(?:gestellt)?|"
    r"im\s+vergleich\s+zu[rm]?|compared\s+(?:to|with))\b"
)
_FRONT: Final = re.compile(rf"^\s*{_VERB}[\s,:]*", re.IGNORECASE)
_TAIL: Final = re.compile(rf"\s+{_VERB}.*$", re.IGNORECASE | re.DOTALL)
_PAPER: Final = (
    r"agreements?|contracts?|leases?|licen[cs]es?|documents?|filings?|reports?|amendments?|companies|company|"
    r"\w*(?:vertrag(?:e?s)?|verträgen?|vereinbarung(?:en)?|abkommens?|bericht(?:e?n?|e?s)?|dokumenten?)"
)
_SMALL: Final = (
    r"the|a|an|and|or|of|in|between|under|for|from|across|among|both|all|our|these|those|two|three|with|to|"
    r"der|die|das|den|dem|des|und|oder|von|im|zwischen|bei|aus|beiden?|über|alle[nr]?|unsere[nr]?"
)
_HEAD: Final = re.compile(rf"^(?:[\s,:;]|\b(?:{_SMALL}|{_PAPER})\b)+(?=[,:;]|\b(?:and|und)\b)[\s,:;]*", re.IGNORECASE)
_END: Final = re.compile(rf"[\s,:;]+(?:(?:{_SMALL}|{_PAPER})\b[\s,:;]*)*$", re.IGNORECASE)
_JOINER: Final = re.compile(r"^(?:[\s,:;]|\b(?:and|or|in|of|between|und|oder|zwischen|von)\b)+", re.IGNORECASE)
_GAP: Final = re.compile(r"\s(?:between|of|in|zwischen|von|bei)\s+(?:and|und)\b", re.IGNORECASE)
_AND_THE: Final = re.compile(r"\s*,?\s+(?:and\s+(?=the\b)|und\s+(?=(?:der|die|das)\b))", re.IGNORECASE)
_WORD: Final = re.compile(r"(?P<bare>\w[\w&.-]*)(?:[’'](?:s\b)?)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One sub-question: what is asked of which document; answers of one aspect are compared with each other."""

    document_id: str
    title: str
    question: str
    aspect: str


def wanted(question: str, survey: SurveyCoverage | None) -> Want | None:
    """Say whether each document is to be asked by itself: for a comparison, or a list of whatever documents fit."""
    if _COMPARES.search(question):
        return "compare"
    return "list" if survey is not None else None


def parts_of(
    question: str,
    documents: Sequence[DocumentVersion],
    *,
    named: Collection[str],
    survey: SurveyCoverage | None,
    is_whole: bool = False,
    language: Language,
) -> tuple[Part, ...]:
    """Return the sub-questions of a question, document by document; none where it is not about several documents.

    Args:
        question: What is asked, self-contained.
        documents: What it can be asked of, best first.
        named: Ids of the documents that it names.
        survey: What was looked at for a question about many documents.
        is_whole: Whether the documents are all in scope, so that a comparison that names none means them.
        language: Of the question.
    """
    want = wanted(question, survey)
    if len(question) > MAX_READ_CHARS:
        return ()
    compared = [document for document in documents if document.document_id in named]
    asked = aspects(question, compared, language=language) if want == "compare" and len(compared) > 1 else ()
    if len(asked) < 2 and (figures := read_comparison(question, compared)):
        return _made([(one.document, one.question, COMPARED) for one in figures])
    if want is None:
        return ()
    if want == "list":
        return _listed(question, documents, survey)
    if not compared and (survey is not None or is_whole):
        compared = list(documents)
        asked = aspects(question, compared, language=language) if len(compared) > 1 else ()
    return _made([(document, aspect, aspect) for document in _in_order(question, compared) for aspect in asked])


def _made(asked: Sequence[tuple[DocumentVersion, str, str]]) -> tuple[Part, ...]:
    """Return the parts of (document, question, aspect), each document named so that it is told from the others."""
    titles = Counter({document.document_id: document.title for document, _, _ in asked}.values())
    return tuple(
        Part(
            document_id=document.document_id,
            title=shown_title(document.title) if titles[document.title] == 1 else name_of(document),
            question=question,
            aspect=aspect,
        )
        for document, question, aspect in asked[:MAX_PARTS]
    )


def aspects(question: str, documents: Sequence[DocumentVersion], *, language: Language) -> tuple[str, ...]:
    """Return what is compared, each as a question of its own; none where nothing is left to ask.

    Args:
        question: A comparison.
        documents: What is compared.
        language: Of the question.
    """
    rest = _without_names(_LEAD.sub("", question.strip(" ?.")), documents)
    bare = _cut(rest)
    if not stems(bare):
        return ()
    parts = split_parts(bare)
    if len(parts) == 1:
        parts = tuple(_AND_THE.split(bare))
    return tuple(dict.fromkeys(_asked(part, language) for part in parts if stems(part)))


def _listed(question: str, documents: Sequence[DocumentVersion], survey: SurveyCoverage | None) -> tuple[Part, ...]:
    """Ask the whole question of each document that meets what is demanded, or of the best where no rule can tell."""
    found, limit = [(document.document_id, document.title) for document in documents], MAX_PARTS
    if survey is not None and survey.documents_matched is not None:
        found, limit = [(match.document_id, match.title) for match in survey.matches], MAX_LISTED
    return tuple(
        Part(document_id=document_id, title=shown_title(title), question=question, aspect=question)
        for document_id, title in found[:limit]
    )


def _in_order(question: str, documents: Sequence[DocumentVersion]) -> list[DocumentVersion]:
    """Return documents in the order in which the question names them; what it does not name comes last."""

    def place(document: DocumentVersion) -> int:
        others = frozenset[str]().union(*(_words_of(other) for other in documents if other is not document))
        own = _words_of(document) - others
        return next(
            (found.start() for found in _WORD.finditer(question) if _plain(found["bare"]) in own), len(question)
        )

    return sorted(documents, key=place)


def _words_of(document: DocumentVersion) -> frozenset[str]:
    """Return the words of a document's names, in lower case."""
    names = (document.title, document.issuer or "", *document.parties)
    return frozenset(_plain(found["bare"]) for name in names for found in _WORD.finditer(name))


def _plain(word: str) -> str:
    return word.lower().strip(".")


def _without_names(text: str, documents: Sequence[DocumentVersion]) -> str:
    """Take the documents' names out of a question: words written like names, and title words side by side."""
    known = frozenset[str]().union(*map(_words_of, documents))
    words = list(_WORD.finditer(text))
    named = [_plain(found["bare"]) in known for found in words]
    kept, at = "", 0
    for place, found in enumerate(words):
        is_written_so = re.search(r"[A-ZÄÖÜ0-9]", found["bare"]) is not None
        is_name = named[place] and (is_written_so or _touches(text, words, place=place, named=named))
        kept += text[at : found.start()] + ("" if is_name else found[0])
        at = found.end()
    return " ".join((kept + text[at:]).split())


def _touches(text: str, words: Sequence[re.Match[str]], *, place: int, named: Sequence[bool]) -> bool:
    """Say whether a word stands right beside another one of the names: "the software licence agreement"."""
    before = place > 0 and named[place - 1] and not text[words[place - 1].end() : words[place].start()].strip()
    is_last = place + 1 == len(words)
    after = not is_last and named[place + 1] and not text[words[place].end() : words[place + 1].start()].strip()
    return before or after


def _cut(text: str) -> str:
    text = _TAIL.sub("", _FRONT.sub("", text))
    while (cut := _JOINER.sub("", _END.sub("", _HEAD.sub("", f" {text}"))).strip()) != text:
        text = _FRONT.sub("", cut)
    return _GAP.sub("", text)


def _asked(aspect: str, language: Language) -> str:
    aspect = aspect.strip(" ,:;?.")
    if language == "de":
        return f"Wie lautet {aspect}?"
    return f"What is {aspect}?"
