"""The facts by which people name a document, read off its first pages by rules.

Kind, title, parties, date; for filings issuer, form and fiscal period (`averment.pipelines.ingestion.filing_facts`).
A fact that no rule finds is None or empty, never guessed from the model. English and German.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from averment.core.documents import ElementKind, ParsedDocument
from averment.pipelines.ingestion.filing_facts import FilingFacts, filing_facts
from averment.pipelines.ingestion.sparse import iso_dates
from averment.pipelines.ingestion.structure import lines

FACTS_VERSION: Final = 1
HEAD_CHARS: Final = 4_000
MAX_PARTIES: Final = 8

_TYPE: Final = (
    r"agreements?|contract|lease|amendment|addendum|deed|indenture|memorandum|letter of intent|statement of work|"
    r"terms (?:and conditions|of (?:service|use))|policy|plan|charter|bylaws|license|guarant(?:y|ee)|promissory note|"
    r"term sheet|order form|nda|settlement|subcontract|franchise|power of attorney|"
    r"\w*vertrag|\w*vereinbarung|satzung|nachtrag|\w*bedingungen|vollmacht"
)
_TITLE: Final = re.compile(rf"\b(?:{_TYPE})\b", re.I)
_NOT_TITLE: Final = re.compile(
    r"^(?:exhibit|schedule|table of contents|page \d|this |whereas|now,|execution (?:version|copy)|confidential"
    r"|\W*portions? of|\W*text omitted|by and|between|quicklinks|source:)|\b(?:shall|is made|have been|has been|hereby"
    r"|pursuant|omitted|requested)\b",
    re.I,
)
_RUN_IN_TITLE: Final = re.compile(
    rf"\b[Tt](?:his|HIS) ((?:[A-Z][\w&’'/#-]*,? |(?:and|of|for|to|the) ){{0,9}}(?i:{_TYPE})"
    r"(?: (?:No\.|#)\s?\d+)?)\s*[(,]"
)
_CONTRACT: Final = re.compile(
    r"\b(?:by and (?:between|among)|hereinafter|the parties (?:hereto )?agree|in witness whereof|agree as follows"
    r"|governing law|this agreement|zwischen|dieser vertrag|nachfolgend)\b",
    re.I,
)
_BETWEEN: Final = re.compile(r"\b(?:between|among|zwischen)\b[:\s]", re.I)
_PREAMBLE_END: Final = re.compile(
    r"\b(?:WHEREAS|Whereas|RECITALS?|WITNESSETH|W I T N E S S E T H|NOW,? THEREFORE|TABLE OF CONTENTS|BACKGROUND"
    r"|Background|Präambel|PRÄAMBEL)\b|agree as follows"
)
_SUFFIX: Final = (
    r"(?:Inc(?:orporated)?|INC(?:ORPORATED)?|L\.?L\.?C|Llc|Corp(?:oration)?|CORP(?:ORATION)?|Ltd|LTD|Limited|LIMITED|"
    r"L\.?P|L\.?L\.?P|GmbH(?: & Co\. KG)?|AG|SE|KG|S\.?A\.?S?|SpA|S\.p\.A|S\.?r\.?l|S\.R\.L|N\.A|N\.V|B\.V|PLC|plc|Pte|"
    r"Pty|A/S|AB|Oy|Company|COMPANY|Co|Trust|TRUST|Bank|BANK|Partnership|PARTNERSHIP|Association|ASSOCIATION|University|"
    r"Foundation|e\.V|UG|OHG|Branch)"
)
_WORD: Final = r"(?:[A-Z0-9ÄÖÜ][\w&’'/\-]*\.?|&)"
_ORGANISATION: Final = re.compile(
    rf"{_WORD}(?:,?\s+(?:{_WORD}|of|and|the|for|de|der|für)){{0,8}}?,?\s+{_SUFFIX}(?![\w])\.?"
)
_NAMED: Final = re.compile(
    rf"(?P<name>{_WORD}(?:,?\s+(?:{_WORD}|of|and|the|for|de)){{0,9}}),?\s+(?:an?\s+[\w ,.-]{{3,60}})?"
    r"\((?:[^()“\"]{0,40})[“\"]"
)
_ALIAS: Final = re.compile(r"[(,][^()“\"]{0,60}[“\"](?P<alias>[^”\"]{2,40})[”\"]")
_ADDRESS: Final = re.compile(
    r"\d{4,}|\b(?:Street|Avenue|Road|Drive|Blvd|Boulevard|Suite|Floor|Lane|Highway|Plaza|Republic|State of|Act of"
    r"|Straße|Agreement|Contract|Section|January|February|March|April|June|July|August|September|October|November"
    r"|December)\b",
    re.I,
)
_ROLES_TEXT: Final = """
agreement amendment contract party parties company effective date seller buyer purchaser supplier customer
client licensor licensee distributor manufacturer provider consultant contractor agent agency affiliate
affiliates franchisor franchisee landlord tenant lessor lessee borrower lender bank trust executive employee
employer owner operator vendor reseller sponsor term territory products product services service closing
transaction shipper transporter the you us we counterparty recipient discloser disclosing receiving subscriber
host publisher
"""
_ROLES: Final = frozenset(_ROLES_TEXT.split())
_DATED: Final = re.compile(
    r"(?:dated|made|entered|effective|executed|date[:d]?|as of|vom|datum|geschlossen)\b.{0,80}", re.I | re.S
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFacts:
    """What a document is called and whom it concerns. Dates are ISO 8601.

    `aliases` are the short names the document gives its parties; `labels` are period names such as `2023-Q1`
    by the issuer's own year, the calendar and the file's name, in that order of authority after the file's name.
    """

    kind: Literal["contract", "filing", "other"]
    title: str
    parties: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    issuer: str | None = None
    form_type: str | None = None
    period: str | None = None
    document_date: str | None = None
    labels: tuple[str, ...] = ()


def describe(parsed: ParsedDocument, *, name: str) -> DocumentFacts:
    """Read a document's facts off its text.

    Args:
        parsed: The document.
        name: Its file name or title at the source; the last resort for a title.
    """
    head = parsed.text[:HEAD_CHARS]
    filing = filing_facts(parsed.text, name=name)
    if filing is not None:
        return _of_filing(filing, name)
    # Titles wrapped over lines and preambles broken by line ends read better on one line.
    flat = " ".join(head.split())
    title = _title(parsed, flat) or parsed.title or _from_name(name)
    parties, aliases = _parties(flat)
    typed = _TITLE.search(title) is not None
    is_contract = bool(parties and typed) or (
        (typed or bool(parties)) and len(_CONTRACT.findall(parsed.text[:20_000])) > 1
    )
    return DocumentFacts(
        kind="contract" if is_contract else "other",
        title=title,
        parties=parties if is_contract else (),
        aliases=aliases if is_contract else (),
        document_date=_date(flat),
    )


def _of_filing(filing: FilingFacts, name: str) -> DocumentFacts:
    title = " ".join(part for part in (filing.issuer or _from_name(name), "Form", filing.form_type) if part)
    if filing.period_end:
        title += f" for the period ended {filing.period_end}"
    return DocumentFacts(
        kind="filing",
        title=title,
        issuer=filing.issuer,
        form_type=filing.form_type,
        period=filing.labels[0] if filing.labels else filing.period_end,
        document_date=filing.period_end,
        labels=filing.labels,
    )


def _title(parsed: ParsedDocument, flat: str) -> str | None:
    """Find the title: a short line that names a kind of document, near the top."""
    marked = [e.text for e in parsed.elements[:40] if e.kind is ElementKind.TITLE and len(e.text) <= 160]
    for candidate in (*marked, *_title_lines(parsed.text[:HEAD_CHARS])):
        line = _clean(candidate)
        if _TITLE.search(line) and not _NOT_TITLE.search(line) and len(line.split()) <= 16 and _is_title_case(line):
            return line
    run_in = _RUN_IN_TITLE.search(flat)
    return _clean(run_in.group(1)) if run_in else None


def _title_lines(head: str) -> Iterator[str]:
    """Yield short lines near the top, each joined with the capital lines before it that it continues."""
    before: list[str] = []
    for _, line in list(lines(head))[:50]:
        whole = _clean(line)
        if len(whole) > 140:
            before = []
            continue
        if _TITLE.search(whole) and before and len(whole.split()) <= 4 and len(" ".join(before)) < 90:
            yield " ".join((*before, whole))
        yield whole
        is_part = whole.isupper() and not re.match(r"(?:EXHIBIT|SCHEDULE|PAGE|EXECUTION|CONFIDENTIAL)\b", whole)
        before = [*before, whole][-3:] if is_part else []


def _clean(line: str) -> str:
    line = re.sub(r"^(?:EXHIBIT|Exhibit)\s+[\w.-]+\s*", "", " ".join(line.split()))
    line = re.sub(r"\s*(?:Page \d+ of \d+|TABLE OF CONTENTS)\s*$", "", line)
    return line.strip(" .,:;-–—_*[]()“”\"'")


def _is_title_case(line: str) -> bool:
    words = [word for word in re.findall(r"[^\W\d_]+", line) if len(word) > 3]
    return bool(words) and sum(word[0].isupper() for word in words) >= 0.75 * len(words)


def _from_name(name: str) -> str:
    stem = re.sub(r"\.\w{2,5}$", "", name.rsplit("/", 1)[-1])
    return " ".join(re.split(r"[_\s]+", stem)).strip() or name


def _parties(flat: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the parties' names and the short names given to them, as the preamble has them."""
    found = _BETWEEN.search(flat)
    start = max(0, found.start() if found else 0)
    end = _PREAMBLE_END.search(flat, start + 40)
    preamble = flat[start : min(end.start() if end else len(flat), start + 2_500)]
    names: dict[str, str] = {}
    for name in _names(preamble):
        key = re.sub(r"\W+", "", name).lower()
        if len(key) > 3 and not any(key in known or known in key for known in names):
            names[key] = name
    aliases = [match["alias"].strip(" ,.") for match in _ALIAS.finditer(preamble)]
    short = tuple(dict.fromkeys(alias for alias in aliases if not _is_role(alias)))
    return tuple(names.values())[:MAX_PARTIES], short[:MAX_PARTIES]


def _names(preamble: str) -> Iterator[str]:
    """Yield what looks like the name of a party: names with a legal form, then names that are given a short one."""
    for pattern in (_ORGANISATION, _NAMED):
        for match in pattern.finditer(preamble):
            if re.search(r"\b(?:an?|eine?)\s+$", preamble[max(0, match.start() - 6) : match.start()]):
                continue  # "a Delaware corporation" says what a party is, not who
            name = match["name"] if "name" in match.groupdict() else match.group()
            name = re.split(r",? (?:and|AND) (?=\S+ .*$)", name)[-1] if "," in name else name
            name = re.sub(r"^(?:(?:This|THIS|The|THE|AND|BETWEEN|Between|and|\d{1,2}\.)\s+)+", "", name.strip(" ,"))
            if len(name) <= 90 and not _ADDRESS.search(name) and not _is_role(name):
                yield name


def _is_role(name: str) -> bool:
    words = re.findall(r"[a-zäöüß]+", name.lower())
    return not words or all(word in _ROLES or len(word) < 3 for word in words)


def _date(flat: str) -> str | None:
    """Return the first full date that a phrase of making or dating leads to, else the first date of the head."""
    for phrase in _DATED.finditer(flat[:3_000]):
        for date in iso_dates(phrase.group()):
            return date
    return next(iter(iso_dates(flat[:1_500])), None)
