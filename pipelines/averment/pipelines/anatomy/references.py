"""Mentions of numbered parts of a document, resolved to where those parts begin. English and German.

`Section 4.2(b)`, `Articles III and IV`, `Schedule A`, `Exhibit 10.1`, `Item 1A`, `Note 5`, `§ 5 Abs. 2`, `Anlage 1`.
A part begins at a line that opens with its number or name. Parts of laws and of other papers ("Section 13 of the
Exchange Act") are external: no line of this document can be meant.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from averment.core.structure import CrossReference
from averment.pipelines.ingestion.months import MONTH_NAME
from averment.pipelines.ingestion.structure import Heading, lines

_FAMILIES: Final = {
    "section": "section", "sections": "section", "sec": "section", "§": "section", "§§": "section", "clause": "section",
    "clauses": "section", "paragraph": "section", "paragraphs": "section", "subsection": "section", "ziffer": "section",
    "ziff": "section", "abschnitt": "section", "abschnitte": "section",
    "article": "article", "articles": "article", "artikel": "article", "art": "article",
    "schedule": "schedule", "schedules": "schedule", "exhibit": "exhibit", "exhibits": "exhibit", "annex": "annex",
    "annexes": "annex", "appendix": "appendix", "appendices": "appendix", "attachment": "attachment",
    "attachments": "attachment", "anlage": "anlage", "anlagen": "anlage", "anhang": "anhang", "addendum": "addendum",
    "item": "item", "items": "item", "note": "note", "notes": "note", "part": "part", "teil": "part",
}  # fmt: skip
_NUMBER: Final = (
    r"(?:\d{1,4}(?:\.\d{1,3})*[A-Za-z]?|[IVXLC]{1,6}|[A-Z])(?:[-.]\d{1,3})*(?:\s?\([A-Za-z\d]{1,4}\)){0,3}(?![\w])"
)
_WORD: Final = "|".join(sorted((word for word in _FAMILIES if word.isalpha()), key=len, reverse=True))
_MENTION: Final = re.compile(
    rf"(?:\b(?P<word>(?i:{_WORD}))(?:(?<=\b[Ss]ec)\.|(?<=\b[Aa]rt)\.|(?<=\b[Zz]iff)\.)?\s+|(?P<sign>§§?)\s*)"
    rf"(?P<first>[“\"]?{_NUMBER}[”\"]?)"
    rf"(?P<more>(?:(?:\s*,\s*|\s*,?\s+(?:and|or|und|oder|bis|through|to)\s+){_NUMBER}){{0,8}})"
    r"(?P<paragraph>\s+Abs(?:atz|\.)\s*\d+)?"
)
# Words that begin with none of the others: every mention begins with one of these.
_STEMS: Final = tuple(
    word for word in _FAMILIES if not any(word != other and word.startswith(other) for other in _FAMILIES)
)
_ONE: Final = re.compile(_NUMBER)
_OWNERLESS: Final = r"(?!(?:foregoing|above|present|same|company|parties|attached)\b)"
_EXTERNAL: Final = re.compile(
    r"^\s*thereof\b|^\s*(?:[\w().,\s]{0,40}?\s)?(?:(?:to|of)\s+(?:(?!(?:this|our)\b)[\w.&’'-]+\s+){1,5}?"
    r"(?:Annual|Quarterly|Current)\s+Report\b"
    r"|(?:of|under|to|in)\s+(?:the|that|such|its|their|an?)\s+"
    rf"{_OWNERLESS}(?:(?:[\w.&’'-]+\s+){{0,6}}?(?:Act|Code|Law|Laws|Rules?|Regulations?|Statutes?|Constitution"
    rf"|Treaty|Convention"
    r"|Indenture|Charter|By-?laws|Registration\s+Statement|Form|Report|Principles|Schedule\s+13D|Standards?"
    r"|Directive|DMA)\b"
    r"|(?:[\w.&’'-]+\s+){1,6}?(?:Agreement|Contract|Lease|License|Plan)\b)|(?:of|under)\s+(?:Form|Regulation"
    r"|Rule|Schedule)\b"
    r"|(?:of|to)\s+(?:this|that)\s+(?:chapter|title)\b"
    r"|(?:BGB|HGB|AktG|GmbHG|ZPO|UStG|InsO|StGB|AGBG|UrhG|UWG|BDSG|DSGVO|EStG|KSchG|ProdHaftG)\b"
    r"|,?\s+(?:des|der)\s+(?:Gesetzes|\w+gesetz\w*|\w+gesetzbuch\w*|\w+ordnung)\b)",
    re.I,
)
_THIS: Final = re.compile(r"^\s*(?:of|under|to|in)\s+(?:this|the\s+present|dieses|dieser)\b", re.I)
_LAW_BEFORE: Final = re.compile(
    r"(?:U\.?S\.?C\.?|C\.?F\.?R\.?|Code|Act|Rule|Regulation|Statutes?|Treas\.?\s+Reg\.?)\s*(?:Ann\.?\s*)?,?\s*$"
)
_OPENING: Final = re.compile(
    rf"(?:(?P<word>(?i:{_WORD}))\.?\s+|(?P<sign>§)\s*)(?P<named>[“\"]?{_NUMBER}[”\"]?)"
    rf"|(?P<number>\d{{1,3}}(?:\.\d{{1,3}}){{0,4}})(?P<mark>[.)]?)(?=\s+\S|$|(?<=\.\d)[A-ZÄÖÜ][a-zäöü]|(?<=\.\d\d)[A-ZÄÖÜ][a-zäöü])"
    r"|(?P<roman>[IVXLC]{1,6})[.)](?=\s)|\((?P<sub>[a-zA-Z]{1,4}|\d{1,2})\)(?=\s)"
)
_GOES_ON: Final = re.compile(r"\s*[,;]|\s+(?:[a-zäöü]{2,}|\([a-z\d]{1,3}\)\s+[a-z])|\)")
# "30 days", "1 April 2025".
_NO_TITLE: Final = re.compile(rf"\s+(?:[a-zäöü%$€£]|{MONTH_NAME}\b)")
# An entry of a table of contents: leaders, or a page number behind the title.
_LISTED: Final = re.compile(r"\.{3,}|(?:\. ){3,}|…|[^\W\d]\W*\s\d{1,3}$")
_ROMAN: Final = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
# "Exhibits 33": an entry of a table of contents with its page.
_PAGE_END: Final = re.compile(r"[ \t]*(?:[\n\f]|$)")
# No contract counts its sections as far as laws do.
_LEAST_OF_LAWS: Final = 100
# The forms on which holdings are reported.
_FORMS: Final = frozenset({"schedule 13d", "schedule 13g", "schedule 14a", "schedule 14d", "schedule to"})
_RANGE: Final = re.compile(r"\d+-\d+")
_LETTERED: Final = re.compile(r"(?P<number>\d[\d.]*)(?P<letter>[a-z])")
_PRINTED_AS: Final = {
    "article": ("article", "section"),
    "section": ("section", "article"),
    "note": ("note", "section"),
}
_SUB: Final = re.compile(r"\(([A-Za-z\d]{1,4})\)")


class Parts:
    """The numbered parts of a document and where each begins.

    Args:
        text: The canonical text.
        headings: Its headings; a part that has one begins there, not in the table of contents.
    """

    def __init__(self, text: str, headings: Sequence[Heading]) -> None:
        self.starts: list[int] = []
        self._subs: list[tuple[int, str]] = []
        self._places: dict[str, list[int]] = {}
        heads = {heading.start for heading in headings}
        self._heads = heads
        for start, line in lines(text):
            found = _OPENING.match(line)
            if found is None:
                continue
            if found["sub"]:
                self._subs.append((start, found["sub"].lower()))
                continue
            self.starts.append(start)
            for label in _opened(found):
                self._places.setdefault(label, []).append(start)

    def find(self, label: str, *, mention: int) -> int | None:
        """Return where the part of a label begins; None where no line opens it, or only the mention's own does."""
        base, *subs = label.split("(")
        lettered = _LETTERED.fullmatch(base.rpartition(" ")[2].strip())
        if lettered and base.startswith("section") and base.strip() not in self._places:
            # "Section 3A" of a contract whose Section 3 counts by letters.
            base, subs = f"section {lettered['number']}", [lettered["letter"], *subs]
        places = [place for name in _aliases(base.strip()) for place in self._places.get(name, ()) if place != mention]
        if not places:
            return None
        headed = [place for place in places if place in self._heads]
        start = headed[0] if headed else places[-1]
        return self._sub(start, [sub.rstrip(") ") for sub in subs])

    def _sub(self, start: int, subs: Sequence[str]) -> int:
        """Step down to the paragraph `(b)` of a part, as far as lines open one."""
        following = bisect_right(self.starts, start)
        end = self.starts[following] if following < len(self.starts) else float("inf")
        at = start
        for sub in subs:
            place = bisect_left(self._subs, (at, ""))
            while place < len(self._subs) and self._subs[place][0] < end and self._subs[place][1] != sub.lower():
                place += 1
            if place == len(self._subs) or self._subs[place][0] >= end:
                break
            at = self._subs[place][0]
        return at


def find_references(text: str, headings: Sequence[Heading]) -> tuple[CrossReference, ...]:
    """Return every mention of a numbered part, in order, resolved within the text where it can be.

    Example:
        >>> [r.label for r in find_references("1. Price\\nSee Section 2.\\n2. Term\\nAs agreed.", ())]
        ['section 2']
    """
    parts = Parts(text, headings)
    return tuple(_references(text, parts))


def part_mentions(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield label, start and end of every mention of a numbered part, those that open a line among them.

    Example:
        >>> [label for label, _, _ in part_mentions("Sections 4.2 and 7 are deleted.")]
        ['section 4.2', 'section 7']
    """
    for match in _mentions(text):
        word = match["word"] or match["sign"]
        if match["sign"] or word[0].isupper() or _is_numbered(match["first"]):
            yield from _labels(match, _FAMILIES[word.lower()])


def part_opened(line: str) -> str | None:
    """Return the label of the part that a line opens, `(b)` for a paragraph of one; None where it opens none.

    A line that goes on with "of the Agreement" or ends in a page number mentions the part, and opens it not.

    Example:
        >>> part_opened("4.2 Payment."), part_opened("(b) the fees"), part_opened("Section 4.2 of the Lease")
        ('section 4.2', '(b)', None)
    """
    found = _OPENING.match(line)
    if found is None or _LISTED.search(line, found.end()):
        return None
    if found["number"] and not found["mark"] and _NO_TITLE.match(line, found.end()):
        return None
    if (found["word"] or found["sign"]) and _GOES_ON.match(line, found.end()):
        return None
    return f"({found['sub'].lower()})" if found["sub"] else next(iter(_opened(found)))


def _mentions(text: str) -> Iterator[re.Match[str]]:
    """Yield what `_MENTION.finditer` would: tried only where one of its words begins, which is found far sooner."""
    lower = text.lower()
    if len(lower) != len(text):  # a letter that is two in small ones
        yield from _MENTION.finditer(text)
        return
    places = []
    for stem in _STEMS:
        at = lower.find(stem)
        while at >= 0:
            places.append(at)
            at = lower.find(stem, at + 1)
    end = 0
    for place in sorted(places):
        match = _MENTION.match(text, place) if place >= end else None
        if match is not None:
            end = match.end()
            yield match


def _references(text: str, parts: Parts) -> Iterator[CrossReference]:
    openings = set(parts.starts)
    for match in _mentions(text):
        word = match["word"] or match["sign"]
        family = _FAMILIES[word.lower()]
        if (
            match.start() in openings
            or _is_across_lines(text, match, openings)
            or (match["word"] and not match["word"][0].isupper() and not _is_numbered(match["first"]))
        ):
            continue
        if word.lower().endswith("s") and _PAGE_END.match(text, match.end()) and not match["more"]:
            continue
        is_external = _is_external(text, match)
        for label, start, end in _labels(match, family):
            target = None if is_external else parts.find(label, mention=match.start())
            is_law = target is None and (_first_number(label) >= _LEAST_OF_LAWS or label in _FORMS)
            yield CrossReference(
                label=label, start=start, end=end, target_start=target, is_external=is_external or is_law
            )


def _first_number(label: str) -> int:
    found = re.search(r"\d+", label)
    return int(found[0]) if found else 0


def _is_across_lines(text: str, match: re.Match[str], openings: set[int]) -> bool:
    """Tell a heading's last word and the number of the next line from a mention."""
    return match.start("first") in openings and "\n" in text[match.start() : match.start("first")]


def _is_numbered(first: str) -> bool:
    """Say whether a number is one: "item a" and "note I" are words of a sentence."""
    return any(character.isdigit() for character in first)


def _is_external(text: str, match: re.Match[str]) -> bool:
    after = text[match.end() : match.end() + 120]
    if _THIS.match(after):
        return False
    return bool(_EXTERNAL.match(after) or _LAW_BEFORE.search(text[max(0, match.start() - 20) : match.start()]))


def _labels(match: re.Match[str], family: str) -> Iterator[tuple[str, int, int]]:
    """Yield label, start and end of each part that a mention names; the first one includes the word."""
    paragraph = re.sub(r"\D", "", match["paragraph"] or "")
    numbers = [(match["first"].strip('“”"'), match.start(), match.end("first"))]
    numbers += [
        (found[0], found.start(), found.end())
        for found in _ONE.finditer(match.string, match.start("more"), match.end("more"))
    ]
    for place, (number, start, end) in enumerate(numbers):
        is_last = place == len(numbers) - 1
        suffix = f"({paragraph})" if paragraph and is_last else ""
        yield part_label(family, number) + suffix, start, match.end() if suffix else end


def part_label(family: str, number: str) -> str:
    """Return the normal form of a part's name: Roman numerals as figures, lower case.

    Example:
        >>> part_label("article", "IV"), part_label("section", "4.2 (b)")
        ('article 4', 'section 4.2(b)')
    """
    number = re.sub(r"\s", "", number).strip('“”"')
    base, bracket, rest = number.partition("(")
    if family in ("article", "part", "section") and re.fullmatch(r"[IVXLC]+", base):
        base = str(_roman(base))
    return f"{family} {(base + bracket + rest).lower()}"


def _roman(numeral: str) -> int:
    values = [_ROMAN[letter] for letter in numeral]
    return sum(-value if value < max(values[place:]) else value for place, value in enumerate(values))


def _opened(found: re.Match[str]) -> Iterable[str]:
    """Return the labels of the part that a line opens."""
    if found["number"]:
        return (f"section {found['number'].lower()}",)
    if found["roman"]:
        return (f"article {_roman(found['roman'])}",)
    family = _FAMILIES[(found["word"] or found["sign"]).lower()]
    return (part_label(family, found["named"]).partition("(")[0],)


def _aliases(label: str) -> Iterator[str]:
    """Yield the names under which a part may be printed: "4." opens Section 4, Article 4 and Note 4."""
    family, _, number = label.partition(" ")
    if "." in number and family in ("section", "item"):
        yield from (label, f"section {number}") if family == "item" else (label,)
        return
    if _RANGE.fullmatch(number):
        # "Sections 9-20" begin where Section 9 does.
        yield f"{family} {number.partition('-')[0]}"
    yield from (f"{name} {number}" for name in _PRINTED_AS.get(family, (family,)))
