"""The frame of every HTML report: one file that loads nothing, with tables that sort by a click on a column."""

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

_STYLE: Final = """
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:90rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}
table{border-collapse:collapse;margin:1rem 0;font-variant-numeric:tabular-nums}
th,td{border:1px solid #ccc;padding:.25rem .6rem;text-align:right;vertical-align:top}
th:first-child,td:first-child{text-align:left}thead{background:#f3f3f3}
td.words{text-align:left;min-width:7rem}tr.bad td{background:#fde8e8}
th button{font:inherit;font-weight:600;border:0;background:none;color:inherit;cursor:pointer;padding:0}
th[aria-sort=ascending] button::after{content:" \\25b4"}th[aria-sort=descending] button::after{content:" \\25be"}
.wide{overflow-x:auto;font-size:.85rem}small,.note{color:#555}svg{max-width:100%;height:auto}
svg text{font:12px system-ui,sans-serif;fill:currentColor}
@media (prefers-color-scheme:dark){body{color:#ddd;background:#161616}thead{background:#262626}
th,td{border-color:#444}small,.note{color:#aaa}tr.bad td{background:#4a1f1f}}
"""
# Numbers by size, the rest by its words; cells without a value come last either way.
_SORT: Final = """
for (const table of document.querySelectorAll('table.sortable')) {
  table.tHead.rows[0].querySelectorAll('button').forEach((button, column) => button.onclick = () => {
    const head = button.parentElement, up = head.getAttribute('aria-sort') !== 'ascending';
    for (const other of table.tHead.rows[0].cells) other.removeAttribute('aria-sort');
    head.setAttribute('aria-sort', up ? 'ascending' : 'descending');
    const key = row => row.cells[column].dataset.value ?? row.cells[column].textContent.trim();
    const none = text => text === '' || text === '\\u2013';
    const rows = [...table.tBodies[0].rows].sort((a, b) => {
      const x = key(a), y = key(b);
      if (none(x) || none(y)) return none(x) - none(y);
      const order = isNaN(x) || isNaN(y) ? x.localeCompare(y, 'en', {numeric: true}) : x - y;
      return up ? order : -order;
    });
    table.tBodies[0].append(...rows);
  });
}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell of a table: `shown` is HTML; `value` is what it sorts by where that is not what is shown."""

    shown: str
    value: float | None = None
    is_words: bool = False


def cell(value: object, *, digits: int = 3) -> Cell:
    """Make a cell of a value: numbers sort by themselves, None is a dash, all else is escaped text."""
    if value is None:
        return Cell(shown="–")
    if isinstance(value, bool):
        return Cell(shown="yes" if value else "no", is_words=True)
    if isinstance(value, int):
        return Cell(shown=f"{value:,}", value=value)
    if isinstance(value, float):
        return Cell(shown=f"{value:,.{digits}f}", value=value)
    return Cell(shown=html.escape(str(value)), is_words=True)


def sortable(head: Sequence[str], rows: Iterable[Sequence[object]], *, bad: Iterable[int] = ()) -> str:
    """Write a table that sorts; `bad` names rows (0-based) that stand out. Values are made cells by `cell`."""
    marked = frozenset(bad)
    top = "".join(f"<th scope='col'><button type='button'>{html.escape(name)}</button></th>" for name in head)
    body = "".join(
        f"<tr{' class=bad' if number in marked else ''}>{''.join(map(_written, row))}</tr>"
        for number, row in enumerate(rows)
    )
    return f"<div class='wide'><table class='sortable'><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"


def _written(value: object) -> str:
    made = value if isinstance(value, Cell) else cell(value)
    number = "" if made.value is None else f" data-value='{made.value}'"
    return f"<td{number}{' class=words' if made.is_words else ''}>{made.shown}</td>"


def plain(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a small table whose cells and head are HTML already."""
    top = "".join(f"<th>{name}</th>" for name in head)
    body = "".join("<tr>" + "".join(f"<td>{shown}</td>" for shown in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def page(title: str, parts: Iterable[str]) -> str:
    """Write the whole file; `parts` are HTML."""
    body = "".join(parts)
    script = f"<script>{_SORT}</script>" if "<table class='sortable'>" in body else ""
    return (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width'>"
        f"<title>{html.escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><h1>{html.escape(title)}</h1>{body}{script}</body></html>\n"
    )
