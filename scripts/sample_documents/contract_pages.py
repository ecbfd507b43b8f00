"""Lay a sample contract out as HTML and print it to PDF with WeasyPrint (A4, running header, page numbers)."""

import html
import re
from datetime import datetime
from pathlib import Path

from sample_documents.contract_source import Block, Contract

_BOLD = re.compile(r"\*\*(.+?)\*\*")
_NUMERIC = re.compile(r"^[£€$]?[\d,.()–%-]+$")


def contract_html(contract: Contract, css: str) -> str:
    """Return the whole document as one HTML page with `css` in its head."""
    stamp = datetime.strptime(contract.dated, "%d %B %Y").date().isoformat()  # noqa: DTZ007 - a date only
    body = "".join(_block_html(block, contract) for block in contract.blocks)
    return (
        f'<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8"><title>{_esc(contract.title)} '
        f'{_esc(contract.subtitle)}</title><meta name="dcterms.created" content="{stamp}">'
        f'<meta name="dcterms.modified" content="{stamp}"><style>{css}</style></head><body>'
        f'<div class="running">{_esc(contract.running)}</div>'
        f'<div class="reference">Ref. {_esc(contract.reference)}</div>'
        f"{_cover_html(contract)}{_contents_html(contract)}{_parties_html(contract)}{body}</body></html>"
    )


def contract_pdf(contract: Contract, css_path: Path) -> bytes:
    """Return the PDF; the bytes depend on the sources, the fonts and the WeasyPrint version only."""
    from weasyprint import HTML

    page = contract_html(contract, css_path.read_text("utf-8"))
    pdf: bytes | None = HTML(string=page).write_pdf(pdf_identifier=contract.name.encode())
    if pdf is None:
        raise RuntimeError(f"WeasyPrint returned no PDF for {contract.name!r}")
    return pdf


def _esc(text: str) -> str:
    return html.escape(text, quote=False)


def _inline(text: str) -> str:
    return _BOLD.sub(r"<strong>\1</strong>", _esc(text))


def _cover_html(contract: Contract) -> str:
    parties = '<p class="and">and</p>'.join(
        f'<p class="party">{_esc(party.name)}</p><p class="role">({_esc(party.role)})</p>' for party in contract.parties
    )
    return (
        f'<section class="cover"><p class="dated">Dated {_esc(contract.dated)}</p><h1>{_esc(contract.title)}</h1>'
        f'<p class="subtitle">{_esc(contract.subtitle)}</p><p class="between">between</p>{parties}'
        '<p class="sample">Sample document: the parties, persons and places are fictional.</p></section>'
    )


def _contents_html(contract: Contract) -> str:
    if not contract.has_contents:
        return ""
    rows = []
    in_body = True
    for index, block in enumerate(contract.blocks):
        if block.kind == "part":
            in_body = False
            title = block.text.replace(" | ", " – ")
            rows.append(f'<li class="part"><a href="#b{index}">{_inline(title)}</a></li>')
        elif block.kind == "heading" and in_body:
            rows.append(f'<li><a href="#b{index}"><span class="n">{block.number}</span>{_inline(block.text)}</a></li>')
    return f'<section class="contents"><h2>Contents</h2><ol>{"".join(rows)}</ol></section>'


def _parties_html(contract: Contract) -> str:
    items = "".join(
        f'<p class="item"><span class="n">({index})</span><strong>{_esc(party.name)}</strong>, '
        f"{_esc(party.description)} (the <strong>{_esc(party.role)}</strong>)"
        f"{'; and' if index < len(contract.parties) else '.'}</p>"
        for index, party in enumerate(contract.parties, 1)
    )
    return (
        f'<section class="parties"><p class="lead">This {_esc(contract.doc)} is dated {_esc(contract.dated)} '
        f'and is made between:</p>{items}<p class="lead">The parties agree as follows.</p></section>'
    )


def _block_html(block: Block, contract: Contract) -> str:
    index = contract.blocks.index(block)
    number = f'<span class="n">{block.number}</span>'
    if block.kind == "part":
        name, _, title = block.text.partition(" | ")
        return f'<h1 class="part" id="b{index}">{_inline(name)}<br><span>{_inline(title)}</span></h1>'
    if block.kind == "heading":
        return f'<h2 id="b{index}">{number}{_inline(block.text)}</h2>'
    if block.kind == "table":
        return _table_html(block)
    if block.kind == "signatures":
        return _signatures_html(contract)
    label = number if block.number else ""
    return f'<p class="{block.kind}">{label}{_inline(block.text)}</p>'


def _table_html(block: Block) -> str:
    caption = f"<caption>{_inline(block.text)}</caption>" if block.text else ""
    head = "".join(f"<th>{_inline(cell)}</th>" for cell in block.rows[0])
    classes = ["num" if _is_numeric(block, column) else "txt" for column in range(len(block.rows[0]))]
    body = "".join(
        "<tr>"
        + "".join(f'<td class="{name}">{_inline(cell)}</td>' for name, cell in zip(classes, row, strict=True))
        + "</tr>"
        for row in block.rows[1:]
    )
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _is_numeric(block: Block, column: int) -> bool:
    cells = [row[column].replace("*", "") for row in block.rows[1:]]
    return column > 0 and 2 * sum(bool(_NUMERIC.match(cell)) for cell in cells) > len(cells)


def _signatures_html(contract: Contract) -> str:
    boxes = "".join(
        f'<div class="box"><p>Signed for and on behalf of<br><strong>{_esc(party.name)}</strong></p>'
        f'<p class="line">Signature</p><p>Name: {_esc(party.signatory)}</p><p>Title: {_esc(party.capacity)}</p>'
        f"<p>Date: {_esc(contract.dated)}</p></div>"
        for party in contract.parties
    )
    return (
        f'<section class="signatures"><h2>Signatures</h2><p>This {_esc(contract.doc)} has been entered into on the '
        f"date stated at its beginning.</p>{boxes}</section>"
    )
