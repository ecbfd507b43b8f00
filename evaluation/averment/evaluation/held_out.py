"""Which questions of a pack are about documents that a trained model has not seen."""

from collections.abc import Sequence

from averment.core.errors import UsageError
from averment.core.ids import content_hash
from averment.evaluation.pack import InputKind, Pack, PackDocument, PackQuestion


def only_about(
    pack: Pack, questions: Sequence[PackQuestion], *, allowed: Sequence[str] | None, kind: InputKind
) -> list[PackQuestion]:
    """Return the questions all of whose documents are among some, in order; all where no documents are named.

    Args:
        pack: The data pack.
        questions: Of one benchmark.
        allowed: Content hashes of documents.
        kind: Which files of the documents are read.

    Raises:
        UsageError: There is none: the model was trained on other files.
    """
    if allowed is None:
        return list(questions)
    held = frozenset(allowed)
    hashes = asked_documents(pack, questions, kind=kind)
    kept = [question for question in questions if all(hashes[name] in held for name in question.doc_ids)]
    if not kept:
        raise UsageError(
            f"none of {len(questions)} questions is about {len(held)} documents held out",
            hint="choose with --input the files that the model was trained on",
        )
    return kept


def asked_documents(pack: Pack, asked: Sequence[PackQuestion], *, kind: InputKind) -> dict[str, str | None]:
    """Return the content hash of every document that is asked about; None where it has no file of the kind."""
    names = sorted({name for question in asked for name in question.doc_ids})
    return {name: document_digest(pack, pack.documents[name], kind=kind)[1] for name in names}


def document_digest(pack: Pack, document: PackDocument, *, kind: InputKind) -> tuple[str, str | None]:
    """Return a document's id in the pack and the content hash of its file."""
    file = document.file(kind)
    return document.doc_id, None if file is None else content_hash((pack.root / file.path).read_bytes())
