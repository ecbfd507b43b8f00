"""What a contract calls itself: the line that names a kind of contract, or the words that its preamble uses.

A title is a short line near the top, or stands right before the preamble where line ends are lost, or is how the
preamble speaks of the contract ("This Supply Agreement is made ..."). A bare "Agreement" counts only where nothing
says more. English and German.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from averment.pipelines.anatomy.party_names import ENDS_IN_FORM
from averment.pipelines.ingestion.structure import lines

_MAX_CHARS: Final = 140
_MAX_WORDS: Final = 16
_MAX_LINES: Final = 60
_KIND: Final = (
    r"agreements?|contract|lease|amendment|addendum|deed|indenture|memorandum|letter of intent|statement of work|"
    r"terms (?:and conditions|of (?:service|use))|policy|plan|charter|bylaws|licen[cs]e|guarant(?:y|ee)"
    r"|promissory note|"
    r"term sheet|order form|nda|settlement|subcontract|franchise|power of attorney|side letter|covenants? not to \w+|"
    r"undertaking|plan of (?:merger|reorgani[sz]ation)|"
    r"\w*vertrag|\w*vereinbarung|satzung|nachtrag|\w*bedingungen|vollmacht"
)
NAMES_A_KIND: Final = re.compile(rf"\b(?:{_KIND})\b", re.I)
_NOT_TITLE: Final = re.compile(
    r"^(?:exhibit|schedule|table of contents|page \d|this |whereas|now,|execution (?:version|copy)"
    r"|confidential(?:$|\s+(?:treatment|portions?|information|material|draft|execution|and\s+proprietary))"
    r"|\W*portions? of|\W*text omitted|by and|between|quicklinks|source:|(?:article|section|§)\s*[\dIVX]"
    r"|\d+(?:\.\d+)*[.)]?\s|[A-Z][.)]\s|(?:appendix|annex|annexure|attachment|anlage)\b[\s\W\w]{0,4}$"
    r"|(?:contract|agreement|vertrag)s?[\s-]*(?:(?:no|nr|number|nummer|id)\b|#))|\b(?:shall|is made|have been"
    r"|has been|hereby"
    r"|pursuant|omitted|requested)\b|\.{4}",
    re.I,
)
_NO_PART: Final = re.compile(
    rf"^(?:EXHIBIT|SCHEDULE|PAGE|COVER PAGE|STANDARD TERMS|SOW$|EXECUTION|CONFIDENTIAL"
    rf"|UNDER|PURSUANT|AND\s\d|RULE|SECTION)\b|\b(?:REQUESTED|OMITTED|COMMISSION)\b|{ENDS_IN_FORM.pattern}"
)
# Words that names of firms hold as well: "Halden Franchise Systems, Inc."
_OF_FIRMS: Final = re.compile(r"\b(?:franchise|license|plan|policy|charter|settlement)\b", re.I)
# What says no more than that there is a contract, or numbers it: "Agreement", "Service Agreement No. 4".
_BARE: Final = re.compile(
    r"(?:this\s+|the\s+)?(?:agreement|contract|vertrag|vereinbarung|license|lease|plan|policy|terms)"
    r"|\w+\s+(?:agreement|contract)\s+(?:no|nr|number)\b.*",
    re.I,
)
_NUMBER: Final = r"(?:\s(?:(?:No|NO)\.|#)?\s?(?:\d+|[IVX]+)\b)?"
_LEADING: Final = (
    r"(?:[A-Z][\w&’'/#-]*,?\s|\([A-Z][\w -]{1,30}\)\s|(?:No|NO)\.\s\d+\s|#\d+\s|(?:and|of|for|to|the|in|with)\s)"
)
_FOLLOWED: Final = r"(?=\s*[(,“\"]|\s+(?:is|dated|made|effective|entered|by|between|among|sets|governs)\b)"
_RUN_IN: Final = re.compile(
    rf"\bT(?:his|HIS) (?P<title>{_LEADING}{{0,12}}?(?i:{_KIND}){_NUMBER}"
    rf"(?: for [A-Z]\w+| Governing the (?:[A-Z]\w+ |of ){{1,5}})?){_FOLLOWED}"
)
# The same in small letters: 'This brand license agreement (the "Agreement")'.
_RUN_IN_SMALL: Final = re.compile(
    r"\bThis (?P<title>(?:[a-z][\w-]* ){1,5}?(?:agreement|amendment|addendum|contract|lease))"
    r"(?=\s*\(|\s+(?:is|dated|made|entered)\b)"
)
# Right before the preamble where the lines are lost: "... DISCLOSED. SERVICES AGREEMENT This Services Agreement".
_INLINE: Final = re.compile(
    r"(?P<title>(?:[A-Z][A-Z\d&’'/()-]*,?\s|(?:and|of|for|to|the)\s){1,12}?(?:AGREEMENT|CONTRACT|LEASE|LICENSE|AMENDMENT"
    rf"|ADDENDUM|VERTRAG){_NUMBER})[\s*_-]+(?=T(?:HIS|his|HE|he)\b|AGREEMENT\b|BETWEEN\b|[Bb]y\s+and\s|[Bb]etween\b"
    r"|[Dd]ated\b|DATED\b|In\s|1\.\s|E(?:xhibit|XHIBIT)\b|\((?i:the|this)\b|TABLE\s+OF)"
)
# The first words of an exhibit.
_OPENING: Final = re.compile(
    rf"^(?:EXHIBIT|Exhibit)\s+[\w.()-]+\s+(?P<title>{_LEADING}{{0,10}}?(?i:{_KIND}){_NUMBER})\s+(?=[A-Z(])"
)
_JOINTS: Final = frozenset(re.findall(r"\w+", "über unter with from between into upon sowie eines einer nach"))
# "SUPPLY AGREEMENT BETWEEN HALDEN AG AND": whom it binds is no part of the title.
_BETWEEN: Final = re.compile(r"\s(?:[Bb]y\s+and\s+|BY\s+AND\s+)?(?:[Bb]etween|BETWEEN|[Aa]mong|AMONG)\b")
_FILE: Final = re.compile(r"^EX-[\w.]+\s+(?:\d+\s+)?(?:\S+\.(?:html?|txt|pdf)\s+)?")
_EXHIBIT: Final = re.compile(r"^(?:EXHIBIT|Exhibit)\s+[\w.()-]+\s*|\s+(?:EXHIBIT|Exhibit)\s+[\w.]*\d[\w.()-]*$")


def find_title(head: str, flat: str, *, marked: Iterable[str]) -> str | None:
    """Return the title of a contract; None where nothing near the top names a kind of contract.

    Args:
        head: The beginning of its text.
        flat: The same on one line.
        marked: What the file itself marks as title or heading of its first page, in order.

    Example:
        >>> find_title("Exhibit 10\\n\\nSUPPLY\\nAGREEMENT\\n\\nThis ...", "", marked=())
        'SUPPLY AGREEMENT'
    """
    found = list(dict.fromkeys((*_of_lines((*marked, *_title_lines(head))), *_of_preamble(flat))))
    return next((title for title in found if not _BARE.fullmatch(title)), found[0] if found else None)


def _of_lines(candidates: Iterable[str]) -> Iterator[str]:
    for candidate in candidates:
        line = clean(candidate)
        label, colon, _ = line.partition(": ")
        if colon and not _names_a_kind(label):
            continue
        if _names_a_kind(line) and not _NOT_TITLE.search(line) and len(line.split()) <= _MAX_WORDS and _is_titled(line):
            yield line


def _of_preamble(flat: str) -> Iterator[str]:
    for pattern in (_RUN_IN, _INLINE, _OPENING, _RUN_IN_SMALL):
        match = pattern.search(flat)
        if match and (title := clean(match["title"])):
            yield title


def _names_a_kind(line: str) -> bool:
    if ENDS_IN_FORM.search(line):
        line = _OF_FIRMS.sub("", line)
    return NAMES_A_KIND.search(line) is not None


def _title_lines(head: str) -> Iterator[str]:
    """Yield short lines near the top, each joined with the capital lines before it that it continues."""
    before: list[str] = []
    for _, line in list(lines(head))[:_MAX_LINES]:
        whole = clean(line)
        if len(whole) > _MAX_CHARS:
            before = []
            continue
        if NAMES_A_KIND.search(whole) and before and len(whole.split()) <= 4 and len(" ".join(before)) < 90:
            yield " ".join((*before, whole))
        yield whole
        is_part = whole.isupper() and not (line.strip().startswith("(") or _NO_PART.search(whole))
        before = [*before, whole][-3:] if is_part else []


def clean(line: str) -> str:
    """Return a line without what stands around a title: the name of its exhibit or file, marks, page numbers."""
    line = _EXHIBIT.sub("", _FILE.sub("", " ".join(line.split())))
    line = re.sub(r"^(?:EXECUTION|Execution)\s+(?:VERSION|Version|COPY|Copy)\s+", "", line)
    line = re.sub(r"\s*\(?(?:[Pp]age \d+(?: of \d+)?[.)]*|TABLE OF CONTENTS)\s*$", "", line)
    between = _BETWEEN.search(line)
    line = line[: between.start()] if between and NAMES_A_KIND.search(line, 0, between.start()) else line
    line = line.strip(" .,:;-–—_*[]“”\"'")
    return line.strip("()") if line.count("(") != line.count(")") else line


def _is_titled(line: str) -> bool:
    words = [word for word in re.findall(r"[^\W\d_]+", line) if len(word) > 3 and word not in _JOINTS]
    return bool(words) and sum(word[0].isupper() for word in words) >= 0.75 * len(words)
