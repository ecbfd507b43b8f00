"""`averment eval structure`: are tables read as cells with their meaning, and is metadata right, each with its place?

Documents are read as production reads them, in parser processes. Gold cells come from `sec_html` and `tatqa`, metadata
from `cuad`, `sec_html` and `sec_10q`. `part` takes every N-th document, so that rules can be looked at on one half and
measured on the other.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from averment.core.documents import ParsedDocument
from averment.core.errors import DocumentError, UsageError
from averment.core.structure import FactField
from averment.evaluation.alignment import Alignment
from averment.evaluation.pack import Pack, PackDocument, PackQuestion
from averment.evaluation.structure_cells import PROPERTIES, CellVerdict, judge_question
from averment.evaluation.structure_metadata import MetadataVerdict, judge_contract, judge_filing, n_beside_labels
from averment.pipelines.anatomy.document import read_structure
from averment.pipelines.ingestion.facts import describe
from averment.pipelines.ingestion.limits import ParseLimits, ParseOptions
from averment.pipelines.ingestion.partition_worker import PartitionPool
from averment.pipelines.ingestion.structure import outline
from averment.pipelines.ingestion.visibility import seen

CELL_COLLECTIONS: Final = ("sec_html", "tatqa")
CONTRACTS: Final = "cuad"
FILINGS: Final = ("sec_html", "sec_10q")
# The file's own name would give the answer away.
_NEUTRAL_NAME: Final = "document"
_SHOWN: Final = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureOptions:
    """What is measured: `limit` documents of each collection at most, and of every `parts` the `part`-th (1-based)."""

    limit: int | None = None
    part: int = 1
    parts: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.part <= self.parts:
            raise UsageError(f"part {self.part} of {self.parts} is none", hint="expected K/N with 1 <= K <= N")

    def choose(self, documents: Sequence[PackDocument]) -> list[PackDocument]:
        """Return the documents of a collection that are measured, in order."""
        return list(documents)[self.part - 1 :: self.parts][: self.limit]


@dataclass(slots=True, kw_only=True)
class StructureResult:
    """Verdicts, and what was counted on the way. `unread` are documents that could not be read, with the code."""

    cells: dict[str, list[CellVerdict]] = field(default_factory=dict)
    metadata: list[MetadataVerdict] = field(default_factory=list)
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)
    n_documents: int = 0


def run_structure(
    pack: Pack, options: StructureOptions, *, on_progress: Callable[[int, int], None] | None = None
) -> StructureResult:
    """Read the documents and judge them, collection by collection."""
    by_collection: dict[str, list[PackDocument]] = {}
    for document in pack.documents.values():
        by_collection.setdefault(document.collection, []).append(document)
    chosen = {
        name: options.choose(by_collection[name])
        for name in dict.fromkeys((*CELL_COLLECTIONS, CONTRACTS, *FILINGS))
        if name in by_collection
    }
    total = sum(map(len, chosen.values()))
    result = StructureResult()
    with PartitionPool(limits=ParseLimits(), options=ParseOptions()) as pool:
        for name, documents in chosen.items():
            questions = _questions(pack, name)
            for document in documents:
                result.n_documents += 1
                try:
                    parsed = _read(pool, pack.root, document)
                except DocumentError as error:
                    result.unread[document.doc_id] = error.code
                else:
                    _judge(pack, document, parsed, questions.get(document.doc_id, []), into=result)
                if on_progress:
                    on_progress(result.n_documents, total)
    return result


def to_result(result: StructureResult) -> dict[str, object]:
    """Return figures with their denominators, and what is wrong, as one JSON object."""
    return {
        "documents": result.n_documents,
        "unread": result.unread,
        "cells": {name: _cell_figures(verdicts) for name, verdicts in result.cells.items()},
        "metadata": {
            **{name: _metadata_figures(verdicts) for name, verdicts in _by_field(result.metadata).items()},
            "all": _metadata_figures(result.metadata),
        },
        "counts": {name: dict(sorted(counts.items())) for name, counts in result.counts.items()},
        "wrong": [
            *(
                {
                    "question": verdict.question,
                    "document": verdict.doc_id,
                    "gold": verdict.gold,
                    "wrong": [name for name, passed in verdict.checks.items() if passed is False] or ["not found"],
                }
                for verdicts in result.cells.values()
                for verdict in verdicts
                if not verdict.is_right
            ),
            *(
                {
                    "field": verdict.field.value,
                    "document": verdict.doc_id,
                    "gold": verdict.gold[:_SHOWN],
                    "found": list(verdict.found),
                }
                for verdict in result.metadata
                if not verdict.is_right
            ),
        ],
    }


def _questions(pack: Pack, collection: str) -> Mapping[str, list[PackQuestion]]:
    """Return the questions of a benchmark by the one document that each is about."""
    found: dict[str, list[PackQuestion]] = {}
    if collection in pack.benchmarks():
        for question in pack.questions(collection):
            documents = dict.fromkeys((*question.doc_ids, *(span.doc_id for span in question.gold)))
            if len(documents) == 1:
                found.setdefault(next(iter(documents)), []).append(question)
    return found


def _read(pool: PartitionPool, root: Path, document: PackDocument) -> ParsedDocument:
    file = document.file("native")
    if file is None:
        raise UsageError(f"document {document.doc_id!r} has no file")
    return pool.submit((root / file.path).read_bytes(), name=f"{_NEUTRAL_NAME}.{file.format}").result()


def _judge(
    pack: Pack,
    document: PackDocument,
    parsed: ParsedDocument,
    questions: Sequence[PackQuestion],
    *,
    into: StructureResult,
) -> None:
    visible = seen(parsed)
    described = describe(visible, name=_NEUTRAL_NAME)
    structure = read_structure(
        visible,
        outline(visible).headings,
        facts=described.placed,
        is_contract=described.kind == "contract",
        title=described.title,
    )
    counts = into.counts.setdefault(document.collection, Counter())
    counts["documents"] += 1
    counts["terms"] += len(structure.terms)
    counts["references"] += sum(not reference.is_external for reference in structure.references)
    counts["unresolved_references"] += sum(reference.is_unresolved for reference in structure.references)
    counts["external_references"] += sum(reference.is_external for reference in structure.references)
    counts["amendments"] += len(structure.amendments)
    counts["tags"] += len(structure.tags)
    counts["tag_conflicts"] += len(structure.conflicts)
    official = pack.official_text(document)
    if document.collection in CELL_COLLECTIONS:
        read = {document.doc_id: (parsed, Alignment(official, parsed.text), official)}
        verdicts = into.cells.setdefault(document.collection, [])
        for question in questions:
            verdicts.extend(judge_question(question, read=read))
    if document.collection == CONTRACTS:
        alignment = Alignment(official, parsed.text)
        beside = n_beside_labels(document, described.placed)
        if beside is not None:
            counts["parties"] += sum(fact.field is FactField.PARTY for fact in described.placed)
            counts["parties_beside_labels"] += beside
        into.metadata.extend(
            judge_contract(document, questions, facts=described.placed, parsed=parsed, alignment=alignment)
        )
    if document.collection in FILINGS:
        into.metadata.extend(judge_filing(document, described.placed, text=parsed.text))


def _cell_figures(verdicts: Sequence[CellVerdict]) -> dict[str, object]:
    questions: dict[str, bool] = {}
    for verdict in verdicts:
        questions[verdict.question] = questions.get(verdict.question, True) and verdict.is_right
    return {
        "cells": {"right": sum(verdict.is_right for verdict in verdicts), "of": len(verdicts)},
        "questions": {"right": sum(questions.values()), "of": len(questions)},
        "found": {"right": sum(verdict.is_found for verdict in verdicts), "of": len(verdicts)},
        **{
            name: {
                "right": sum(verdict.checks[name] is True for verdict in verdicts),
                "of": sum(verdict.checks[name] is not None for verdict in verdicts),
            }
            for name in PROPERTIES
        },
    }


def _metadata_figures(verdicts: Sequence[MetadataVerdict]) -> dict[str, object]:
    placed = [verdict.is_placed for verdict in verdicts if verdict.is_placed is not None]
    return {
        "right": sum(verdict.is_right for verdict in verdicts),
        "of": len(verdicts),
        "placed": sum(placed),
        "placed_of": len(placed),
    }


def _by_field(verdicts: Sequence[MetadataVerdict]) -> Mapping[str, list[MetadataVerdict]]:
    found: dict[str, list[MetadataVerdict]] = {}
    for verdict in verdicts:
        found.setdefault(verdict.field.value, []).append(verdict)
    return found


def rows(result: Mapping[str, object]) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield the rows of the printed table: what, right, of, share, place right."""
    cells, metadata = result["cells"], result["metadata"]
    for name, figures in cells.items() if isinstance(cells, dict) else ():
        for kind, pair in figures.items():
            yield f"{name} {kind}", *_shares(pair), ""
    for name, pair in metadata.items() if isinstance(metadata, dict) else ():
        place = f"{pair['placed']}/{pair['placed_of']}" if pair.get("placed_of") else ""
        yield f"metadata {name}", *_shares(pair), place


def _shares(pair: Mapping[str, int]) -> tuple[str, str, str]:
    share = f"{100 * pair['right'] / pair['of']:.1f} %" if pair["of"] else "–"
    return str(pair["right"]), str(pair["of"]), share
