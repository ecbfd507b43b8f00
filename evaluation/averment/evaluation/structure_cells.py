"""Is a question's gold cell in the cell table, with the right headers, unit, scale and period?

What is right is read from the pack alone: the question's words and answer (`sec_html`), its scale (`tatqa`), and the
row of the official text that the gold stands in. A property that the pack does not label is None and counts nowhere.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final, Literal

from averment.core.documents import ParsedDocument, TableCell
from averment.evaluation.alignment import Alignment
from averment.evaluation.pack import GoldSpan, PackQuestion
from averment.pipelines.reasoning.dates import find_dates
from averment.pipelines.reasoning.periods import find_periods

Property = Literal["row_header", "column_header", "value", "unit", "scale", "period"]
PROPERTIES: Final[tuple[Property, ...]] = ("row_header", "column_header", "value", "unit", "scale", "period")
_FIGURE: Final = re.compile(r"[$€£¥]?\s?\(?[-–−]?\s?[$€£¥]?\d[\d,.]*\)?\s?%?\)?")
_YEAR: Final = re.compile(r"(?:19|20)\d{2}")
_RANGE: Final = re.compile(r"\d{4}\s*(?:[-–—/]|to|bis|through)\s*(?:19|20)\d{2}")
_CAPTION: Final = re.compile(r"\([^()]*\)")
_UNITS: Final = {
    "US dollars": ("USD",),
    "US dollars per share": ("USD", "USD/shares"),
    "shares": ("shares",),
    "percent": ("%",),
}
_SCALES: Final = {"thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_MONTHS: Final = {"three": 3, "six": 6, "nine": 9, "year": 12}
_LENGTH: Final = re.compile(
    r"\bthe (?:fiscal )?(?P<word>three|six|nine|year)(?: months)? ended (?P<end>\w+ \d{1,2}, \d{4})"
)
_INSTANT: Final = re.compile(r"\bas of (?P<end>\w+ \d{1,2}, \d{4})")


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialRow:
    """The line of the official text that a gold cell stands in: its words before the first figure, and the rest.

    `headers` are the cells above the gold cell in its own column, nearest last, where the official text keeps columns
    apart; empty otherwise.
    """

    words: str
    headers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CellVerdict:
    """What became of one figure that a question needs; `checks` by property, None where nothing is labelled."""

    question: str
    doc_id: str
    gold: str
    is_found: bool
    checks: Mapping[Property, bool | None]

    @property
    def is_right(self) -> bool:
        """Tell whether the cell was found and nothing labelled is wrong."""
        return self.is_found and all(passed is not False for passed in self.checks.values())


def judge_question(
    question: PackQuestion, *, read: Mapping[str, tuple[ParsedDocument, Alignment, str]]
) -> list[CellVerdict]:
    """Judge every figure that a question needs and that stands in a table of the official text.

    Args:
        question: The question.
        read: By document: what was parsed, its alignment with the official text, and the official text.
    """
    groups: dict[str, list[GoldSpan]] = {}
    for number, span in enumerate(question.gold):
        groups.setdefault(span.group or f"_{number}", []).append(span)
    verdicts = []
    for spans in groups.values():
        found = [verdict for span in spans if (verdict := _judge(question, span, *read[span.doc_id]))]
        if found:
            verdicts.append(max(found, key=lambda verdict: (verdict.is_right, verdict.is_found)))
    return verdicts


def _judge(
    question: PackQuestion, span: GoldSpan, parsed: ParsedDocument, alignment: Alignment, official: str
) -> CellVerdict | None:
    row = official_row(official, span)
    if row is None:
        return None
    cell = _cell_at(parsed.cells, alignment, span)
    checks: dict[Property, bool | None] = dict.fromkeys(PROPERTIES)
    if cell is not None:
        checks |= _check(question, span, cell, row)
    return CellVerdict(
        question=question.id, doc_id=span.doc_id, gold=span.text, is_found=cell is not None, checks=checks
    )


def official_row(official: str, span: GoldSpan) -> OfficialRow | None:
    """Return the row that a gold span stands in; None where it is no figure of a table."""
    if _FIGURE.fullmatch(span.text.strip()) is None or _YEAR.fullmatch(span.text.strip()):
        return None
    start = official.rfind("\n", 0, span.start) + 1
    end = official.find("\n", span.end)
    line = official[start : end if end >= 0 else len(official)]
    if " | " in line:
        cells = line.split(" | ")
        column = line[: span.start - start].count(" | ")
        return OfficialRow(words=cells[0], headers=tuple(_above(official, start, column, len(cells))))
    figures = list(_FIGURE.finditer(line))
    words = line[: figures[0].start()] if figures else line
    prose = re.sub(r"[^A-Za-z]+", " ", line[len(words) :]).split()
    return OfficialRow(words=words) if len(prose) <= 2 else None


def _above(official: str, start: int, column: int, n_cells: int) -> Iterator[str]:
    """Yield the words over a column: rows of the same table above its first figure, from the top."""
    rows: list[list[str]] = []
    at = start
    while at > 0:
        before = official.rfind("\n", 0, at - 1) + 1
        cells = official[before : at - 1].split(" | ")
        if len(cells) != n_cells:
            break
        rows.insert(0, cells)
        at = before
    for cells in rows:
        if any(_FIGURE.fullmatch(cell.strip()) and not _YEAR.fullmatch(cell.strip()) for cell in cells[1:]):
            return
        if cells[column].strip() and _CAPTION.fullmatch(cells[column].strip()) is None:
            yield cells[column].strip()


def _cell_at(cells: Sequence[TableCell], alignment: Alignment, span: GoldSpan) -> TableCell | None:
    positions = alignment.span(span.start, span.end).positions
    if not len(positions):
        return None
    first, last = int(positions[0]), int(positions[-1])
    place = bisect_right(cells, first, key=lambda cell: cell.start) - 1
    return cells[place] if place >= 0 and last < cells[place].end else None


def _check(question: PackQuestion, span: GoldSpan, cell: TableCell, row: OfficialRow) -> dict[Property, bool | None]:
    checks: dict[Property, bool | None] = {
        "row_header": _letters(row.words) in _letters(cell.row_header) if _letters(row.words) else None
    }
    if row.headers:
        checks["column_header"] = _letters(row.headers[-1]) in _letters(cell.column_header)
    printed = _plain(span.text)
    checks["value"] = None if printed is None or cell.value is None else abs(Decimal(cell.value)) == printed
    checks |= _check_filing(question, cell) if "unit" in question.labels else _check_context(question, cell, row)
    return checks


def _check_filing(question: PackQuestion, cell: TableCell) -> dict[Property, bool | None]:
    """Check against a question that names unit and period; a looked-up value also gives the scale."""
    periods = asked_periods(question.question)
    years = [str(end.year) for _, end in periods]
    where = f"{cell.column_header} {cell.row_header} {cell.period or ''}"
    checks: dict[Property, bool | None] = {
        "column_header": any(year in where for year in years) if years else None,
        "period": any(_same_period(cell.period, wanted) for wanted in periods) if periods else None,
    }
    if question.type == "table_lookup" and cell.value is not None:
        answer = Decimal(str(question.labels["answer"]))
        value, scale = abs(Decimal(cell.value)), cell.scale
        checks["scale"] = value * scale == abs(answer)
    if question.type != "calculation":
        checks["unit"] = cell.unit in _UNITS.get(str(question.labels["unit"]), ())
    return checks


def _check_context(question: PackQuestion, cell: TableCell, row: OfficialRow) -> dict[Property, bool | None]:
    """Check against a question on one table: its scale, the signs printed in the cell, the years over the column."""
    checks: dict[Property, bool | None] = {}
    scale = str(question.labels.get("scale") or "")
    if scale in _SCALES and cell.unit not in ("%", "shares"):
        checks["scale"] = cell.scale == _SCALES[scale]
    if "%" in cell.text:
        checks["unit"] = cell.unit == "%"
    elif "$" in cell.text:
        checks["unit"] = cell.unit == "USD"
    dated = [header for header in row.headers if _YEAR.search(header)]
    if dated:
        years = _YEAR.findall(dated[-1])
        wanted = years if _RANGE.search(dated[-1]) else years[:1]
        checks["period"] = cell.period is not None and all(year in cell.period for year in wanted)
    return checks


def asked_periods(question: str) -> list[tuple[int, date]]:
    """Return (months, end) of the periods that a question names; months 0 for an instant."""
    found = [(_MONTHS[match["word"]], match["end"]) for match in _LENGTH.finditer(question)]
    found += [(0, match["end"]) for match in _INSTANT.finditer(question)]
    return [(months, dates[0].day) for months, end in found if (dates := find_dates(end))]


def _same_period(period: str | None, wanted: tuple[int, date]) -> bool:
    months, end = wanted
    for found in find_periods(period or ""):
        if (found.year, found.month, found.day) == (end.year, end.month, end.day):
            return found.months is None or found.months == months
    return False


def _plain(text: str) -> Decimal | None:
    try:
        return Decimal(re.sub(r"[^\d.]", "", text).rstrip("."))
    except InvalidOperation:
        return None


def _letters(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalpha())
