"""What a question says, before anything is searched: names, forms, periods, quoted words, and what it wants.

Pure rules on the text of the question, English and German. Whether a name names a document is decided by
`averment.pipelines.retrieval.routing`, against the index.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from averment.pipelines.ingestion.filing_facts import quarter_labels, year_labels
from averment.pipelines.ingestion.sparse import STOP_WORDS, iso_dates, terms
from averment.pipelines.retrieval.german_nouns import is_german, noun_kind

Want = Literal["one", "list", "compare"]

MAX_QUESTION_CHARS: Final = 4_000
_ACRONYM: Final = 3
_WORD: Final = re.compile(r"[^\W_](?:[\w&.'’+-]*[^\W_])?|&|/")
_QUOTED: Final = re.compile(r"[“\"„]([^”\"“]{2,200})[”\"“]|(?<!\w)'([^']{3,200})'(?!\w)")
_FORM: Final = re.compile(r"\b(10-?[KQ](?:/A)?|20-?F|40-?F|8-?K(?:/A)?|6-?K|S-1|DEF 14A)s?\b", re.I)
_FORM_WORDS: Final = (
    (re.compile(r"\bquarterly (?:report|filing)|quartals(?:bericht|mitteilung)", re.I), "10-Q"),
    (re.compile(r"\bannual (?:report|filing)|geschäftsbericht|jahresbericht", re.I), "10-K"),
)
_LATEST: Final = re.compile(
    r"\b(?:latest|most recent(?:ly)?|newest|current quarter|jüngste[nr]?|neueste[nr]?|aktuelle[nr]?)\b", re.I
)
_SEVERAL: Final = re.compile(
    r"\b(?:over time|trend(?:s|ed)?|across|these|periods|quarters|years|previous|over the (?:reporting|reported)"
    r"|each (?:reported |reporting )?period|historical)\b",
    re.I,
)
_PAPERS: Final = (
    r"(?:contracts|agreements|documents|filings|companies|leases|licen[cs]es|ndas|reports)\b"
    r"|\w*(?:verträgen?|vereinbarungen|abkommen|dokumenten?|unterlagen|berichten?|unternehmen)\b"
)
_LIST: Final = re.compile(
    rf"\b(?:which|what|list|show|how many|number of|all|every|any|find) (?:of (?:the|our|these) )?(?:\w+ ){{0,2}}"
    rf"(?:{_PAPERS})|\bin the collection\b"
    rf"|\b(?:welche[nmr]?|alle[nr]?|sämtliche[nr]?|wie ?viele[nr]?|anzahl der|nenne|liste) (?:\w+ ){{0,2}}"
    rf"(?:{_PAPERS})",
    re.I,
)
# A comparison over whatever documents there are, and not of two that are named.
_ACROSS: Final = re.compile(
    rf"\b(?:across|between|among|over|of|in) (?:(?:all|our|the|these|every|each) ){{1,2}}(?!two|three|both|\d)"
    rf"(?:\w+ ){{0,2}}(?:{_PAPERS})"
    rf"|\b(?:über|aller|alle|allen|in|zwischen) (?:(?:alle[nr]?|unsere[nr]?|die|den|der|diese[nr]?) )?"
    rf"(?:\w+ ){{0,1}}(?:{_PAPERS})",
    re.I,
)
_COMPARE: Final = re.compile(
    r"\b(?:compar(?:e|ing|ed to)|difference between|versus|vs\.?|vergleich\w*|gegenüber(?:zu)?stell\w*"
    r"|untersch(?:ie|ei)d\w*)\b",
    re.I,
)
NO_NAME_TEXT: Final = """
is are was were does do did can could may might must shall should will would has have had what which who whom
whose when where why how in on at by for from of to the a an under using according consider regarding based per
give list compare comparing answer please summarize summarise describe explain analyze analyse if and or not no
yes any each i us u.s january february march april may june july august september october november december der
die das ein eine welche welcher welches welchem welchen wieviel wieviele wem wen wessen warum wodurch womit
worin gibt gilt gelten darf dürfen kann können muss müssen soll sollen wird werden vergleiche nenne zeige liste
wer wann wo wie was ist sind hat kann darf muss nach laut gemäß im in q1 q2 q3 q4 r&d ip value percent dollars
item
"""
NO_NAME: Final = frozenset(NO_NAME_TEXT.split())
_CORPORATE_TEXT: Final = """
inc incorporated llc corp corporation ltd limited co company lp llp gmbh ag se sa nv bv plc pte pty trust group
holdings agreement contract form template n.a s.a l.l.c d/b/a dba international
"""
_CORPORATE: Final = frozenset(_CORPORATE_TEXT.split())
GENERIC_TERMS: Final = frozenset(term for word in _CORPORATE for term in terms(word))


@dataclass(frozen=True, slots=True, kw_only=True)
class NameTerm:
    """A word that may belong to a name: its term, place in the question, and whether it distinguishes."""

    term: str
    start: int
    end: int
    is_generic: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question taken apart.

    `acronyms` are what the names might be shortened to; `labels` are periods as `2023-Q1` or `2024-FY`;
    `dates` are ISO 8601. `is_across` tells a comparison over whatever documents there are.
    """

    text: str
    want: Want
    names: tuple[NameTerm, ...]
    acronyms: tuple[str, ...]
    forms: tuple[str, ...]
    labels: tuple[str, ...]
    dates: tuple[str, ...]
    quoted: tuple[str, ...]
    is_latest: bool
    is_several: bool
    is_across: bool = False
    is_german: bool = False


def read_question(text: str) -> Question:
    """Take a question apart; text beyond 4,000 characters is not looked at."""
    text = text[:MAX_QUESTION_CHARS]
    quoted_spans = [(found.start(), found.end()) for found in _QUOTED.finditer(text)]
    forms = [re.sub(r"^(\d+)-?(?=[A-Z])", r"\1-", found.group(1).upper()) for found in _FORM.finditer(text)]
    if not forms:
        forms = [form for pattern, form in _FORM_WORDS if pattern.search(text)]
    is_across = _COMPARE.search(text) is not None and _ACROSS.search(text) is not None
    want: Want = "list" if _LIST.search(text) else "compare" if _COMPARE.search(text) else "one"
    in_german = is_german(text)
    names = _names(text, quoted_spans, in_german=in_german)
    return Question(
        text=text,
        want=want,
        names=tuple(names),
        acronyms=tuple(_acronyms(text, names)),
        forms=tuple(dict.fromkeys(forms)),
        labels=tuple(dict.fromkeys([*quarter_labels(text), *year_labels(text)])),
        dates=tuple(dict.fromkeys(iso_dates(text))),
        quoted=tuple((found.group(1) or found.group(2)).strip() for found in _QUOTED.finditer(text)),
        is_latest=_LATEST.search(text) is not None,
        is_several=_SEVERAL.search(text) is not None,
        is_across=is_across,
        is_german=in_german,
    )


def _names(text: str, quoted: list[tuple[int, int]], *, in_german: bool) -> list[NameTerm]:
    """Find the words that look like parts of names: capitals, digits with letters, addresses, and what they frame."""
    words = [found for found in _WORD.finditer(text) if not any(a <= found.start() < b for a, b in quoted)]
    nouns = [noun_kind(found.group()) if in_german else None for found in words]
    looks = [
        noun != "common" and _looks_named(found.group(), text, found.start())
        for found, noun in zip(words, nouns, strict=True)
    ]
    kept: list[NameTerm] = []
    for place, found in enumerate(words):
        if looks[place] or _is_framed(looks, place, words):
            generic = found.group().lower().strip(".") in _CORPORATE or nouns[place] is not None
            kept += [
                NameTerm(term=term, start=found.start(), end=found.end(), is_generic=generic)
                for term in dict.fromkeys(terms(found.group()))
                if not term.startswith("@")
            ]
    return kept


def _acronyms(text: str, names: Sequence[NameTerm]) -> Iterator[str]:
    """Yield the initials of each run of three to five capital words that stand side by side."""
    starts = list(dict.fromkeys((name.start, name.end) for name in names if text[name.start].isupper()))
    for first in range(len(starts)):
        initials = text[starts[first][0]].lower()
        for (_, before), (start, _) in zip(starts[first : first + 4], starts[first + 1 : first + 5], strict=False):
            if text[before:start].strip():
                break
            initials += text[start].lower()
            if len(initials) >= _ACRONYM:
                yield initials


def _looks_named(word: str, text: str, start: int) -> bool:
    bare = re.sub(r"['’]s$", "", word)
    if bare.lower() in NO_NAME or bare.lower() in STOP_WORDS:
        return False
    if re.fullmatch(r"(?:19|20)\d\d|\d{1,2}(?:st|nd|rd|th)?|\d+[.,]\d+%?", bare):
        return False
    if re.fullmatch(r"\d+-?[KQF](?:/A)?s?", bare, re.I):
        return False
    has_capital = any(letter.isupper() for letter in bare)
    mixed = any(letter.isdigit() for letter in bare) and any(letter.isalpha() for letter in bare)
    address = re.fullmatch(r"[a-z0-9-]+\.(?:com|net|org|io|de)", bare) is not None
    if not (has_capital or mixed or address or re.fullmatch(r"\d{3,}", bare)):
        return False
    # The first word of a sentence has a capital whatever it is; only a second one, or a digit, says more.
    opens = not text[:start].strip() or text[:start].rstrip()[-1] in ".?!:;"
    return (
        not opens
        or sum(letter.isupper() for letter in bare) > 1
        or mixed
        or address
        or _capital_follows(text, start, word)
    )


def _capital_follows(text: str, start: int, word: str) -> bool:
    return re.match(r"\s+[A-ZÄÖÜ]", text[start + len(word) :]) is not None


def _is_framed(looks: list[bool], place: int, words: list["re.Match[str]"]) -> bool:
    """Take in a plain word between two words of a name, as in "Bank of America and Stratton"."""
    if words[place].group().lower() in STOP_WORDS or words[place].group().lower() in NO_NAME:
        return False

    def near(step: int) -> bool:
        return any(0 <= place + step * n < len(looks) and looks[place + step * n] for n in (1, 2))

    touching = 0 < place < len(words) - 1 and words[place + 1].start() - words[place - 1].end() < 40
    return touching and near(-1) and near(1)
