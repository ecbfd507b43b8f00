"""Facts of periodic reports: issuer, form, period end, and the names people give the period.

A fiscal quarter has up to three names: the issuer's own ("third quarter of fiscal 2024"), the
calendar's, and the one in the file's name. Questions use any of them, so all are kept, best first.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from averment.core.structure import Basis, FactField, PlacedFact
from averment.pipelines.reasoning.dates import find_dates

_HEAD: Final = 8_000
_FORM: Final = re.compile(
    r"\bF(?:ORM|orm)\s+((?:10-?K(?:405|SB|T)?|10-?Q(?:SB|T)?|20-?F|40-?F|8-?K|6-?K|S-1|DEF 14A)(?:/A)?)(?![\w-])"
)
_REPORT: Final = re.compile(
    r"(?:quarterly|annual|transition|current) report (?:pursuant|under)|exact name of (?:the )?registrant"
    r"|commission file n"
    r"|report of foreign|name of small business issuer"
    r"|Halbjahresfinanzbericht|Quartalsmitteilung|Geschäftsbericht",
    re.I,
)
_PERIOD: Final = re.compile(
    r"for\s+(?:the\s+)?(?:(?:quarterly|fiscal|transition|annual|interim)\s+)?(?:period|year|quarter|(?:[a-z-]+|\d+)\s+(?:weeks?|months?)"
    r"(?:\s+period)?)\s+ended:?\s+(?P<date>[^\n]{6,40})",
    re.I,
)
_TRANSITION: Final = re.compile(
    r"for\s+the\s+transition\s+period\s+from:?\s+(?=\w+\s\d)[^\n]{6,24}?\s+to:?\s+(?P<date>\w[^\n]{5,40})", re.I
)
# A report of an event, not of a period.
_EVENT: Final = re.compile(r"date\s+of\s+(?:report|earliest\s+event)[^\n]{0,60}?[:)]\s*(?P<date>[^\n]{6,40})", re.I)
_EVENT_FORMS: Final = ("8-K", "6-K", "S-", "DEF")
_NAMED: Final = (
    re.compile(
        r"\(?\s*exact\s+name\s+of\s+(?:the\s+)?(?:registrant|issuer"
        r"|company)(?P<rest>[^\n:()]{0,60})(?P<colon>:?)",
        re.I,
    ),
    re.compile(r"\(?\s*name\s+of\s+small\s+business\s+issuer(?P<rest>[^\n:()]{0,60})(?P<colon>:?)", re.I),
    re.compile(r"\(?\s*translation\s+of\s+registrant.s\s+name(?P<rest>[^\n:()]{0,60})(?P<colon>:?)", re.I),
)
_LINE: Final = re.compile(r"[^\n\f]+")
_NAME_ROOM: Final = 400
_MAX_NAME: Final = 120
# What stands before a name where the lines of the cover are lost: the number of the file.
_NUMBER: Final = re.compile(r"(?<!\S)\d[\d-]*(?!\S)")
_ORDINAL: Final = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_QUARTER: Final = (
    re.compile(
        r"\b(?P<n>first|second|third|fourth|1st|2nd|3rd|4th)\s+quarter\s+(?:of\s+)?(?:the\s+)?(?:fiscal\s+)?(?:years?\s+)?(?P<y>20\d\d|19\d\d)",
        re.I,
    ),
    re.compile(
        r"\bQ(?P<n>[1-4])\s*(?:[-/,]|of|for|fiscal|FY)?\s*(?:FY|fiscal)?\s*['’]?(?P<y>20\d\d|19\d\d|\d\d)(?!\d)", re.I
    ),
    re.compile(r"(?<!\d)(?P<y>20\d\d|19\d\d)[\s_-]*Q(?P<n>[1-4])(?!\d)", re.I),
    re.compile(r"\b(?P<n>[1-4])\.\s*Quartal\s+(?P<y>20\d\d)", re.I),
)
_YEAR: Final = re.compile(
    r"\b(?:fiscal\s+(?:year\s+)?|FY\s?|financial\s+year\s+|Geschäftsjahr\s+)(?P<y>20\d\d|19\d\d)(?!\d)", re.I
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingFacts:
    """What a filing reports on. `labels` are `YYYY-Qn` or `YYYY-FY`, the most telling first.

    `facts` are issuer, form, period end and fiscal period with the places on the cover page they were read from.
    """

    issuer: str | None
    form_type: str
    period_end: str | None
    labels: tuple[str, ...]
    facts: tuple[PlacedFact, ...] = ()


def filing_facts(text: str, *, name: str) -> FilingFacts | None:
    """Read the cover page of a periodic report; None for a document that is none."""
    head = text[:_HEAD]
    form = _FORM.search(head)
    if form is None or not _REPORT.search(head):
        return None
    form_type = re.sub(r"^(\d+)-?(?=[A-Z])", r"\1-", form.group(1))
    is_event = form_type.startswith(_EVENT_FORMS)
    ended = _EVENT.search(head) if is_event else _PERIOD.search(head) or _TRANSITION.search(head)
    days = find_dates(ended["date"]) if ended else []
    period_end = days[0].day.isoformat() if days else None
    issuer = _issuer(head)
    is_annual = form_type.startswith(("10-K", "20", "40"))
    labels = tuple(dict.fromkeys(_labels(text, name=name, period_end=period_end, annual=is_annual)))
    labels = () if is_event else labels
    found: list[PlacedFact] = []
    if issuer is not None:
        found.append(_placed(FactField.ISSUER, _tidy(head[slice(*issuer)]), issuer))
    found.append(_placed(FactField.FORM_TYPE, form_type, form.span(1)))
    if ended is not None and period_end is not None:
        found.append(_placed(FactField.PERIOD_END, period_end, ended.span("date")))
        found.extend(_placed(FactField.FISCAL_PERIOD, label, ended.span("date"), basis="computed") for label in labels)
    return FilingFacts(
        issuer=_tidy(head[slice(*issuer)]) if issuer else None,
        form_type=form_type,
        period_end=period_end,
        labels=labels,
        facts=tuple(found),
    )


def _issuer(head: str) -> tuple[int, int] | None:
    """Return where the name of the registrant stands: above the line that says so, behind its colon, or before it."""
    for label in _NAMED:
        match = label.search(head)
        if match is None:
            continue
        if match["colon"]:
            line = _next_line(head, match.end())
        else:
            begin = max(0, match.start() - _NAME_ROOM)
            above = [line for line in _LINE.finditer(head, begin, match.start()) if re.search(r"\w", line[0])]
            line = above[-1].span() if above else None
        span = _trimmed(head, line) if line else None
        if span:
            return span
    return None


def _next_line(head: str, begin: int) -> tuple[int, int] | None:
    found = next((line for line in _LINE.finditer(head, begin, begin + _NAME_ROOM) if re.search(r"\w", line[0])), None)
    return found.span() if found else None


def _trimmed(head: str, span: tuple[int, int]) -> tuple[int, int] | None:
    """Cut the number of the file off, and white space; None for what is no name."""
    start, end = span
    for number in _NUMBER.finditer(head, start, end):
        start = number.end() if head[number.end() : end].strip() else start
    while start < end and not head[start].isalnum():
        start += 1
    while end > start and head[end - 1] in " \t_*-–—(":
        end -= 1
    form = re.search(r"\s\((?:an?\s)[^()]*\)", head[start:end], re.I)
    end = start + form.start() if form else end
    is_name = 1 < end - start <= _MAX_NAME and not re.fullmatch(r"n/?a|not\s+applicable", head[start:end], re.I)
    return (start, end) if is_name else None


def _placed(field: FactField, value: str, span: tuple[int, int], *, basis: Basis = "stated") -> PlacedFact:
    return PlacedFact(field=field, value=value, start=span[0], end=span[1], basis=basis)


def quarter_labels(text: str) -> Iterator[str]:
    """Yield the fiscal or calendar quarters a text speaks of, as `YYYY-Qn`, in order of pattern."""
    for pattern in _QUARTER:
        for found in pattern.finditer(text):
            number = _ORDINAL.get(found["n"].lower()) or int(found["n"])
            yield f"{_full_year(found['y'])}-Q{number}"


def year_labels(text: str) -> Iterator[str]:
    """Yield the fiscal years a text speaks of, as `YYYY-FY`."""
    for found in _YEAR.finditer(text):
        yield f"{found['y']}-FY"


def _labels(text: str, *, name: str, period_end: str | None, annual: bool) -> Iterator[str]:
    stem = re.sub(r"[_\s]+", " ", name)
    yield from quarter_labels(stem)
    end = date.fromisoformat(period_end) if period_end else None
    if annual:
        if end is not None:
            yield f"{_own_year(text, end)}-FY"
        return
    own = Counter(quarter_labels(text))
    if own and end is not None:
        # Last year's quarter is named for comparison as often as this one, so it is not a candidate.
        near = {label: count for label, count in own.items() if 0 <= int(label[:4]) - end.year <= 1}
        yield from sorted(near, key=lambda label: (-near[label], label))[:1]
    if end is not None:
        # The calendar quarter that holds most of the three months.
        middle = end - timedelta(days=45)
        yield f"{middle.year}-Q{(middle.month + 2) // 3}"


def _own_year(text: str, end: date) -> int:
    """Name the fiscal year; one that ends in January or February may bear the number of the year before."""
    if end.month > 2:
        return end.year
    own = Counter(int(label[:4]) for label in year_labels(text))
    return end.year if own[end.year] >= own[end.year - 1] else end.year - 1


def _full_year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _tidy(name: str) -> str:
    name = (
        " ".join(name.split()).strip(" .,_*")
        if not name.strip().endswith((".",))
        else " ".join(name.split()).strip(" ,_*")
    )
    return name.title() if name.isupper() and len(name) > 6 else name
