"""Write the tables of the sample report as HTML, with a currency cell and a number cell for each value."""

import html
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from sample_documents.filing_numbers import Figures, change_percent
from sample_documents.filing_values import PERIOD_DAYS, Number, column_of, value_of
from sample_documents.filing_xbrl import Tagger, shown_number

_SHARE_CONCEPTS = {
    "us-gaap:StockholdersEquity": "us-gaap:SharesOutstanding",
    "us-gaap:StockIssuedDuringPeriodValueShareBasedCompensation": (
        "us-gaap:StockIssuedDuringPeriodSharesShareBasedCompensation"
    ),
    "us-gaap:AdjustmentsRelatedToTaxWithholdingForShareBasedCompensation": (
        "us-gaap:SharesPaidForTaxWithholdingForShareBasedCompensation"
    ),
    "us-gaap:StockRepurchasedDuringPeriodValue": "us-gaap:StockRepurchasedDuringPeriodShares",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of values: where they are read (`id`), what stands above (`group`, `label`), how they are tagged."""

    id: str
    group: str
    label: str
    member: str = ""
    context: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line: one path for all columns, or one for each; `flags` as tables.yaml describes them."""

    label: str
    paths: tuple[str | None, ...]
    concept: str
    flags: str


class TableWriter:
    """Write a table of tables.yaml by its name."""

    def __init__(self, path: Path, figures: Figures, tagger: Tagger) -> None:
        self._tables: dict[str, dict[str, Any]] = yaml.safe_load(path.read_text("utf-8"))
        self._figures = figures
        self._tagger = tagger

    def write(self, name: str) -> str:
        """Return the table as HTML."""
        table = self._tables[name]
        columns = [_column(entry) for entry in table["columns"]]
        rows = [_row(entry, len(columns)) for entry in table["rows"]]
        width = 1 + 2 * len(columns)
        body = "".join(self._row_html(row, columns, width) for row in rows)
        return (
            f'<table class="figures n{len(columns)}"><thead><tr><td class="unit" colspan="{width}">'
            f"{html.escape(table['unit'])}</td></tr>{_header_html(columns)}</thead><tbody>{body}</tbody></table>"
        )

    def _row_html(self, row: Row, columns: list[Column], width: int) -> str:
        label = html.escape(row.label, quote=False)
        if "h" in row.flags or not any(row.paths):
            return f'<tr class="head"><td colspan="{width}">{label}</td></tr>'
        kind = " ".join(name for flag, name in (("t", "total"), ("d", "final"), ("i", "indent")) if flag in row.flags)
        cells = "".join(self._cells_html(row, path, column) for path, column in zip(row.paths, columns, strict=True))
        return f'<tr class="{kind}"><td class="label">{label}</td>{cells}</tr>'

    def _cells_html(self, row: Row, path: str | None, column: Column) -> str:
        if path is None:
            return '<td class="cur"></td><td class="num">—</td>'
        if column.id.startswith(("change:", "percent:")):
            return self._change_cells(row, path, column)
        value = value_of(self._figures, path, column.id)
        concept, context = _tag_of(row, column, column_of(path, column.id))
        is_shares = "s" in row.flags or column.id == "shares"
        unit = "shares" if is_shares else "usdPerShare" if "n" in row.flags else "usd"
        tagged = self._tagger.number(
            shown_number(value), -value if "-" in row.flags else value, concept=concept, column=context, unit=unit
        )
        sign = "$" if "$" in row.flags and not is_shares else ""
        return f'<td class="cur">{sign}</td><td class="num">{_in_parentheses(tagged, value)}</td>'

    def _change_cells(self, row: Row, path: str, column: Column) -> str:
        kind, now, before = column.id.split(":")
        first, second = value_of(self._figures, path, now), value_of(self._figures, path, before)
        if kind == "change":
            change = first - second
            sign = "$" if "$" in row.flags else ""
            return f'<td class="cur">{sign}</td><td class="num">{_in_parentheses(shown_number(change), change)}</td>'
        percent = change_percent(int(first), int(second))
        return f'<td class="cur"></td><td class="num">{_in_parentheses(f"{abs(percent)}", percent)}%</td>'


def _in_parentheses(shown: str, value: Number) -> str:
    return f"({shown})" if value < 0 else shown


def _tag_of(row: Row, column: Column, context: str) -> tuple[str, str]:
    """Return the concept with its members, and the period or day of the context."""
    name, _, place = row.concept.partition("@")
    if place in {"opening", "closing"}:
        context = column_of(f"{place}.balance", column.id)
    elif place or column.context:
        context = place or column.context
    if column.id == "shares":
        name = _SHARE_CONCEPTS.get(name, "")
        if name.endswith("SharesOutstanding") and context in PERIOD_DAYS:
            is_closing = row.label.endswith(("June 30, 2026", "June 30, 2025"))
            context = column_of("closing.x" if is_closing else "opening.x", context)
    return (f"{name}|{column.member}" if column.member else name), context


def _column(entry: str | dict[str, str]) -> Column:
    if isinstance(entry, dict):
        return Column(
            id=entry["id"],
            group="",
            label=entry["label"],
            member=entry.get("member", ""),
            context=entry.get("context", ""),
        )
    if entry.startswith("change:"):
        return Column(id=entry, group="", label="$ Change")
    if entry.startswith("percent:"):
        return Column(id=entry, group="", label="% Change")
    if entry in PERIOD_DAYS:
        group = "Three Months Ended June 30," if entry.startswith("q") else "Six Months Ended June 30,"
        return Column(id=entry, group=group, label=PERIOD_DAYS[entry][1][:4])
    return Column(id=entry, group="", label=_long_date(entry))


def _long_date(day: str) -> str:
    parsed = date.fromisoformat(day)
    return f"{parsed:%B} {parsed.day}, {parsed.year}"


def _row(entry: list[Any], n_columns: int) -> Row:
    label, value, concept, flags = entry
    paths = tuple(value) if isinstance(value, list) else (value,) * n_columns
    return Row(label=label, paths=paths, concept=concept, flags=flags)


def _header_html(columns: list[Column]) -> str:
    groups: list[tuple[str, int]] = []
    for column in columns:
        if groups and groups[-1][0] == column.group:
            groups[-1] = (column.group, groups[-1][1] + 1)
        else:
            groups.append((column.group, 1))
    top = ""
    if any(name for name, _ in groups):
        cells = "".join(
            f'<th class="{"group" if name else "none"}" colspan="{2 * n}">{name}</th>' for name, n in groups
        )
        top = f'<tr><th class="label"></th>{cells}</tr>'
    labels = "".join(f'<th colspan="2">{column.label}</th>' for column in columns)
    return f'{top}<tr class="labels"><th class="label"></th>{labels}</tr>'
