"""Identifiers, contacts and addresses, recognised by their form, their check digit and the words next to them.

A form that ordinary numbers have too counts only next to a word that names it (`cue`), on its line or the one before.
With such a word a check digit is not asked for: a mistyped tax number is a person's all the same. What a pattern
recognises is its group `v` where it has one. German and English; both are looked for in every text, since contracts
between the two languages hold both.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from averment.compliance.pii.checksums import (
    IBAN_LENGTHS,
    is_card,
    is_cusip,
    is_german_tax_id,
    is_german_vat_id,
    is_iban,
    is_isin,
    is_lei,
)
from averment.compliance.pii.kinds import Kind, Span

CHECKED: Final = 1.0
CUED: Final = 0.9
FORMED: Final = 0.8
_CUE_CHARS: Final = 70


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """One recogniser.

    Args:
        name: What the span says of who found it.
        kind: What it recognises.
        form: How it is written.
        score: How sure it is, 0-1.
        check: Says of the text without separators whether it is one; all are when None.
        cue: A word that must stand before it, or right behind it.
    """

    name: str
    kind: Kind
    form: re.Pattern[str]
    score: float
    check: Callable[[str], bool] | None = None
    cue: re.Pattern[str] | None = None

    def find(self, text: str) -> Iterator[Span]:
        """Yield what it recognises, in order of the text."""
        for match in self.form.finditer(text):
            start, end = match.span("v" if "v" in self.form.groupindex else 0)
            if self.kind is Kind.IBAN:
                end = _iban_end(text, start, end)
            if self.check is not None and not self.check(_compact(text[start:end])):
                continue
            if self.cue is None or self._has_cue(text, start, end):
                yield Span(start=start, end=end, kind=self.kind, score=self.score, recogniser=self.name)

    def _has_cue(self, text: str, start: int, end: int) -> bool:
        assert self.cue is not None
        before = "\n".join(text[max(0, start - _CUE_CHARS) : start].split("\n")[-2:])
        behind = text[end : end + _CUE_CHARS].partition("\n\n")[0]
        return self.cue.search(before) is not None or re.match(rf"[\s(]*(?:{self.cue.pattern})", behind) is not None


def find_patterns(text: str) -> Iterator[Span]:
    """Yield all that the patterns recognise; spans may overlap."""
    for pattern in _PATTERNS:
        yield from pattern.find(text)


def _compact(text: str) -> str:
    return re.sub(r"[\s-]", "", text)


def _iban_end(text: str, start: int, end: int) -> int:
    """Return where an account number ends: words in capitals may follow it."""
    wanted = IBAN_LENGTHS.get(text[start : start + 2], 0)
    for place in range(start, end):
        wanted -= text[place].isalnum()
        if not wanted:
            return place + 1
    return end


def _cue(*words: str) -> re.Pattern[str]:
    # A capital stands for itself or its small letter: cues are read without regard to case.
    return re.compile(rf"(?i:(?<!\w)(?:{'|'.join(words)}))")


_DAY: Final = (
    r"(?:\d{1,2}\.\s?\d{1,2}\.\s?\d{2,4}|\d{1,2}[/-]\d{1,2}[/-]\d{2,4}|\d{4}-\d{2}-\d{2}"
    r"|\d{1,2}(?:\.|st|nd|rd|th)?\s(?:day\sof\s)?[A-ZÄa-zä]{3,9}\.?,?\s\d{4}|[A-Z][a-z]{2,8}\.?\s\d{1,2},?\s\d{4})"
)
_TOWN: Final = (
    r"[A-ZÄÖÜ][a-zäöüß]+(?:-[A-ZÄÖÜ][a-zäöüß]+)*"
    r"(?:\s(?:am|an\sder|im|in\sder|bei|ob\sder|vor\sder)\s[A-ZÄÖÜ][a-zäöüß]+|/[A-ZÄÖÜ][a-zäöüß]+)?"
)
_GERMAN_ADDRESS: Final = (
    r"(?<!\w)(?:[A-ZÄÖÜ][\wäöüß.]*(?:-[A-ZÄÖÜ][\wäöüß.]*)*-?"
    r"(?:[Ss]traße|[Ss]trasse|[Ss]tr\.|[Ww]eg|[Aa]llee|[Pp]latz|[Gg]asse|[Rr]ing|[Uu]fer|[Dd]amm|[Cc]haussee|[Pp]fad"
    r"|[Ss]teig|[Gg]raben|[Mm]arkt|[Hh]of|[Bb]erg)"
    r"|(?:[A-ZÄÖÜ][\wäöüß-]+\s)(?:Straße|Strasse|Str\.|Allee|Platz|Weg|Ring|Ufer|Damm|Chaussee)"
    r"|(?:Am|An\sder|An\sden|Auf\sder|Auf\sdem|Im|In\sder|In\sden|Unter\sden|Zum|Zur)\s"
    r"(?!(?:Jahr|Jahre|Abschnitt|Absatz|Artikel|Anhang|Anlage|Kapitel|Monat|Punkt|Ziffer|Paragraph)\s)"
    r"[A-ZÄÖÜ][\wäöüß-]+)"
    r"\s\d{1,4}(?:\s?[a-z](?!\w))?(?:\s?[-–]\s?\d{1,4}\s?[a-z]?(?!\w))?"
    rf"(?:\s?,?\s+(?:D-)?\d{{5}}\s{_TOWN})?"
)
# A postcode and a town make an address of any words with a number before them.
_GERMAN_TOWN_ADDRESS: Final = (
    r"(?<!\w)(?:[A-ZÄÖÜ][\wäöüß.-]+\s){1,3}\d{1,4}\s?[a-z]?(?:\s?[-–]\s?\d{1,4})?\s?,?\s+"
    rf"(?:D-)?\d{{5}}\s(?!(?:Euro|Aktien|Anteile|Stück|Einheiten|Mark|Dollar)(?!\w)){_TOWN}"
)
_STREET: Final = (
    r"(?:Street|St\.?|Avenue|Ave\.?|Road|Rd\.?|Boulevard|Blvd\.?|Lane|Ln\.?|Drive|Dr\.?|Court|Ct\.?|Place|Pl\.?"
    r"|Square|Way|Parkway|Pkwy\.?|Terrace|Highway|Hwy\.?|Circle|Plaza|Broadway|Row|Close|Crescent|Gardens)"
)
_US_TOWN: Final = r"(?:[A-Z][a-zA-Z.'’-]+\s){0,2}[A-Z][a-zA-Z.'’-]+,?\s+(?:[A-Z]{2}|[A-Z][a-z]+(?:\s[A-Z][a-z]+)?)"
_US_ADDRESS: Final = (
    rf"(?<![\w.,$€-])\d{{1,6}}[A-Za-z]?\s+(?:[NSEW]\.?\s+)?(?:(?:[A-Z][\w.'’-]*|\d{{1,3}}(?:st|nd|rd|th))\s+){{1,4}}?"
    rf"(?:{_STREET})(?!\w)(?:\s(?:[NSEW]\.?|North|South|East|West)(?!\w))?"
    r"(?:,?\s+(?:Suite|Ste\.?|Apt\.?|Apartment|Floor|Unit|Room|#)\s*[\w-]+)?"
    rf"(?:,?\s+{_US_TOWN}\s+\d{{5}}(?:-\d{{4}})?(?!\d)|,?\s+[A-Z][a-z]+,?\s+{{0}})?"
)
_UK_POSTCODE: Final = r"[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}(?!\w)"

_TAX_CUE: Final = _cue(
    r"steuer-?\s?id", r"steuer-?identifikationsnummer", r"steuerliche\sidentifikationsnummer", r"steuernummer",
    r"st\.?-?\s?nr", r"id-?nr", r"identifikationsnummer", r"tax\s(?:identification|id|payer)", r"taxpayer",
    r"tin(?!\w)",
)  # fmt: skip
_PATTERNS: Final = (
    Pattern(
        name="email",
        kind=Kind.EMAIL,
        form=re.compile(r"(?<![\w.+-])[^\W_][\w.+'-]{0,63}@(?:[^\W_][\w-]{0,62}\.){1,6}[A-Za-z]{2,24}(?!\w)"),
        score=CHECKED,
    ),
    Pattern(
        name="iban",
        kind=Kind.IBAN,
        form=re.compile(r"(?<!\w)[A-Z]{2}[0-9]{2}(?:\s?[A-Z0-9]){11,30}"),
        score=CHECKED,
        check=is_iban,
    ),
    Pattern(
        name="iban-by-name",
        kind=Kind.IBAN,
        form=re.compile(r"(?<!\w)[A-Z]{2}[0-9]{2}(?:\s?[A-Z0-9]){11,30}"),
        score=CHECKED,
        cue=_cue("iban"),
    ),
    Pattern(
        name="account-by-name",
        kind=Kind.IBAN,
        form=re.compile(r"(?<!\w)\d[\d ]{4,16}\d(?!\w)"),
        score=CUED,
        cue=_cue(r"account\s(?:no|number)\.?\W*$", r"a/c\s(?:no|number)\.?\W*$", r"konto(?:nummer|-?nr\.?)\W*$"),
    ),
    Pattern(
        name="card",
        kind=Kind.CARD,
        form=re.compile(r"(?<![\w.,-])\d(?:[ -]?\d){12,18}(?![\w-])"),
        score=CUED,
        check=is_card,
    ),
    Pattern(
        name="us-social-security",
        kind=Kind.SOCIAL_SECURITY,
        form=re.compile(r"(?<![\w-])(?!000|666|9)\d{3}[- ](?!00)\d{2}[- ](?!0000)\d{4}(?![\w-])"),
        score=FORMED,
    ),
    Pattern(
        name="us-social-security-by-name",
        kind=Kind.SOCIAL_SECURITY,
        form=re.compile(r"(?<!\w)(?:\d{9}|(?:[\dXx*]{3}-[\dXx*]{2}-\d{4}))(?!\w)"),
        score=CUED,
        cue=_cue("ssn", r"social\ssecurity"),
    ),
    Pattern(
        name="german-social-security",
        kind=Kind.SOCIAL_SECURITY,
        form=re.compile(r"(?<!\w)\d{2}\s?[0-3]\d[01]\d{3}\s?[A-Z]\s?\d{3}(?!\w)"),
        score=FORMED,
    ),
    Pattern(
        name="uk-national-insurance",
        kind=Kind.SOCIAL_SECURITY,
        form=re.compile(r"(?<!\w)[A-CEGHJ-PR-TW-Z]{2}\s?\d{2}\s?\d{2}\s?\d{2}\s?[A-D](?!\w)"),
        score=CUED,
        cue=_cue(r"national\sinsurance", r"ni\s(?:no|number)", "nino"),
    ),
    Pattern(
        name="german-tax-id",
        kind=Kind.TAX_NUMBER,
        form=re.compile(r"(?<![\w.,])[1-9]\d(?: ?\d{3}){3}(?![\w,])"),
        score=FORMED,
        check=is_german_tax_id,
        cue=_TAX_CUE,
    ),
    Pattern(
        name="tax-number-by-name",
        kind=Kind.TAX_NUMBER,
        form=re.compile(r"(?<!\w)\d{2,3}(?:[ /]?\d{2,5}){2,3}(?!\w)"),
        score=CUED,
        cue=_TAX_CUE,
    ),
    Pattern(
        name="german-vat-id",
        kind=Kind.TAX_NUMBER,
        form=re.compile(r"(?<!\w)DE\s?\d{3}\s?\d{3}\s?\d{3}(?!\w)"),
        score=CHECKED,
        check=is_german_vat_id,
    ),
    Pattern(
        name="vat-id-by-name",
        kind=Kind.TAX_NUMBER,
        form=re.compile(r"(?<!\w)(?:DE|ATU|GB|FR|NL|IT|ES|PL|BE|LU)\s?[A-Z0-9]{2}(?:\s?\d{2,4}){2,4}(?!\w)"),
        score=CUED,
        cue=_cue(r"ust\.?-?\s?id", "umsatzsteuer-?identifikationsnummer", "vat"),
    ),
    Pattern(
        name="us-employer-number",
        kind=Kind.TAX_NUMBER,
        form=re.compile(r"(?<![\w-])\d{2}-\d{7}(?![\w-])"),
        score=CUED,
        cue=_cue("ein(?!\\w)", r"employer\sidentification", r"i\.?r\.?s", "taxpayer", r"tax\si", r"fein", "tin(?!\\w)"),
    ),
    Pattern(
        name="identity-document-by-name",
        kind=Kind.IDENTITY_DOCUMENT,
        form=re.compile(
            r"(?i:(?<!\w)(?:passport|reisepass|personalausweis|ausweis|identity\scard|id\scard|driver['’]?s\slicen[cs]e"
            r"|driving\slicen[cs]e|führerschein))(?i:[ -]?(?:no|nr|number|nummer)\b\.?)?\W{0,4}"
            r"(?P<v>(?=[A-Z0-9 ]*\d{2})[A-Z0-9]{1,4}[A-Z0-9 ]{3,12}[A-Z0-9])(?!\w)"
        ),
        score=CUED,
    ),
    Pattern(
        name="identity-document-in-words",
        kind=Kind.IDENTITY_DOCUMENT,
        form=re.compile(r"(?<!\w)(?=[A-Z0-9]*\d{3})[A-Z0-9]{8,10}(?!\w)"),
        score=FORMED,
        cue=_cue(
            r"passport\W*(?:no|number|nr)?\b[^\n]{0,15}$",
            r"(?:reisepass|ausweis|personalausweis|führerschein)\w*[^\n]{0,25}$",
        ),
    ),
    Pattern(
        name="date-of-birth",
        kind=Kind.DATE_OF_BIRTH,
        form=re.compile(
            r"(?i:(?<!\w)(?:date\sof\sbirth|birth\s?date|born|d\.?o\.?b\.?|geboren|geb\.|geburtsdatum|geburtstag))"
            rf"\W{{0,4}}(?:\s?(?:on|am|is|ist|der|the)\s(?:the\s)?)?\s{{0,2}}(?P<v>{_DAY})"
        ),
        score=CHECKED,
    ),
    Pattern(
        name="phone-by-name",
        kind=Kind.PHONE,
        form=re.compile(
            r"(?i:(?<!\w)(?:tele(?:fon|phone|fax|copy)\w*|tel\.?|phone|fon|mobil(?:e|funk|nummer|telefon)?|fax|cell"
            r"|handy\w*|rufnummer))(?i:\s?(?:no|nr|number|nummer)\b\.?)?[\s:.]{0,4}"
            r"(?P<v>(?:\+|\(|(?<!\d))\d[\d\s()/.–-]{4,22}\d)(?!\d)"
        ),
        score=CUED,
    ),
    Pattern(
        name="us-phone",
        kind=Kind.PHONE,
        form=re.compile(r"(?<![\w.-])(?:\+?1[ .-]?)?\(?[2-9]\d{2}\)?[ .-]\s?[2-9]\d{2}[.-]\d{4}(?![\w-])"),
        score=FORMED,
    ),
    Pattern(
        name="international-phone",
        kind=Kind.PHONE,
        form=re.compile(r"(?<![\w+])(?:\+|00)[1-9]\d{0,2}[ /(.-]{0,2}(?:\d[ ()/.–-]{0,2}){6,12}\d(?!\w)"),
        score=FORMED,
    ),
    Pattern(name="german-address", kind=Kind.ADDRESS, form=re.compile(_GERMAN_ADDRESS), score=FORMED),
    Pattern(
        name="german-town-address",
        kind=Kind.ADDRESS,
        form=re.compile(_GERMAN_TOWN_ADDRESS),
        score=FORMED,
    ),
    Pattern(
        name="street-address",
        kind=Kind.ADDRESS,
        form=re.compile(_US_ADDRESS.replace("{0}", _UK_POSTCODE)),
        score=FORMED,
    ),
    Pattern(
        name="post-box",
        kind=Kind.ADDRESS,
        form=re.compile(r"(?<!\w)(?:P\.?\s?O\.?\sBox|Postfach)\s\d[\d ]{0,8}\d(?!\w)"),
        score=FORMED,
    ),
    Pattern(
        name="bic",
        kind=Kind.BIC,
        form=re.compile(r"(?<!\w)[A-Z]{6}[A-Z2-9][A-NP-Z0-9](?:[A-Z0-9]{3})?(?!\w)"),
        score=CHECKED,
        cue=_cue(r"(?:bic|swift)[^\n]{0,20}$"),
    ),
    Pattern(
        name="german-company-register",
        kind=Kind.COMPANY_REGISTER,
        form=re.compile(r"(?<!\w)HR\s?[AB]\s?(?:Nr\.?\s?)?\d{1,6}(?:\s[A-Z]{1,2})?(?!\w)"),
        score=CHECKED,
    ),
    Pattern(
        name="isin",
        kind=Kind.SECURITY,
        form=re.compile(r"(?<!\w)[A-Z]{2}[A-Z0-9]{9}[0-9](?!\w)"),
        score=CHECKED,
        check=is_isin,
    ),
    Pattern(
        name="cusip",
        kind=Kind.SECURITY,
        form=re.compile(r"(?<!\w)[0-9A-Z]{6}\s?[0-9A-Z]{2}\s?[0-9](?!\w)"),
        score=CHECKED,
        check=is_cusip,
        cue=_cue(r"cusip[^\n]{0,30}$"),
    ),
    Pattern(
        name="lei",
        kind=Kind.LEI,
        form=re.compile(r"(?<!\w)[A-Z0-9]{18}[0-9]{2}(?!\w)"),
        score=CHECKED,
        check=is_lei,
    ),
)
