"""Reads everything a document says of how it is built, in one go."""

from collections.abc import Sequence
from typing import Final

from averment.core.documents import ParsedDocument
from averment.core.structure import DocumentStructure, FactField, PlacedFact, Section
from averment.pipelines.anatomy.amendments import find_amendments
from averment.pipelines.anatomy.references import find_references
from averment.pipelines.anatomy.terms import find_terms
from averment.pipelines.ingestion.structure import Heading

_MAX_EACH: Final = 20_000


def read_structure(
    parsed: ParsedDocument, headings: Sequence[Heading], *, facts: Sequence[PlacedFact], is_contract: bool, title: str
) -> DocumentStructure:
    """Read sections, defined terms, cross-references and amendments of a document beside its metadata.

    Args:
        parsed: What a reader sees of the document.
        headings: Its headings.
        facts: Its metadata.
        is_contract: Whether it is a contract; only contracts amend others.
        title: What it is called.
    """
    effective = next((fact.value for fact in facts if fact.field is FactField.EFFECTIVE_DATE), None)
    sections = [Section(title=found.title, level=found.level, start=found.start) for found in headings]
    return DocumentStructure(
        facts=tuple(facts),
        sections=tuple(sections[:_MAX_EACH]),
        terms=find_terms(parsed.text)[:_MAX_EACH],
        references=find_references(parsed.text, headings)[:_MAX_EACH],
        amendments=find_amendments(parsed.text, title=title, effective_date=effective) if is_contract else (),
        tags=parsed.tags,
        conflicts=parsed.conflicts,
    )
