"""A filled document as one HTML page that stands alone: readable by a screen reader, in light and dark, and in print.

Everything that people or files wrote is escaped; the page loads nothing and runs nothing.
"""

import base64
import io
import re
from collections.abc import Iterator, Sequence
from html import escape
from importlib import resources
from importlib.util import find_spec
from typing import Final

from averment.compliance.documents.filled import Block, EntryEvidence, FilledDocument, FilledField, Status
from averment.compliance.documents.words import Words

_STYLE: Final = resources.files("averment.compliance.documents.rendering") / "page.css"
_LONGEST_WORD: Final = 22
_BREAKS: Final = re.compile(r"[\s/-]")
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def render_html(document: FilledDocument) -> str:
    """Write the page: the same text for the same document."""
    words = Words(document.language)
    title = f"{document.title} ({document.article})"
    parts = [
        "<!doctype html>",
        f'<html lang="{document.language}">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<meta name="generator" content="Averment {escape(document.software.version)}">',
        f'<meta name="dcterms.created" content="{escape(document.log.time)}">',
        f'<meta name="dcterms.modified" content="{escape(document.log.time)}">',
        f"<title>{escape(title)}</title>",
        f"<style>{_STYLE.read_text(encoding='utf-8')}</style>",
        "</head>",
        "<body>",
        "<header>",
        f"<h1>{escape(title)}</h1>",
        *_facts(document, words),
        "</header>",
        "<main>",
        *_overview(document, words),
        *(line for key, field in document.fields.items() for line in _field(key, field, words)),
        *_limits(document, words),
        *_checkpoint(document, words),
        *_evidence(document, words),
        "</main>",
        "</body>",
        "</html>",
    ]
    return "\n".join(parts) + "\n"


def qr_code(text: str) -> bytes | None:
    """Draw a text as a QR code (SVG, the same bytes each time); None where the package segno is not installed."""
    if find_spec("segno") is None:
        return None
    import segno

    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(drawn, kind="svg", scale=4, border=4, light="#fff", nl=False)
    return drawn.getvalue()


def _facts(document: FilledDocument, words: Words) -> Iterator[str]:
    rows = [
        (words("label_as_of"), document.log.time),
        (words("label_software"), f"Averment {document.software.version}, {document.software.digest}"),
        (words("label_log"), f"{document.log.origin}, {document.log.size}"),
        (words("label_law"), f"{document.law.name} ({document.law.read_on})"),
    ]
    rows += [(words("label_masking"), words(f"masking_{document.masking}"))]
    if document.subject:
        rows.insert(0, (words("label_about"), document.subject))
    yield "<dl>"
    yield from (f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in rows)
    yield "</dl>"


def _overview(document: FilledDocument, words: Words) -> Iterator[str]:
    yield f"<h2>{escape(words('label_overview'))}</h2>"
    yield f"<p>{escape(words('overview'))}</p>"
    rows = [
        (
            f'<a class=key href="#{escape(key)}">{escape(key)}</a>',
            escape(field.title),
            _badge(field.status, words),
            escape(field.owner) or "–",
            f"<span class=day>{escape(field.date) or '–'}</span>",
        )
        for key, field in document.fields.items()
    ]
    heads = [words(f"label_{name}") for name in ("field", "title", "status", "owner", "date")]
    yield from _table(words("label_overview"), heads, rows)


def _field(key: str, field: FilledField, words: Words) -> Iterator[str]:
    unverified = f" <small>[{escape(words('not_verified'))}]</small>" if not field.verified else ""
    yield f'<section id="{escape(key)}">'
    yield f"<h2><span class=id>{escape(key)}</span> {escape(field.title)}</h2>"
    yield f"<p class=asks>{escape(field.asks)}{unverified}</p>"
    reason = f" {escape(field.reason)}" if field.reason else ""
    yield f"<p>{_badge(field.status, words)}{reason}</p>"
    for block in field.blocks:
        yield from _block(block, words)
    if field.owner or field.date:
        yield f"<p class=by>{escape(words('label_owner'))}: {escape(field.owner)}, {escape(field.date)}</p>"
    yield "</section>"


def _block(block: Block, words: Words) -> Iterator[str]:
    cited = " ".join(f'<a href="#{name}">{name}</a>' for name in shown_evidence(block))
    more = len(block.evidence) - len(shown_evidence(block))
    rest = f" {escape(words('and_more', number=more))}" if more else ""
    source = f" <small>[{cited}{rest}]</small>" if cited else ""
    author = "" if block.made_by == "machine" else f" <small>({escape(words(f'by_{block.made_by}'))})</small>"
    if block.columns:
        caption = f"{escape(block.text)}{author}{source}"
        rows = [[escape(cell) for cell in row] for row in block.rows]
        yield from _table(caption, block.columns, rows, is_html=True)
    else:
        yield f"<p>{escape(block.text)}{author}{source}</p>"


def shown_evidence(block: Block) -> Sequence[str]:
    """Return the evidence named beside a block: the first and the last, where there is much; the JSON has all."""
    return block.evidence if len(block.evidence) <= 4 else (*block.evidence[:2], *block.evidence[-2:])


def _limits(document: FilledDocument, words: Words) -> Iterator[str]:
    yield f"<section id=limits><h2>{escape(words('label_limits'))}</h2><ul>"
    yield from (f"<li>{escape(line)}</li>" for line in document.not_established)
    yield from (f"<li>{escape(line)}</li>" for line in document.law.caveats)
    yield "</ul></section>"


def _checkpoint(document: FilledDocument, words: Words) -> Iterator[str]:
    log = document.log
    yield f"<section id=checkpoint><h2>{escape(words('label_checkpoint'))}</h2>"
    yield f"<p>{escape(words('checkpoint'))}</p>"
    rows = [(words("label_origin"), log.origin), (words("label_size"), str(log.size)), (words("label_root"), log.root)]
    yield "<dl>" + "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in rows) + "</dl>"
    yield f"<pre>{escape(log.note)}</pre>"
    drawn = qr_code(log.note)
    if drawn is not None:
        picture = base64.b64encode(drawn).decode("ascii")
        yield f'<p><img class=qr src="data:image/svg+xml;base64,{picture}" alt="{escape(words("qr_code"))}"></p>'
    yield "</section>"


def _evidence(document: FilledDocument, words: Words) -> Iterator[str]:
    rows = []
    for name, found in document.evidence.items():
        if isinstance(found, EntryEvidence):
            what, digest = f"{words('head_entry')} {found.index} {found.type} {found.time}", found.leaf_hash
        else:
            what, digest = f"{words('head_file')} {found.path} ({words('place_' + found.place)})", found.sha256
        rows.append((f'<span id="{name}">{name}</span>', escape(what), f"<code>{escape(digest)}</code>"))
    yield f"<section><h2>{escape(words('label_evidence'))}</h2>"
    yield f"<p>{escape(words('evidence'))}</p>"
    heads = [words("label_number"), words("label_evidence"), words("head_digest")]
    yield from _table(words("label_evidence"), heads, rows)
    yield "</section>"


def _table(
    caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]], *, is_html: bool = False
) -> Iterator[str]:
    """Yield a table; its cells are HTML already, its heads are not."""
    yield f"<table><caption>{caption if is_html else escape(caption)}</caption><thead><tr>"
    yield from (f'<th scope="col">{escape(head)}</th>' for head in heads)
    yield "</tr></thead><tbody>"
    for row in rows:
        first, *others = row
        yield f'<tr><th scope="row">{first}</th>' + "".join(map(_cell, others)) + "</tr>"
    yield "</tbody></table>"


def _cell(cell: str) -> str:
    """Return a cell; words that fit no column may be broken anywhere, others keep their column wide enough."""
    is_long = "<" not in cell and any(len(word) > _LONGEST_WORD for word in _BREAKS.split(cell))
    return f"<td class=long>{cell}</td>" if is_long else f"<td>{cell}</td>"


def _badge(status: Status, words: Words) -> str:
    return f'<strong class="{status}">{escape(words(f"status_{status}"))}</strong>'
