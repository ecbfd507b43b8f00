"""Blacking names out of a parsed document: same length, same places, everywhere the document repeats the words."""

import re
from dataclasses import fields, replace
from typing import TypeVar

from averment.core.documents import ParsedDocument, TableCell
from averment.core.erasure import masked, name_pattern
from averment.core.errors import DocumentWithheld
from averment.core.ids import sha256_id
from averment.core.structure import TagConflict, TaggedFact
from averment.pipelines.stores.withheld import Withheld

_Row = TypeVar("_Row", TableCell, TaggedFact, TagConflict)


def mask_document(parsed: ParsedDocument, pattern: re.Pattern[str]) -> ParsedDocument:
    """Return a document without the words a pattern finds; offsets, pages, boxes and cells stay where they are.

    Files inside it are left out: they are documents of their own.
    """
    text = masked(parsed.text, pattern)
    return replace(
        parsed,
        text=text,
        title=masked(parsed.title, pattern) if parsed.title else parsed.title,
        elements=tuple(
            replace(
                element,
                text=text[element.start : element.end],
                section=tuple(masked(part, pattern) for part in element.section),
            )
            for element in parsed.elements
        ),
        cells=tuple(replace(_without(cell, pattern), text=text[cell.start : cell.end]) for cell in parsed.cells),
        tags=tuple(_without(tag, pattern) for tag in parsed.tags),
        conflicts=tuple(_without(conflict, pattern) for conflict in parsed.conflicts),
        attachments=(),
    )


def read_again(parsed: ParsedDocument, withheld: Withheld) -> ParsedDocument:
    """Mask a document whose content was masked before, when its source is read again.

    Raises:
        DocumentWithheld: It was erased as a whole, or it reads differently than then, so that the places are unknown.
    """
    if withheld.text_hash != sha256_id(parsed.text.encode("utf-8")):
        raise DocumentWithheld(
            "a person was erased from this document, which now reads differently",
            hint="averment forget it anew with the person's name, or take the name out at the source",
        )
    names = [parsed.text[start:end] for start, end in withheld.spans]
    pattern = name_pattern(names)
    return parsed if pattern is None else replace(mask_document(parsed, pattern), attachments=parsed.attachments)


def _without(row: _Row, pattern: re.Pattern[str]) -> _Row:
    """Return a row with the words blacked out in each of its texts; its codes are words of their own."""
    texts = {field.name: getattr(row, field.name) for field in fields(row)}
    changed = {name: masked(text, pattern) for name, text in texts.items() if isinstance(text, str)}
    return replace(row, **changed)  # type: ignore[arg-type]  # only texts are changed, and into texts
