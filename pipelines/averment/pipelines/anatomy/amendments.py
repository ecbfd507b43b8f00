"""What a document changes: the agreement that an amendment, a restatement or a supplement names. English and German.

Read from the title and the recitals at the beginning: "Amendment No. 2 to the Supply Agreement dated March 3, 2021",
"hereby amends the Lease", "Nachtrag Nr. 1 zum Mietvertrag vom 3. März 2021". Which document of a catalog that is, is
decided by party, title and date (`changed_document`), never by title alone.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from averment.core.structure import Amendment, AmendmentKind
from averment.pipelines.anatomy.flat_text import FlatText
from averment.pipelines.anatomy.party_names import name_key
from averment.pipelines.reasoning.dates import find_dates

_HEAD_CHARS: Final = 6_000
_DATE_CHARS: Final = 260
_LEAST_LIKENESS: Final = 0.6
_PAPER: Final = (
    r"(?:Agreement|Contract|Lease|License|Indenture|Plan|Note|Deed|Terms|Guaranty|Guarantee|Charter|Bylaws"
    r"|Memorandum|Statement\s+of\s+Work|AGREEMENT|CONTRACT|LEASE"
    r"|LICENSE|INDENTURE|PLAN|NOTE|DEED|\w*[Vv]ertrag(?:e?s)?|\w*[Vv]ereinbarung|\w*VERTRAG(?:E?S)?"
    r"|\w*VEREINBARUNG|Satzung)"
)
_TITLE: Final = (
    rf"(?P<title>(?:[A-ZÄÖÜ(&][\w&.’'/()-]*,?\s+|(?:of|and|for|the|to|und|für|zur|über)\s+){{0,10}}?{_PAPER})(?!\w)"
    r"(?!\s+(?:(?:and|&)\s+\w+\s+)?(?i:agreement|contract)\b)"
)
_ARTICLES: Final = r"(?:(?i:the|that|this|certain|dem|den|der|das|die|parties[’'])\s+)*"
_LINK: Final = rf"\s+(?i:to|of|zum|zur|zu|des|der)\s+{_ARTICLES}"
_COUNT: Final = r"(?:\s*(?:(?i:no\.?|nr\.?|number)|\#)?\s*(?:\d+|[IVX]+|(?i:one|two|three|four|five))\b)?"
# "(this "Amendment"), dated as of June 30, 2020".
_ASIDE: Final = r"(?:\s*\([^()]*\))?(?:,?\s+(?i:dated|effective)\b[^.;()]{0,60}?)?"
_NAMED: Final[tuple[tuple[AmendmentKind, re.Pattern[str]], ...]] = (
    ("restates", re.compile(
        r"(?i:\b(?:amends?\s+and\s+(?:entirely\s+)?restates?|supersedes?(?:\s+and\s+replaces?)?)\b)"
        rf"[^.]{{0,80}}?\s(?i:the|that|dem|den)\s+(?i:certain\s+)?{_TITLE}")),
    ("supplements", re.compile(
        r"(?i:\b(?:supplement(?:al\s+agreement)?|addendum|rider|ergänzung\w*|zusatzvereinbarung))"
        rf"{_COUNT}{_ASIDE}{_LINK}{_TITLE}")),
    ("supplements", re.compile(rf"(?i:\b(?:hereby\s+)?supplements?\s+(?:the|that|den|die)\s+(?:certain\s+)?){_TITLE}")),
    ("terminates", re.compile(rf"(?i:\b(?:termination|aufhebung(?:svereinbarung)?)){_LINK}{_TITLE}")),
    ("terminates", re.compile(
        rf"(?i:\b(?:hereby\s+terminates?|agreement\s+terminates)\s+(?:the|that)\s+(?:certain\s+)?){_TITLE}")),
    ("amends", re.compile(
        r"(?i:\b(?:amendment|nachtrag|änderungsvereinbarung|änderung|modification))"
        rf"{_COUNT}{_ASIDE}{_LINK}{_TITLE}")),
    ("amends", re.compile(
        r"(?i:\b(?:amends?|modif(?:y|ies)|ändern|extends?\s+the\s+term\s+of)\s+(?:and\s+\w+\s+)?"
        r"(?:[^.;()]{0,50}?\s(?:under|of|in)\s)?"
        rf"(?:the|that|den|die)\s+(?:certain\s+)?){_TITLE}")),
)  # fmt: skip
# What a letter speaks of: "Reference is made to that certain License Agreement".
_REFERRED: Final = re.compile(
    rf"\b(?i:(?:we\s+|reference\s+is\s+(?:hereby\s+)?made\s+|wir\s+)(?:refer\s+)?(?:to|beziehen\s+uns\s+auf)\s+)"
    rf"{_ARTICLES}{_TITLE}"
)
_RESTATED: Final = re.compile(rf"\b(?i:(?:(?:first|second|third|fourth|fifth)\s+)?amended\s+and\s+restated)\s+{_TITLE}")
_WORDS_OF_CHANGE: Final = (
    r"(?:amendment|nachtrag|änderung\w*|addendum|supplement(?:al)?|ergänzung\w*|restated|rider|aufhebung\w*|side\s+letter"
    r"|termination\s+agreement|extension\s+agreement|modification|joinder)"
)
_SELF: Final = re.compile(rf"\b{_WORDS_OF_CHANGE}\b", re.I)
_ITSELF: Final = re.compile(rf"\b(?:this|dieser?)\s+(?:[\w#.]+\s+){{0,4}}?{_WORDS_OF_CHANGE}\b", re.I)
_OWN_CHARS: Final = 800
# A date behind these is the change's own: "Amendment No. 3 to the Supply Agreement (this ...) is made as of".
_OWN_DATE: Final = re.compile(
    r"\b(?:is|are|ist|wird)\s+(?:hereby|made|entered|dated|effective)\b|[“\"]\s*(?:Amendment|Supplement)|\.\s+[A-Z]"
)
# "haben am 5. Mai 2019 einen Liefervertrag geschlossen": the date stands before.
_BEFORE_CHARS: Final = 60
_OF_CHANGE: Final = re.compile(
    rf"\b{_WORDS_OF_CHANGE}\b[^.;]{{0,40}}?\s(?:to|of|zum|zur)\s[^.;]{{0,20}}$"
    rf"|\brestated\s+$",
    re.I,
)
_DATED: Final = re.compile(r"\b(?:dated|entered\s+into|made|effective|executed|as\s+of|vom|datiert)\b", re.I)
_WORDS: Final = re.compile(r"[^\W\d_]{3,}")
_PLAIN: Final = frozenset(
    re.findall(r"\S+", "the and for amended restated first second third certain agreement dated between")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A document that an amendment may be about, as a catalog knows it."""

    document_id: str
    title: str
    parties: Sequence[str]
    date: str | None = None


def find_amendments(text: str, *, title: str, effective_date: str | None = None) -> tuple[Amendment, ...]:
    """Return what a document changes, by its title and first page; none for a document that changes nothing.

    Args:
        text: The canonical text.
        title: The document's own title.
        effective_date: When the document takes effect, ISO 8601.

    Example:
        >>> text = "Amendment No. 2 to the Supply Agreement dated as of March 3, 2021"
        >>> [(a.kind, a.title, a.date) for a in find_amendments(text, title=text)]
        [('amends', 'Supply Agreement', '2021-03-03')]
    """
    flat = FlatText(text, 0, _HEAD_CHARS)
    if not _SELF.search(title) and not _ITSELF.search(flat.text[:_OWN_CHARS]):
        return ()
    found: dict[str, Amendment] = {}
    for kind, match in _mentions(flat.text, title):
        name = " ".join(match["title"].split()).strip(" ,(")
        key = _key(name)
        start, end = flat.place(match.start("title"), match.end("title"))
        amendment = Amendment(
            kind=kind,
            title=name,
            start=start,
            end=end,
            date=_date_after(flat.text, match.end()) or _date_before(flat.text, match.start("title")),
            effective_date=effective_date,
        )
        known = found.get(key)
        if known is None:
            found[key] = amendment
        elif (known.date is None and amendment.date is not None) or (
            known.title.isupper() and not amendment.title.isupper() and known.date == amendment.date
        ):
            found[key] = replace(amendment, kind=known.kind)
    found = {key: _dated(amendment, flat.text) for key, amendment in found.items()}
    # "the Agreement" is the one that another mention names in full.
    named = [amendment for amendment in found.values() if _title_words(amendment.title)]
    return tuple(sorted(named or found.values(), key=lambda amendment: amendment.start))


def changed_document(amendment: Amendment, *, parties: Iterable[str], among: Iterable[Candidate]) -> Candidate | None:
    """Return the one document that an amendment is about; None where none fits, or several fit equally well.

    A document fits that shares a party with the amendment (two where both have two), bears a like title, and has the
    date that the amendment names, where both are known.
    """
    own = {name_key(party) for party in parties}
    fitting = [(score, candidate) for candidate in among if (score := _fit(amendment, own, candidate)) > 0]
    best = max((score for score, _ in fitting), default=0.0)
    chosen = [candidate for score, candidate in fitting if score == best]
    return chosen[0] if len(chosen) == 1 else None


def is_of(paper: str | None, titles: Iterable[str]) -> bool:
    """Say whether a part that is said to be of a paper can be one of a document: unnamed, general, or titled alike.

    Example:
        >>> is_of("Agreement", ["Supply Agreement"]), is_of("License Agreement", ["Supply Agreement"])
        (True, False)
    """
    words = _title_words(paper or "")
    return not words or any(words & _title_words(title) for title in titles)


def _mentions(text: str, title: str) -> Iterator[tuple[AmendmentKind, re.Match[str]]]:
    for kind, pattern in _NAMED:
        for match in pattern.finditer(text):
            yield kind, match
    for match in _REFERRED.finditer(text):
        yield "supplements" if re.search(r"\bside\s+letter\b", title, re.I) else "amends", match
    if re.search(r"\brestated\b", title, re.I):
        for match in _RESTATED.finditer(text):
            yield "restates", match
            return


def _dated(amendment: Amendment, text: str) -> Amendment:
    """Give an amendment the date that a plain mention of what it changes has, one that names no other change of it."""
    if not _title_words(amendment.title):
        return amendment
    for again in re.finditer(re.escape(amendment.title), text, re.I):
        if _OF_CHANGE.search(text[max(0, again.start() - _BEFORE_CHARS) : again.start()]):
            continue
        day = _date_after(text, again.end()) or _date_before(text, again.start())
        if day is not None:
            return replace(amendment, date=day)
    return amendment


def _date_before(text: str, start: int) -> str | None:
    before = text[max(0, start - _BEFORE_CHARS) : start]
    found = re.search(r"\bam\s+(?=\d)", before)
    days = find_dates(before[found.end() :]) if found else []
    return days[0].day.isoformat() if days else None


def _date_after(text: str, end: int) -> str | None:
    """Return the date that the words after a title give it."""
    stretch = text[end : end + _DATE_CHARS]
    for word in _DATED.finditer(stretch):
        if _OWN_DATE.search(stretch[: word.end()]):
            return None
        found = find_dates(stretch[word.end() : word.end() + 60])
        if found and found[0].start < 30:
            return found[0].day.isoformat()
    return None


def _fit(amendment: Amendment, own: set[str], candidate: Candidate) -> float:
    """Return how well a document fits, 0 for not at all; an equal date counts more than any title."""
    if amendment.date is not None and candidate.date is not None and amendment.date != candidate.date:
        return 0.0
    theirs = {name_key(party) for party in candidate.parties}
    shared = sum(any(_is_one(mine, other) for other in theirs) for mine in own)
    if shared < min(2, len(own), len(theirs)) or not shared:
        return 0.0
    likeness = _likeness(amendment.title, candidate.title)
    if likeness < _LEAST_LIKENESS or (_is_change(candidate.title) and not _is_change(amendment.title)):
        return 0.0
    return likeness + shared + 10 * (amendment.date is not None and amendment.date == candidate.date)


def _is_one(name: str, other: str) -> bool:
    return name == other or (min(len(name), len(other)) > 5 and (name in other or other in name))


def _is_change(title: str) -> bool:
    return re.search(r"\b(?:amendment|nachtrag|änderung|addendum|supplement|ergänzung)\b", title, re.I) is not None


def _likeness(title: str, other: str) -> float:
    """Return the share of the shorter title's words that the other has, 0 to 1; general words count little."""
    one, two = _title_words(title), _title_words(other)
    if not one or not two:
        # "the Agreement" fits any agreement of the same parties and date.
        return _LEAST_LIKENESS
    return len(one & two) / min(len(one), len(two))


def _title_words(title: str) -> set[str]:
    return {word.lower() for word in _WORDS.findall(title)} - _PLAIN


def _key(title: str) -> str:
    return "".join(sorted(_title_words(title))) or title.lower()
