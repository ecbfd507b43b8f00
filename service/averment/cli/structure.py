"""`averment documents structure|surroundings|tables|hidden`, and what `show` says of metadata, amendments and tags."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Final

import typer

from averment.cli.context import runtime_of
from averment.cli.output import JsonFlag, note, print_json, print_table, say
from averment.core.documents import DocumentVersion, OpenedText
from averment.core.jsonable import to_json
from averment.core.structure import AmendmentLink, CrossReference, DocumentStructure, PlacedFact

DocumentArgument = Annotated[str, typer.Argument(help="document_id, source uri, or an unambiguous file name.")]
_SHOWN: Final = 100


def register(documents: typer.Typer) -> None:
    """Add the commands to `averment documents`."""
    documents.command("structure")(show_structure)
    documents.command("surroundings")(show_surroundings)
    documents.command("tables")(show_tables)
    documents.command("hidden")(show_hidden)


def show_structure(context: typer.Context, document: DocumentArgument, as_json: JsonFlag = False) -> None:
    """Show how a document is built: metadata, sections, terms, references, amendments, tags, with their places."""
    with runtime_of(context) as runtime:
        version, structure, links = runtime.views.structure(document)
        opened = runtime.views.text(version.document_id) if version.text_hash else None
    if as_json:
        print_json(
            {
                "document_id": version.document_id,
                "text_hash": version.text_hash,
                "facts": structure.facts,
                "sections": structure.sections,
                "terms": structure.terms,
                "references": [_reference(reference) for reference in structure.references],
                "amendments": links,
                "tags": structure.tags,
                "conflicts": structure.conflicts,
            }
        )
        return
    print_facts(structure, links)
    if opened is not None:
        _print_parts(structure, opened)


def show_surroundings(
    context: typer.Context,
    document: DocumentArgument,
    start: Annotated[int, typer.Option("--start", min=0, help="Where the passage begins in the text.")],
    end: Annotated[int, typer.Option("--end", min=1, help="Where it ends, exclusive.")],
    n: Annotated[int, typer.Option("--neighbours", min=0, max=10, help="Pieces before and after.")] = 1,
    as_json: JsonFlag = False,
) -> None:
    """Show the sections that a passage stands in, and the pieces of text next to it."""
    with runtime_of(context) as runtime:
        found = runtime.views.surroundings(document, start=start, end=end, n=n)
    if as_json:
        print_json(found)
        return
    for depth, section in enumerate(found.sections):
        say(f"{'  ' * depth}{section.title}  ({section.start}-{section.end})")
    for piece in (*found.before, *found.after):
        say(f"\n{piece.start}-{piece.end}\n{piece.text}")


def show_tables(context: typer.Context, document: DocumentArgument, as_json: JsonFlag = False) -> None:
    """Show the cells of a document's tables, each with its headers, value, unit, scale, period and place."""
    with runtime_of(context) as runtime:
        opened = runtime.views.text(document)
        cells = runtime.views.cells(opened)
    if as_json:
        print_json({"document_id": opened.document.document_id, "text_hash": opened.text_hash, "cells": cells})
        return
    print_table(
        ("table", "row", "column", "row header", "column header", "text", "value", "unit", "scale", "period", "place"),
        [
            (
                cell.table,
                cell.row,
                cell.column,
                cell.row_header,
                cell.column_header,
                cell.text,
                cell.value,
                cell.unit,
                f"{cell.scale:,}" if cell.value is not None else None,
                cell.period,
                _place(opened, cell.start, cell.end),
            )
            for cell in cells
        ],
    )
    note(f"{len(cells)} cells of {len({cell.table for cell in cells})} tables")


def show_hidden(context: typer.Context, document: DocumentArgument, as_json: JsonFlag = False) -> None:
    """Show the text that whoever opens the file does not see, with the reason; it is never searched nor quoted."""
    with runtime_of(context) as runtime:
        opened = runtime.views.text(document)
        found = runtime.views.hidden(opened)
    if as_json:
        print_json({"document_id": opened.document.document_id, "text_hash": opened.text_hash, "hidden": found})
        return
    print_table(
        ("reason", "place", "text"),
        [(element.hidden_reason, _place(opened, element.start, element.end), element.text) for element in found],
    )
    note(f"{len(found)} parts that nobody sees")


def described(
    version: DocumentVersion, structure: DocumentStructure, *, links: Sequence[AmendmentLink]
) -> dict[str, object]:
    """Return what the catalog knows of a document as one object."""
    known = to_json(version)
    if not isinstance(known, dict):
        raise TypeError(f"a version must become an object, not {type(known).__name__}")
    return {**known, "facts": structure.facts, "amendments": links, "conflicts": structure.conflicts}


def print_facts(structure: DocumentStructure, links: Sequence[AmendmentLink]) -> None:
    """Print metadata, amendments and conflicts, each with its place."""
    if structure.facts:
        say("metadata:")
        print_table(("field", "value", "read", "place"), map(_fact_row, structure.facts))
    if links:
        say("amendments:")
        print_table(("", "kind", "document", "dated", "effective", "place"), _link_rows(links))
    if structure.conflicts:
        say(f"tags that contradict the print: {len(structure.conflicts)}")
        print_table(
            ("tag", "reason", "printed", "tagged", "place"),
            [
                (found.name, found.reason, found.printed, found.tagged, f"{found.start}-{found.end}")
                for found in structure.conflicts
            ],
        )


def _print_parts(structure: DocumentStructure, opened: OpenedText) -> None:
    say(f"sections: {len(structure.sections)}")
    outermost = min((section.level for section in structure.sections), default=0)
    print_table(
        ("section", "place"),
        [
            ("  " * (section.level - outermost) + section.title, _place(opened, section.start))
            for section in structure.sections
        ],
    )
    say(f"defined terms: {len(structure.terms)}")
    print_table(
        ("term", "place", "definition"),
        [
            (
                term.term,
                _place(opened, term.start, term.end),
                _start(opened.text[term.definition_start : term.definition_end]),
            )
            for term in structure.terms
        ],
    )
    internal = [reference for reference in structure.references if not reference.is_external]
    unresolved = [reference for reference in internal if reference.is_unresolved]
    say(
        f"cross-references: {len(internal)} within the document, {len(unresolved)} of them unresolved; "
        f"{len(structure.references) - len(internal)} to other papers"
    )
    print_table(
        ("reference", "place", "leads to"),
        [
            (
                " ".join(opened.text[reference.start : reference.end].split()),
                _place(opened, reference.start, reference.end),
                "nothing in this document"
                if reference.target_start is None
                else _start(opened.text[reference.target_start :].partition("\n")[0]),
            )
            for reference in internal
        ],
    )


def _place(opened: OpenedText, start: int, end: int | None = None) -> str:
    page = opened.page_at(start)
    return (f"{start}" if end is None else f"{start}-{end}") + (f", page {page}" if page else "")


def _start(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _SHOWN else f"{words[:_SHOWN]} …"


def _fact_row(fact: PlacedFact) -> tuple[object, ...]:
    page = f", page {fact.page}" if fact.page else ""
    place = "not in the text" if fact.start is None else f"{fact.start}-{fact.end}{page}"
    return fact.field.value, f'{fact.value} ("{fact.note}")' if fact.note else fact.value, fact.basis, place


def _link_rows(links: Sequence[AmendmentLink]) -> Iterator[tuple[object, ...]]:
    for link in links:
        found = link.amendment
        known = f"{link.other_title} ({link.other_id})" if link.other_id else f"{found.title} (not in the catalog)"
        verb = "changes" if link.direction == "changes" else "changed by"
        yield verb, found.kind, known, found.date, found.effective_date, f"{found.start}-{found.end}"


def _reference(reference: CrossReference) -> dict[str, object]:
    return {
        "label": reference.label,
        "start": reference.start,
        "end": reference.end,
        "target_start": reference.target_start,
        "is_external": reference.is_external,
        "is_unresolved": reference.is_unresolved,
    }
