"""Questions that lean on an earlier one, made self-contained by rules: English, and German.

"And who may terminate it?" after a question about a lease is asked of that lease. What it leans on is taken from the
earlier question and from the catalog's names of the documents that it was about, never from the text of a document.
The documents stand in an opening clause, which every later step reads as a condition, so that pronouns may stay as they
are. A fragment ("And in 2023?", "Copper Valley?") is put into the earlier question in the place of its like. A question
that shows no sign of leaning on another one, or names what it is about, stays as it is.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from averment.core.documents import DocumentVersion
from averment.pipelines.reasoning.dates import find_dates, find_months
from averment.pipelines.reasoning.document_names import name_of
from averment.pipelines.reasoning.identity import read_scope
from averment.pipelines.reasoning.notices import Language, language_of
from averment.pipelines.reasoning.rules import metric_wordings, read_plan
from averment.pipelines.reasoning.sentences import VERB
from averment.pipelines.reasoning.topics import topics_of
from averment.pipelines.reasoning.words import stems
from averment.pipelines.retrieval.question import read_question

MAX_NAMED: Final = 4
MAX_READ_CHARS: Final = 2_000
_FRAGMENT_WORDS: Final = 10

_MARKER: Final = re.compile(
    r"^\s*(?:and|but|also|or|so|then|und|aber|auch|oder|dann)\b[\s,:]*"
    r"(?:(?:and|also|then|auch|dann)\b[\s,]*)?",
    re.IGNORECASE,
)
_ABOUT: Final = re.compile(
    r"^\s*(?:what|how)\s+about\b\s*|^\s*was\s+ist\s+mit\b\s*|^\s*wie\s+(?:sieht|steht)\s+es\s+(?:mit|bei|um)\b\s*"
    r"|^\s*(?:same|the\s+same|dasselbe|das\s+gleiche)\s+(?:for|für)\b\s*",
    re.IGNORECASE,
)
_LEAD: Final = re.compile(r"^\s*(?:for|in|of|at|with|on|für|bei|im|mit|von)\s+", re.IGNORECASE)
_ASKS: Final = re.compile(
    r"^\s*(?:(?:by|on|to|in|at|for|under|from|within|bis|ab|mit|in|an|von|unter)\s+)?"
    r"(?:what|which|who|whom|whose|when|where|why|how|wie|was|welche[rsmn]?|wer|wem|wen|wann|wo|warum|weshalb|"
    r"list|name|give|show|explain|describe|compare|nenne|liste|zeige|erkläre|vergleiche|gibt|darf|kann|muss|soll|"
    r"could|would|should)\b",
    re.IGNORECASE,
)
_EMPTY_IT: Final = re.compile(
    r"\b(?:is|was|would|will)\s+it\s+(?:not\s+)?(?:possible|permitted|allowed|required|necessary|true|clear|correct)\b"
    r"|\bdoes\s+it\s+(?:take|matter)\b|\bit\s+(?:is|was)\s+\w+\s+(?:that|to)\b"
    r"|\b(?:gibt|ist|wäre|war)\s+es\b|\bes\s+(?:gibt|ist|sei)\b",
    re.IGNORECASE,
)
_PRONOUN: Final = re.compile(
    r"\b(?i:it|its|itself|they|them|their|theirs|he|him|his|she|her|thereof|therein|thereunder|this|these|those|"
    r"er|ihn|ihm|ihnen|dessen|deren|darin|daraus|davon|darunter|hierzu|dies)\b|(?<=\s)(?:sie|ihr|ihre[rsmn]?|es)\b"
)
_PAPER: Final = re.compile(
    r"\b(?:the|this|that|said|same|such|these|those)\s+(?:same\s+)?"
    r"(?:agreements?|contracts?|leases?|licen[cs]es?|documents?|filings?|reports?|amendments?|companies|company|ndas?)\b"
    r"|\b(?:der|die|das|den|dem|des|diese[rsmn]?|jene[rsmn]?)\s+"
    r"(?:\w*(?:vertrag(?:e?s)?|verträgen?|vereinbarung(?:en)?|abkommens?|bericht(?:e?s)?|dokuments?|unternehmens?))\b",
    re.IGNORECASE,
)
_DEFINITE: Final = re.compile(r"\b(?:the|die|der|das|den|dem)\s+[\w-]+", re.IGNORECASE)
# What is left of a question that asks after a measure of something named before.
_MEASURES: Final = frozenset(
    stems(
        "long much many high low large big often soon late early amount change changed grow grew grown increase "
        "increased decrease decreased rise fall apply applies limited capped "
        "lang lange hoch viel groß oft betrag geändert gestiegen gesunken verändert begrenzt"
    )
)
_ARTICLE: Final = re.compile(r"^(?:the|a|an|der|die|das|dem|den|des|eine?[rmn]?)\s+", re.IGNORECASE)
_OF: Final = re.compile(r"\s(?:in|of|under|from|by|im|des|der|von|aus|laut)\s.*", re.IGNORECASE | re.DOTALL)
_WORD: Final = re.compile(r"(?P<bare>\w[\w&.-]*)(?:[’'](?:s\b)?)?")
_YEAR: Final = re.compile(r"(?<![\d,.$€£])(?:(?:FY|fiscal|Q[1-4])\s*)?(?:19|20)\d{2}(?![\d%]|[,.]\d)", re.IGNORECASE)
_PERIOD_LEAD: Final = re.compile(
    r"(?:\b(?:in|for|from|during|as\s+of|as\s+at|at|im|zum|von|für|between)\s+)?(?:the\s+)?"
    r"(?:(?:first|second|third|fourth)\s+quarter\s+(?:of\s+)?)?(?:(?:three|six|nine|twelve)\s+months\s+)?"
    r"(?:(?:fiscal|financial)\s+)?(?:(?:years?|quarters?|period|Geschäftsjahr|Jahr)\s+)?(?:end(?:ed|ing)\s+)?$",
    re.IGNORECASE,
)
_COUNTED: Final[dict[tuple[Language, bool], str]] = {
    ("en", False): "the document of the answer before",
    ("en", True): "the {number} documents of the answer before",
    ("de", False): "das Dokument der vorigen Antwort",
    ("de", True): "die {number} Dokumente der vorigen Antwort",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the conversation speaks of: the latest question, self-contained, and the documents it was about."""

    question: str
    documents: tuple[DocumentVersion, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """A self-contained question; `document_ids` are what its search is limited to, empty for no limit."""

    question: str
    document_ids: tuple[str, ...] = ()


def leans(question: str) -> bool:
    """Say whether a question shows signs of leaning on an earlier one.

    >>> leans("And who may terminate it?"), leans("In 2023?"), leans("Is there a most-favored-nation clause?")
    (True, True, False)
    """
    rest = _rest(question)
    if len(question) > MAX_READ_CHARS:
        return False
    if _is_fragment(question, rest):
        return True
    read = read_question(rest)
    if _names(rest):
        return False
    plain = _EMPTY_IT.sub(" ", rest)
    if _PRONOUN.search(plain) or _PAPER.search(plain):
        return True
    # "The rent" is one that both know of; a question about whatever documents there are begins anew.
    return read.want == "one" and (rest != question.strip() or _DEFINITE.search(plain) is not None)


def resolve(question: str, context: Context) -> Resolved | None:
    """Make a question self-contained; None where nothing of the conversation can be carried over."""
    if not leans(question):
        return None
    rest = _rest(question)
    language = _language(question, context)
    if _is_fragment(question, rest):
        return _from_fragment(rest, context, language)
    asked = _with_subject(rest, context)
    asked = _with_period(asked, context)
    if not context.documents:
        return Resolved(question=_sentence(asked)) if asked != rest else None
    return _about(context.documents, asked, language)


def _rest(question: str) -> str:
    """Return a question without what joins it to the one before."""
    return _MARKER.sub("", question.strip(), count=1) or question.strip()


def _fragment(rest: str) -> str:
    return _LEAD.sub("", _ABOUT.sub("", rest, count=1), count=1).strip(" ?.!,")


def _is_fragment(question: str, rest: str) -> bool:
    """Say whether a question has no predicate of its own."""
    if _ABOUT.match(rest):
        return True
    is_short = 0 < len(rest.split()) <= _FRAGMENT_WORDS
    return is_short and question.rstrip().endswith("?") and not (_ASKS.match(rest) or VERB.search(rest))


def _names(text: str) -> list[str]:
    """Return the words of a question that may name a document, a party or a company."""
    read = read_question(text)
    return [text[name.start : name.end] for name in read.names if not name.is_generic]


def _language(question: str, context: Context) -> Language:
    """Return the language of a question; a fragment has the one of the question that it is put into."""
    rest = _rest(question)
    return language_of(context.question if _is_fragment(question, rest) else question)


def _from_fragment(rest: str, context: Context, language: Language) -> Resolved | None:
    fragment, core = _fragment(rest), read_scope(context.question).question
    ids = tuple(document.document_id for document in context.documents)
    if put := _put_period(_ABOUT.sub("", rest, count=1), context.question):
        return Resolved(question=put, document_ids=ids)
    if _names(fragment) and not topics_of(fragment):
        return Resolved(question=_of_another(fragment, core, context, language))
    bare = _ARTICLE.sub("", fragment)
    if put := _put_metric(bare, context.question):
        return Resolved(question=put, document_ids=ids)
    asked = f"what is provided about {fragment}?" if language == "en" else f"was gilt für {bare}?"
    return _about(context.documents, asked, language) if ids else None


def _put_period(rest: str, question: str) -> str | None:
    """Put the periods of a fragment that says nothing else in the place of those of a question."""
    new = _period_spans(rest)
    if not new or metric_wordings(rest):
        return None
    old = _period_spans(question)
    if not old:
        return f"{question.rstrip(' ?.')} {rest.rstrip(' ?.')}?"
    if len(old) != len(new):
        return None
    if len(new) == 1 and _led(rest, new[0]).lower() not in ("in", "for", "im", "für", ""):
        # The fragment says how long its period is: that goes along.
        start = old[0][0] - len(_led(question, old[0], strip=False))
        return f"{question[:start]}{rest[: new[0][1]]}{question[old[0][1] :]}"
    for (start, end), (first, last) in reversed(list(zip(old, new, strict=True))):
        question = question[:start] + rest[first:last] + question[end:]
    return question


def _led(text: str, span: tuple[int, int], *, strip: bool = True) -> str:
    """Return the words before a printed date that belong to its period, "in the three months ended"."""
    found = _PERIOD_LEAD.search(text[: span[0]])
    lead = found[0] if found else ""
    return lead.strip() if strip else lead


def _put_metric(fragment: str, question: str) -> str | None:
    """Put a fragment in the place of the figure that a question asks for."""
    plan = read_plan(read_scope(question))
    if plan is None or len(plan.metrics) != 1 or not metric_wordings(fragment):
        return None
    metric = plan.metrics[0][0]
    place = question.lower().rfind(metric.lower())
    return None if place < 0 else f"{question[:place]}{fragment}{question[place + len(metric) :]}"


def _of_another(fragment: str, core: str, context: Context, language: Language) -> str:
    """Ask the earlier question of what a fragment names."""
    known = {word.lower() for document in context.documents for word in re.findall(r"\w+", name_of(document))}
    kept = _WORD.sub(lambda found: "" if _bears(found["bare"], known) else found[0], core)
    return _opened([fragment], " ".join(kept.split()), language)


def _bears(word: str, known: Collection[str]) -> bool:
    """Say whether a word of a question is a part of a name: written like one, and known."""
    return bool(re.search(r"[A-ZÄÖÜ]", word)) and word.lower().strip(".") in known


def _with_subject(rest: str, context: Context) -> str:
    """Say what a measure is asked of: "how long is it" after a question about a non-compete clause."""
    bare = _PRONOUN.sub(" ", rest)
    said = set(stems(_PRONOUN.sub(" ", _without(rest, _period_spans(rest)))))
    is_measure = said <= _MEASURES or not (metric_wordings(bare) or topics_of(bare))
    if not is_measure:
        return rest
    subject = _subject(context.question)
    if subject is None:
        return rest
    pronoun = _PRONOUN.search(_EMPTY_IT.sub(lambda found: "x" * len(found[0]), rest))
    if language_of(rest) == "en" and pronoun is not None and pronoun[0].lower() in ("it", "they", "this", "these"):
        return f"{rest[: pronoun.start()]}the {subject}{rest[pronoun.end() :]}"
    return f"{rest.rstrip(' ?.')} ({subject})?"


def _subject(question: str) -> str | None:
    """Return the words of a question that say which figure or clause it is about."""
    asked = read_scope(question).question
    for topic in topics_of(asked):
        found = topic.asked.search(asked)
        if found and not VERB.search(found[0]):
            return _bare(asked[found.start() : _word_end(asked, found.end())])
    plan = read_plan(read_scope(question))
    return _bare(plan.metrics[0][0]) if plan is not None and len(plan.metrics) == 1 else None


def _bare(subject: str) -> str | None:
    """Return a subject without its article and without the document that it is a part of; None for a long one."""
    for tail in _OF.finditer(subject):
        if _names(tail[0]) or _PAPER.search(tail[0]):
            subject = subject[: tail.start()]
            break
    subject = _ARTICLE.sub("", subject.strip(" ?.,"))
    return subject if 0 < len(subject.split()) <= _FRAGMENT_WORDS else None


def _word_end(text: str, at: int) -> int:
    found = re.compile(r"[\w-]*").match(text, at)
    return found.end() if found else at


def _with_period(rest: str, context: Context) -> str:
    """Carry the period of the earlier question over to a figure that is asked for without one."""
    if _period_spans(rest) or read_plan(read_scope(rest)) is None:
        return rest
    spans = _period_spans(context.question)
    if not spans or read_plan(read_scope(context.question)) is None:
        return rest
    start = spans[0][0] - len(_led(context.question, spans[0], strip=False))
    return f"{rest.rstrip(' ?.')} {context.question[start : spans[-1][1]].strip()}?"


def _about(documents: Sequence[DocumentVersion], asked: str, language: Language) -> Resolved:
    """Open a question with the documents it is asked of, by their names or, of many, by their number."""
    names = list(dict.fromkeys(name_of(document) for document in documents))
    if len(names) > MAX_NAMED or not _is_read_back(names, language):
        names = [_COUNTED[language, len(documents) > 1].format(number=len(documents))]
    return Resolved(
        question=_opened(names, asked, language),
        document_ids=tuple(document.document_id for document in documents),
    )


def _is_read_back(names: Sequence[str], language: Language) -> bool:
    """Say whether names stay in the opening clause: a title may hold a question of its own."""
    asked = "who is it?" if language == "en" else "wer ist es?"
    return read_scope(_opened(names, asked, language)).question == asked


def _opened(names: Sequence[str], asked: str, language: Language) -> str:
    first, rest = asked[:1], asked[1:]
    lowered = first.lower() + rest if not _names(asked.split(" ", 1)[0]) else asked
    joined = f" {'and' if language == 'en' else 'und'} ".join(names)
    opening = f"Regarding {joined}" if language == "en" else f"In Bezug auf {joined}"
    return f"{opening}, {lowered.rstrip(' ?.')}?"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip(' ?.')}?"


def _period_spans(text: str) -> list[tuple[int, int]]:
    """Return where a text prints dates, months with a year, and years, in order."""
    spans = [(found.start, found.end) for found in find_dates(text)]
    spans += [(start, end) for start, end, _, _ in find_months(text)]
    spans += [found.span() for found in _YEAR.finditer(text)]
    return list(_apart(sorted(spans, key=lambda span: (span[0], -span[1]))))


def _apart(spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    reached = -1
    for start, end in spans:
        if start >= reached:
            yield start, end
            reached = end


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    for start, end in reversed(spans):
        text = f"{text[:start]} {text[end:]}"
    return text
