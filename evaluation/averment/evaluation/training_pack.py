"""The questions and documents of a data pack as training material, read as ingestion reads documents.

Gold spans are brought into the offsets of our canonical texts; a span that is not found there trains nothing. A
question that carries a `hypothesis` and one of the answers `supported`, `contradicted` and `not_mentioned` is a claim,
too.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from averment.core.access import AccessLabel
from averment.core.documents import DocumentStatus, DocumentVersion
from averment.core.errors import DocumentError, UsageError
from averment.core.ids import content_hash
from averment.evaluation.alignment import AlignedSpan, Alignment
from averment.evaluation.pack import InputKind, Pack, PackDocument, PackQuestion
from averment.pipelines.ingestion.partition import partition
from averment.pipelines.training.examples import Claim, Material, Query, Span, make_query
from averment.pipelines.training.labelled import RELATION_OF
from averment.pipelines.training.material import TrainingDocument, read_document

# Gold letters that must be found again, and letters that may lie between two of them.
_ENOUGH: Final = 0.6
_GAP: Final = 40
OnProgress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class PackMaterial:
    """Material of a pack, and codes of the documents that could not be read."""

    material: Material
    failures: Mapping[str, str]


def read_pack(
    root: Path, collections: Sequence[str], *, kind: InputKind, on_progress: OnProgress = lambda _, __: None
) -> PackMaterial:
    """Read benchmarks of a pack.

    Args:
        root: The pack's folder.
        collections: Names of benchmarks.
        kind: Which file of a document is read; where there is none of the kind, the one it has.
        on_progress: Told of documents read and their number.

    Raises:
        ConfigurationError: The pack breaks its schema.
        UsageError: No benchmark is named.
    """
    if not collections:
        raise UsageError("no benchmark of the pack is named", hint="--collection cuad, for example")
    pack = Pack(root)
    questions = [question for name in collections for question in pack.questions(name)]
    wanted = [pack.documents[name] for name in sorted({name for one in questions for name in one.doc_ids})]
    documents: dict[str, TrainingDocument] = {}
    failures: dict[str, str] = {}
    for number, document in enumerate(wanted, start=1):
        try:
            documents[document.doc_id] = _read(pack, document, kind)
        except DocumentError as error:
            failures[document.doc_id] = error.code
        on_progress(number, len(wanted))
    aligned = {
        name: Alignment(pack.official_text(pack.documents[name]), found.text) for name, found in documents.items()
    }
    made = [pair for question in questions for pair in _examples(question, documents, aligned)]
    files = {name: root / "benchmarks" / name / "queries.jsonl" for name in collections}
    return PackMaterial(
        material=Material(
            documents=documents,
            queries=tuple(query for query, _ in made),
            claims=tuple(claim for _, claim in made if claim is not None),
            sources={f"pack {name}": content_hash(path.read_bytes()) for name, path in files.items()},
        ),
        failures=failures,
    )


def _read(pack: Pack, document: PackDocument, kind: InputKind) -> TrainingDocument:
    file = document.file(kind) or document.file("native")
    if file is None:
        raise DocumentError(f"document {document.doc_id!r} has no file")
    content = (pack.root / file.path).read_bytes()
    name = Path(file.path).name
    parsed = partition(content, name=name)
    draft = DocumentVersion(
        document_id=document.doc_id,
        source_uri=file.path,
        content_hash=content_hash(content),
        text_hash=None,
        version=1,
        media_type=parsed.media_type,
        kind="other",
        title=name,
        access=AccessLabel(),
        status=DocumentStatus.READY,
        revision="",
        connector="pack",
        size_bytes=len(content),
    )
    return read_document(parsed, draft=draft)


def _examples(
    question: PackQuestion, documents: Mapping[str, TrainingDocument], aligned: Mapping[str, Alignment]
) -> Iterator[tuple[Query, Claim | None]]:
    """Yield a query for each document of a question about one; questions over several teach no place."""
    if len(question.doc_ids) != 1 or question.doc_ids[0] not in documents:
        return
    document = documents[question.doc_ids[0]]
    spans = [_span(aligned[gold.doc_id].span(gold.start, gold.end)) for gold in question.gold]
    places = tuple(sorted({span for span in spans if span is not None}))
    if question.gold and not places:
        return
    query = make_query(question.question, document, query_id=question.id, spans=places, origin="labelled")
    hypothesis, answer = question.labels.get("hypothesis"), question.labels.get("answer")
    relation = RELATION_OF.get(str(answer)) if isinstance(hypothesis, str) else None
    if relation is None or (relation == "neutral") == bool(places):
        yield query, None
        return
    yield (
        query,
        Claim(
            claim_id=question.id,
            document_id=document.document_id,
            hypothesis=str(hypothesis),
            relation=relation,
            spans=places,
        ),
    )


def _span(found: AlignedSpan) -> Span | None:
    """Return where most of a gold span stands in our text, or None where too little of it was found together."""
    if found.share < _ENOUGH:
        return None
    positions = [int(place) for place in found.positions]
    runs: list[list[int]] = [[positions[0]]]
    for place in positions[1:]:
        if place - runs[-1][-1] > _GAP:
            runs.append([])
        runs[-1].append(place)
    longest = max(runs, key=len)
    return longest[0], longest[-1] + 1
