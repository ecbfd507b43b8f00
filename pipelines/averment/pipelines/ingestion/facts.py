"""The facts by which people name a document, read off its first pages by rules.

Kind, title, parties, date; for filings issuer, form and fiscal period (`averment.pipelines.ingestion.filing_facts`).
A fact that no rule finds is None or empty, never guessed from the model. English and German.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from averment.core.documents import ElementKind, ParsedDocument
from averment.core.structure import FactField, PlacedFact
from averment.pipelines.anatomy.governing_law import find_governing_law
from averment.pipelines.anatomy.metadata import contract_facts, contract_parties, placed, with_pages
from averment.pipelines.anatomy.party_names import MAX_PARTIES, FoundParty
from averment.pipelines.anatomy.titles import NAMES_A_KIND, find_title
from averment.pipelines.ingestion.filing_facts import FilingFacts, filing_facts
from averment.pipelines.ingestion.media_types import EML, MSG
from averment.pipelines.ingestion.sparse import iso_dates

FACTS_VERSION: Final = 3
HEAD_CHARS: Final = 4_000
_ALIAS_CHARS: Final = 300

_CONTRACT: Final = re.compile(
    r"\b(?:by and (?:between|among)|hereinafter|hereto|the parties|in witness whereof|witnesseth|whereas"
    r"|agree as follows"
    r"|governing law|effective date|this [“\"]?(?:[\w-]+ ){0,5}?(?:agreement|amendment|addendum|lease|contract"
    r"|license|nda|letter)"
    r"|zwischen|dieser vertrag|nachfolgend)\b",
    re.I,
)
_ALIAS: Final = re.compile(r"[(,][^()“\"]{0,60}[“\"](?P<alias>[^”\"]{2,40})[”\"]")
_ROLES_TEXT: Final = """
agreement amendment contract party parties company effective date seller buyer purchaser supplier customer
client licensor licensee distributor manufacturer provider consultant contractor agent agency affiliate
affiliates franchisor franchisee landlord tenant lessor lessee borrower lender bank trust executive employee
employer owner operator vendor reseller sponsor term territory products product services service closing
transaction shipper transporter the you us we counterparty recipient discloser disclosing receiving subscriber
host publisher
"""
_ROLES: Final = frozenset(_ROLES_TEXT.split())
_GOVERNED: Final = re.compile(r"\b(?:governed\s+by|unterliegt\s+dem)\b", re.I)
_DATED: Final = re.compile(
    r"(?:dated|made|entered|effective|executed|date[:d]?|as of|vom|datum|geschlossen)\b.{0,80}", re.I | re.S
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFacts:
    """What a document is called and whom it concerns. Dates are ISO 8601.

    `aliases` are the short names the document gives its parties; `labels` are period names such as `2023-Q1`
    by the issuer's own year, the calendar and the file's name, in that order of authority after the file's name.
    `placed` are the same facts and more with the places they were read from.
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
    placed: tuple[PlacedFact, ...] = ()


def describe(parsed: ParsedDocument, *, name: str) -> DocumentFacts:
    """Read a document's facts off its text.

    Args:
        parsed: The document.
        name: Its file name or title at the source; the last resort for a title.
    """
    filing = filing_facts(parsed.text, name=name)
    if filing is not None:
        return _of_filing(filing, name, parsed)
    # Titles wrapped over lines read better on one line.
    flat = " ".join(parsed.text[:HEAD_CHARS].split())
    subject = parsed.title if parsed.media_type in (EML, MSG) else None
    title = subject or _title(parsed, flat) or parsed.title or _from_name(name)
    parties = contract_parties(parsed.text)[:MAX_PARTIES]
    typed = NAMES_A_KIND.search(title) is not None
    is_contract = bool(parties and typed) or (
        (typed or bool(parties) or _has_law(parsed.text)) and len(_CONTRACT.findall(parsed.text[:20_000])) > 1
    )
    title_fact = placed(FactField.TITLE, title, text=parsed.text)
    if not is_contract:
        return DocumentFacts(
            kind="other", title=title, document_date=_date(flat), placed=with_pages([title_fact], parsed.pages)
        )
    facts = with_pages([title_fact, *contract_facts(parsed.text, parties)], parsed.pages)
    return DocumentFacts(
        kind="contract",
        title=title,
        parties=tuple(party.name for party in parties),
        aliases=_aliases(parsed.text, parties),
        document_date=next((fact.value for fact in facts if fact.field is FactField.AGREEMENT_DATE), None),
        placed=facts,
    )


def _has_law(text: str) -> bool:
    """Say whether a document without title and preamble names its governing law, as a contract's annexes do."""
    return _GOVERNED.search(text) is not None and find_governing_law(" ".join(text.split())) is not None


def _of_filing(filing: FilingFacts, name: str, parsed: ParsedDocument) -> DocumentFacts:
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
        placed=with_pages(filing.facts, parsed.pages),
    )


def _title(parsed: ParsedDocument, flat: str) -> str | None:
    """Find the title: what the first page marks as one, a short line near the top, or what the preamble says."""
    marked = [e.text for e in parsed.elements[:40] if e.kind is ElementKind.TITLE and len(e.text) <= 160]
    return find_title(parsed.text[:HEAD_CHARS], flat, marked=marked)


def _from_name(name: str) -> str:
    stem = re.sub(r"\.\w{2,5}$", "", name.rsplit("/", 1)[-1])
    return " ".join(re.split(r"[_\s]+", stem)).strip() or name


def _aliases(text: str, parties: Sequence[FoundParty]) -> tuple[str, ...]:
    """Return the short names that the preamble gives the parties; what they merely are ("Seller") tells none apart."""
    named = [party for party in parties if party.end <= HEAD_CHARS]
    if not named:
        return ()
    preamble = " ".join(text[named[0].start : named[-1].end + _ALIAS_CHARS].split())
    found = [party.alias for party in parties if party.alias]
    found += [match["alias"].strip(" ,.") for match in _ALIAS.finditer(preamble)]
    return tuple(dict.fromkeys(alias for alias in found if not _is_role(alias)))[:MAX_PARTIES]


def _is_role(name: str) -> bool:
    words = re.findall(r"[a-zäöüß]+", name.lower())
    return not words or all(word in _ROLES or len(word) < 3 for word in words)


def _date(flat: str) -> str | None:
    """Return the first full date that a phrase of making or dating leads to, else the first date of the head."""
    for phrase in _DATED.finditer(flat[:3_000]):
        for date in iso_dates(phrase.group()):
            return date
    return next(iter(iso_dates(flat[:1_500])), None)
