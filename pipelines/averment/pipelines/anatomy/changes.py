"""What an amendment does to the parts of the contract it changes. English and German.

Read are the usual instructions: "Section 4.2 of the Agreement is hereby amended and restated in its entirety to read as
follows: ...", "... is deleted", "a new Section 9.4 is added", "in Section 4.2 the words "X" are replaced by the words
"Y"", "§ 4 Abs. 2 wird wie folgt neu gefasst: ...", "§ 7 wird gestrichen". A change that names no part ("the term is
hereby extended until ...") has no label. What no rule knows is no change.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, Literal

from averment.pipelines.anatomy.numbering import Numbering
from averment.pipelines.anatomy.references import part_mentions
from averment.pipelines.ingestion.structure import lines
from averment.pipelines.reasoning.dates import find_dates

ChangeKind = Literal["replaces", "deletes", "adds", "amends"]

_MAX_CHARS: Final = 400_000
_MAX_NEW: Final = 40_000
_MAX_RANGE: Final = 40
_DATE_CHARS: Final = 60
_OPEN: Final = '“"„«'
_CLOSE: Final = '”"“»'
# The end of a sentence; a number, or what is short for a word, stands before none.
_STOP: Final = re.compile(
    r"(?<=[^\s\d][.!?;])(?<!\bNo\.)(?<!\bNr\.)(?<!\bAbs\.)(?<!\bSec\.)(?<!\bInc\.)(?<!\bLtd\.)"
    r"\s+(?=[A-ZÄÖÜ§“\"„(\d])|[ \t]*\n[ \t]*\n\s*|\f\s*"
    r"|\n(?=\s*(?:\d{1,3}(?:\.\d{1,3})*[.)]|\d{1,3}(?:\.\d{1,3})+|\([a-z]\)|§|Section|Article|Artikel)\s)"
)
_JOINED: Final = re.compile(r"\s*(?:,|,?\s*\b(?:and|or|und|oder|(?P<range>to|through|bis)))\s*")
_PARTIAL: Final = re.compile(
    r"\b(?:sentences?|definitions?|words?|phrases?|references?|paragraphs?|heading|table|row|column|figures?|Sätze?|Satz"
    r"|Begriffsbestimmung|Definition|Worte?|Wörter|Tabelle|Zeile|Verweis)\b[^.;:]{0,90}?"
    r"\b(?:of|in|to|from|under|des|der|aus|von)\s+(?:the\s+|this\s+)?$|(?:^|\b)(?:in|within|throughout)\s+(?:the\s+)?$",
    re.I,
)
_BESIDE: Final = re.compile(r"\b(?:after|following|behind|before|nach|hinter|vor)\s+(?:the\s+)?$", re.I)
_NEW: Final = re.compile(r"\b(?:new|additional|following|neue[rnms]?|folgende[rnms]?|weitere[rnms]?)\s+$", re.I)
_ADDED: Final = re.compile(
    r"\b(?:added?|adds|adding|insert\w*|supplemented|eingefügt|angefügt|hinzugefügt|ergänzt|aufgenommen)\b", re.I
)
_OF: Final = (
    r"(?:\s*\([^()]{0,100}\))?(?P<sentence>\s+Satz\s+\d+)?"
    r"(?:\s+(?:of|to|in|under|des|der|dieses)\s+[^.;:“\"„]{1,100}?)?(?:\s*\([^()]{0,100}\))?\s*,?\s*"
)
_OF_PAPER: Final = re.compile(
    r"(?:\s*\([^()]{0,100}\))?\s+(?:of|to|in|under|des|der)\s+(?:the\s+|this\s+|that\s+)?"
    r"(?P<paper>(?:[A-ZÄÖÜ][\w’'-]*\s+|of\s+|and\s+){0,8}?(?:[A-ZÄÖÜ][\w’'-]*))(?=\s+(?:is|are|shall|will|wird|werden|erhält|be)\b|[,.;:(])"
)
_PASSIVE: Final = re.compile(
    rf"^{_OF}(?:(?:shall|will)\s+be|is|are|be|wird|werden|erhält|erhalten|lautet|lauten|entfällt|entfallen)\b"
    r"(?!\s+(?:not|nicht)\b)",
    re.I,
)
_ACTIVE: Final = re.compile(
    r"\b(?:amends?|restates?|deletes?|replaces?|modif(?:y|ies)|supersedes?|removes?|cancels?|ändern|streichen|ersetzen)"
    r"\s+(?:and\s+(?:restates?|replaces?)\s+)?(?:in\s+(?:its|their)\s+entirety\s+)?(?:the\s+)?$"
    r"|\b(?:wird|werden|erhält|erhalten|entfällt|entfallen)\s+$",
    re.I,
)
_REPLACES: Final = re.compile(
    r"\brestat\w+|\breplac\w+|\bsubstitut\w+|\bsupersed\w+|\bto\s+read\b|\bneu\s+gefasst\b"
    r"|\bfolgende[nrs]?\s+(?:neue[nrs]?\s+)?(?:Fassung|Wortlaut)\b|\bersetzt\b|\blaute[tn]\b|\bneue\s+Fassung\b",
    re.I,
)
_DELETES: Final = re.compile(
    r"\b(?:deletes?d?|removes?d?|stricken|struck|cancel\w*|revoked|repealed|gestrichen|streichen|aufgehoben|entfällt"
    r"|entfallen|ersatzlos)\b",
    re.I,
)
_AMENDS: Final = re.compile(
    r"\b(?:amend(?:s|ed|ing)?|modif(?:y|ies|ied)|chang(?:es?|ed)|supplement(?:s|ed)|revised?|increased?|reduced?|decreased?|extended"
    r"|extends?|geändert"
    r"|ergänzt|erhöht|herabgesetzt|verlängert|angepasst)\b",
    re.I,
)
# What the same sentence orders for other parts.
_OTHERS: Final = re.compile(r";|,?\s+(?:and|und)\s+(?:the|all|any|die)\s+(?:other|remaining|übrigen)\b")
_DONE: Final = re.compile(r"\b(?:is|are|be|hereby|wird|werden|erhält|erhalten)\b(?!\s+(?:not|nicht)\b)", re.I)
# "is amended by replacing the words ...": a part of it is.
_IN_PART: Final = re.compile(
    r"\b(?:by|dahingehend)\b[^.;:]{0,30}\b(?:deleting|replacing|striking|removing|adding|inserting|substituting|changing)\b"
    r"(?![^.;:]{0,60}\bentirety\b)|\b(?:amended|modified)\b[^.;:]{0,30}?\bto\s+(?!read\b)[a-z]+",
    re.I,
)
_QUOTED: Final = rf"[{_OPEN}]\s?(?P<%s>[^“”\"„«»]{{1,300}}?)\s?[{_CLOSE}]"
# Words that others take the place of.
_WORDS: Final = re.compile(
    _QUOTED % "old"
    + r"[^.;“\"„]{0,120}?\b(?:by|with|to|durch|in|therefor|substituting)\b[^.;“\"„]{0,60}?"
    + _QUOTED % "new"
)
_DEFINED: Final = re.compile(
    rf"\b(?:[Dd]efinitions?\s+of|Definition\s+(?:des|der)|Begriffsbestimmung)\s+(?:the\s+term\s+)?[{_OPEN}]?"
    rf"(?P<term>[A-ZÄÖÜ][\w’' &/-]{{1,60}}?)[{_CLOSE}]?\s+(?:in|contained|set|is|shall|under|of)\b"
)
_BEGINS_NEW: Final = re.compile(
    r"\b(?:follows|following|folgt|folgende\w*|Wortlaut|Fassung|gefasst|read|reads|lautet|ersetzt|eingefügt)\b[^:.;]{0,90}:\s*"
)
_QUOTE_BEGINS: Final = re.compile(rf"\b(?:with|by|as|read|reads|follows|durch|lautet)\s*:?\s*(?=[{_OPEN}])")
_ATTACHED: Final = re.compile(r"\b(?:set\s+out|set\s+forth|attached|annexed|beigefügt|anliegend)", re.I)
_CLOSED: Final = re.compile(rf"[{_CLOSE}](?=\s?[.;,]?\s*(?:\n|\f|$))")
_EFFECTIVE: Final = re.compile(
    r"\b(?:effective|with\s+effect|commencing|beginning|from\s+and\s+after|mit\s+Wirkung|ab)\b[^.;]{0,30}$", re.I
)
_WITHOUT_PART: Final = re.compile(
    r"\bhereby\s+(?:\w+\s+){0,2}?(?:extend|increas|reduc|decreas|shorten|chang)\w*\b"
    r"|\bwird\b[^;]{0,160}\b(?:verlängert|erhöht|herabgesetzt|reduziert|verkürzt)\b",
    re.I,
)
_GENERAL: Final = re.compile(
    r"\b(?:full\s+force|[Ee]xcept\s+as|counterparts|IN\s+WITNESS|unverändert|[Ii]m\s+Übrigen|Unterschrift)", re.I
)
_NUMBER: Final = re.compile(
    r"(?:(?i:section|article|artikel|§)\s*)?\(?(?P<number>\d{1,3}(?:\.\d{1,3})*|[a-z])(?P<mark>[.)]*)\s"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of a contract; `start:end` are the words that order it.

    `label` is the part changed in normal form, None where none is named. `new_start:new_end` is what takes the old
    text's place or is added. `old` are words that others take the place of, `term` the defined term whose definition
    changes: sentences without them stay as they are. `paper` is what the part is said to be of, as printed, and
    `effective_date` is set where the change has one of its own.
    """

    kind: ChangeKind
    label: str | None
    start: int
    end: int
    new_start: int | None = None
    new_end: int | None = None
    old: str | None = None
    term: str | None = None
    paper: str | None = None
    effective_date: str | None = None

    def covers(self, offset: int) -> bool:
        """Say whether an offset lies in the order or in the new text."""
        return self.has_new(offset) or self.start <= offset < self.end

    def has_new(self, offset: int) -> bool:
        """Say whether an offset lies in the new text."""
        return self.new_start is not None and self.new_end is not None and self.new_start <= offset < self.new_end

    def touches(self, sentence: str) -> bool:
        """Say whether a sentence of the part changes: one that lacks the words replaced or the term does not."""
        said = " ".join(sentence.split())
        return all(" ".join(words.split()) in said for words in (self.old, self.term) if words)


@dataclass(frozen=True, slots=True)
class _Order:
    """A sentence of an amendment up to where new text begins, if any does."""

    start: int
    end: int
    new_start: int | None


def find_changes(text: str) -> tuple[Change, ...]:
    """Return what a text that amends another one changes in it, in order of the text.

    Args:
        text: The canonical text of an amendment.

    Example:
        >>> [(c.kind, c.label) for c in find_changes("1. Section 7.3 of the Agreement is hereby deleted.")]
        [('deletes', 'section 7.3')]
    """
    text = text[:_MAX_CHARS]
    mentions = list(part_mentions(text))
    numbering = Numbering(text)
    found: list[Change] = []
    position = 0
    for start, end in _sentences(text):
        if start < position:
            continue
        order = _order(text, start, end)
        ordered = list(_ordered(text, order, [item for item in mentions if order.start <= item[1] < order.end]))
        if ordered:
            new = _new_text(text, order)
            found += (_with_new(text, change, new, numbering) for change in ordered)
            position = new[1] if new else order.end
        elif _WITHOUT_PART.search(text, start, end) and not _GENERAL.search(text, start, end):
            found.append(
                Change(kind="amends", label=None, start=start, end=end, effective_date=_from(text, start, end))
            )
    # What a new schedule says is no order.
    return tuple(
        change
        for change in found
        if not any(other.has_new(change.start) and other.start != change.start for other in found)
    )


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    cuts = [(0, 0), *(match.span() for match in _STOP.finditer(text)), (len(text), len(text))]
    for (_, start), (end, _) in pairwise(cuts):
        if text[start:end].strip():
            yield start, end


def _order(text: str, start: int, end: int) -> _Order:
    begins = _BEGINS_NEW.search(text, start, end) or _QUOTE_BEGINS.search(text, start, end)
    if begins is None or _WORDS.search(text, start, end):
        after = re.compile(r"\s*:").match(text, end) or text[start:end].rstrip().endswith(":")
        return _Order(start, end, end if after else None)
    return _Order(start, begins.end(), begins.end())


def _ordered(text: str, order: _Order, mentions: Sequence[tuple[str, int, int]]) -> Iterator[Change]:
    """Yield the changes that a sentence orders, without their new text."""
    words = _WORDS.search(text, order.start, order.end)
    for labels, start, end in _groups(text, mentions):
        if words and words.start() < start < words.end():
            continue
        lead, tail = text[order.start : start], text[end : order.end]
        kind = _kind(" ".join(lead.split()) + " ", tail)
        if kind is None:
            continue
        defined = _DEFINED.search(text, order.start, order.end)
        is_part = kind == "amends"
        for label in labels:
            yield Change(
                kind=kind,
                label=label,
                start=order.start,
                end=order.end,
                new_start=words.start("new") if words and is_part else None,
                new_end=words.end("new") if words and is_part else None,
                old=" ".join(words["old"].split()) if words and is_part else None,
                term=" ".join(defined["term"].split()) if defined and is_part else None,
                paper=_paper(tail),
                effective_date=_from(text, order.start, start),
            )


def _paper(tail: str) -> str | None:
    named = _OF_PAPER.match(tail)
    return " ".join(named["paper"].split()) if named else None


def _groups(text: str, mentions: Sequence[tuple[str, int, int]]) -> Iterator[tuple[tuple[str, ...], int, int]]:
    """Yield the labels that are named together, "Sections 4.2 and 4.3", with the place of all of them."""
    place = 0
    while place < len(mentions):
        label, start, end = mentions[place]
        labels = [label]
        while place + 1 < len(mentions):
            joint = _JOINED.fullmatch(text, end, mentions[place + 1][1])
            if joint is None:
                break
            place += 1
            if joint["range"]:
                labels += _between(labels[-1], mentions[place][0])
            labels.append(mentions[place][0])
            end = mentions[place][2]
        yield tuple(labels), start, end
        place += 1


def _between(first: str, last: str) -> list[str]:
    """Return the labels between two of one series: 9.3 and 9.4 between 9.2 and 9.5."""
    one, other = (re.fullmatch(r"(.*?)(\d+)", label) for label in (first, last))
    if one is None or other is None or one[1] != other[1] or int(other[2]) - int(one[2]) > _MAX_RANGE:
        return []
    return [f"{one[1]}{number}" for number in range(int(one[2]) + 1, int(other[2]))]


def _kind(lead: str, tail: str) -> ChangeKind | None:
    """Return what a sentence orders for a part, by the words before and behind its name."""
    added = _ADDED.search(f"{lead} {tail}")
    if _BESIDE.search(lead) and added:
        return None
    if _NEW.search(lead) and added:
        return "adds"
    passive = _PASSIVE.match(tail)
    tail = _OTHERS.split(tail, maxsplit=1)[0]
    said = tail if passive else f"{lead[-80:]} {tail}"
    is_partial = _PARTIAL.search(lead) is not None or (passive is not None and passive["sentence"] is not None)
    if is_partial:
        done = _DONE.search(tail)
        rest = tail[done.start() :] if done else ""
        changed = any(pattern.search(rest) for pattern in (_REPLACES, _DELETES, _AMENDS, _ADDED))
        return "amends" if changed else None
    if passive is None and _ACTIVE.search(lead) is None:
        return None
    if _IN_PART.search(said):
        return "amends"
    if _REPLACES.search(said):
        return "replaces"
    if _DELETES.search(said):
        return "deletes"
    return "amends" if _AMENDS.search(said) or _ADDED.search(said) else None


def _new_text(text: str, order: _Order) -> tuple[int, int] | None:
    """Return where the text stands that a sentence puts in place of the old one."""
    if order.new_start is None:
        return None
    start = order.new_start
    while start < len(text) and (text[start].isspace() or text[start] in ">:"):
        start += 1
    limit = min(len(text), start + _MAX_NEW)
    bound = _next_of(text, order.start, (start, limit))
    if start < limit and text[start] in _OPEN:
        closed = [match.end() for match in _CLOSED.finditer(text, start + 1, bound or limit)]
        if closed:
            return start, closed[-1] if bound else closed[0]
    return start, bound or _paragraphs_end(text, start, limit)


def _next_of(text: str, start: int, within: tuple[int, int]) -> int | None:
    """Return where the amendment's own numbering goes on; None where the order has no number."""
    line = text.rfind("\n", 0, start) + 1
    own = _NUMBER.match(text, line + len(text[line:start]) - len(text[line:start].lstrip()))
    if own is None:
        return None
    following = _successors(own["number"])
    for place, content in lines(text[within[0] : within[1]]):
        found = _NUMBER.match(content)
        if place and found and found["number"] in following:
            is_level = found["number"].count(".") == own["number"].count(".")
            if not is_level or found["mark"] == own["mark"]:
                return within[0] + place
    return None


def _successors(number: str) -> set[str]:
    if number.isalpha():
        return {chr(ord(number) + 1)}
    parts = [int(part) for part in number.split(".")]
    return {".".join(map(str, [*parts[:level], parts[level] + 1])) for level in range(len(parts))}


def _paragraphs_end(text: str, start: int, limit: int) -> int:
    """Return the end of the paragraphs before the next order or the closing words."""
    end = limit
    for place, (first, last) in enumerate(_sentences(text[start:limit])):
        if place == 0:
            continue
        order = _order(text, start + first, start + last)
        mentions = [
            (label, order.start + begin, order.start + finish)
            for label, begin, finish in part_mentions(text[order.start : order.end])
        ]
        if _GENERAL.search(text, start + first, start + last) or any(True for _ in _ordered(text, order, mentions)):
            end = start + first
            break
    return start + len(text[start:end].rstrip())


def _with_new(text: str, change: Change, new: tuple[int, int] | None, numbering: Numbering) -> Change:
    """Give a change the part of the new text that has its label, or all of it."""
    if change.new_start is not None or change.kind == "deletes" or change.label is None:
        return change
    if new is None:
        attached = numbering.find(change.label) if _ATTACHED.search(text, change.start, change.end) else None
        return replace(change, new_start=attached.start, new_end=attached.end) if attached else change
    masked = re.sub(rf"[{_OPEN}{_CLOSE}]", " ", text[slice(*new)])
    part = Numbering(masked).find(change.label)
    if part is None:
        return replace(change, new_start=new[0], new_end=new[1])
    return replace(change, new_start=new[0] + part.start, new_end=new[0] + part.end)


def _from(text: str, start: int, end: int) -> str | None:
    """Return the day from which a change holds, where its own sentence says so."""
    for found in find_dates(text[start:end]):
        if _EFFECTIVE.search(text[max(start, start + found.start - _DATE_CHARS) : start + found.start]):
            return found.day.isoformat()
    return None
