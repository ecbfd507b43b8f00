"""The page in a bundle that people read: what is inside, counted by kind, and the entries one a row.

It is a view. It proves nothing by itself; the checker in the bundle does. A whole log's page shows its newest entries.
"""

import base64
import json
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from importlib import resources
from typing import Final

from averment.compliance.averment_verify import NOT_ESTABLISHED
from averment.compliance.events import Leaf
from averment.compliance.log.checkpoint import Checkpoint

MAX_ROWS: Final = 1000
_STYLE: Final = resources.files("averment.compliance.documents.rendering") / "page.css"
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
_COLUMNS: Final = ("entry", "time", "event", "actor", "purpose", "facts")


def bundle_page(leaves: Iterable[Leaf], *, checkpoint: Checkpoint, kind: str) -> str:
    """Write the page: the same text for the same entries and checkpoint.

    Args:
        leaves: The entries in the bundle, in order.
        checkpoint: The state of the log that the bundle is of.
        kind: What the bundle holds: `log` or `slice`.
    """
    counted: Counter[str] = Counter()
    newest: deque[Leaf] = deque(maxlen=MAX_ROWS)
    for leaf in leaves:
        counted[str(leaf["type"])] += 1
        newest.append(leaf)
    title = "The evidence log" if kind == "log" else "Entries of an evidence log"
    number = counted.total()
    shown = f"The newest {MAX_ROWS} of {number} entries" if number > MAX_ROWS else f"{number} entries"
    parts = [
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{title}</title>\n<style>{_STYLE.read_text(encoding='utf-8')}</style>\n</head>\n<body>",
        f"<header><h1>{title}</h1>",
        *_state(checkpoint),
        "</header>\n<main>",
        "<p>This page is a view and proves nothing by itself: README.txt says how the bundle is checked. Entries hold "
        "digests, codes and pseudonyms; no text of a question, an answer or a document is inside: none is masked.</p>",
        *_table(
            "Events by kind", ("event", "entries"), [(name, str(count)) for name, count in sorted(counted.items())]
        ),
        *_table(shown, _COLUMNS, [_row(leaf) for leaf in newest]),
        "<section><h2>What a passed check does not establish</h2><ul>",
        *(f"<li>{escape(line)}</li>" for line in NOT_ESTABLISHED),
        "</ul></section>\n</main>\n</body>\n</html>",
    ]
    return "\n".join(parts) + "\n"


def _state(checkpoint: Checkpoint) -> Iterator[str]:
    root = base64.b64encode(checkpoint.root).decode()
    rows = (("Log", checkpoint.origin), ("Entries in it", str(checkpoint.size)), ("Root hash", root))
    yield "<dl>" + "".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in rows) + "</dl>"


def _row(leaf: Leaf) -> tuple[str, ...]:
    facts = json.dumps(leaf["data"], ensure_ascii=False, sort_keys=True)
    cells = (leaf["seq"], leaf["time"], leaf["type"], str(leaf["actor"])[-12:], leaf["purpose"] or "–", facts)
    return tuple(str(cell) for cell in cells)


def _table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"<table><caption>{escape(caption)}</caption><thead><tr>"
    yield "".join(f'<th scope="col">{head}</th>' for head in heads) + "</tr></thead><tbody>"
    for first, *others in rows:
        yield f'<tr><th scope="row">{escape(first)}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in others)}</tr>'
    yield "</tbody></table>"
