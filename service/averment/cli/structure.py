"""`averment documents structure`, and what `documents show` says of metadata, amendments and tags."""

from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from averment.cli.context import runtime_of
from averment.cli.output import JsonFlag, print_json, print_table, say
from averment.core.documents import DocumentVersion
from averment.core.jsonable import to_json
from averment.core.structure import AmendmentLink, CrossReference, DocumentStructure, PlacedFact


def show_structure(
    context: typer.Context,
    document: Annotated[str, typer.Argument(help="document_id, source uri, or an unambiguous file name.")],
    as_json: JsonFlag = False,
) -> None:
    """Show how a document is built: metadata, defined terms, cross-references, amendments, tags, with their places."""
    with runtime_of(context) as runtime:
        version, structure, links = runtime.structure(document)
    if as_json:
        print_json(
            {
                "document_id": version.document_id,
                "text_hash": version.text_hash,
                "facts": structure.facts,
                "terms": structure.terms,
                "references": [_reference(reference) for reference in structure.references],
                "amendments": links,
                "tags": structure.tags,
                "conflicts": structure.conflicts,
            }
        )
        return
    print_facts(structure, links)
    say(f"defined terms: {len(structure.terms)}")
    print_table(
        ("term", "place", "definition"),
        [
            (term.term, f"{term.start}-{term.end}", f"{term.definition_start}-{term.definition_end}")
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
        ("unresolved", "place"),
        [(reference.label, f"{reference.start}-{reference.end}") for reference in unresolved],
    )


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
