"""Which of the documents found may answer: those the question means, or none with the reason.

Permissions are not decided here: every document comes from the catalog's view for the caller.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal

from averment.core.access import Filters
from averment.core.answers import Passage
from averment.core.documents import DocumentVersion, ElementKind
from averment.pipelines.reasoning.evidence import Source, TextReader
from averment.pipelines.reasoning.identity import HEAD_CHARS, Scope, mismatch

MAX_SOURCES: Final = 8
NAMING_CHARS: Final = 400
ScopeRefusal = Literal["nothing_in_scope", "wrong_company", "wrong_form", "wrong_period"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoping:
    """The documents to read, best first, or the reason why there is none."""

    sources: tuple[Source, ...] = ()
    refusal: ScopeRefusal | None = None


def open_sources(
    passages: Sequence[Passage], visible: Mapping[str, DocumentVersion], texts: TextReader, *, named: Sequence[str] = ()
) -> list[Source]:
    """Open the documents of the passages and those the retriever took the question to name, named ones first.

    Args:
        passages: What was retrieved, best first.
        visible: The documents the caller may read that pass the filters, by id.
        texts: Where texts come from.
        named: Ids of the documents that the question names.
    """
    found = [*named, *(passage.document_id for passage in passages)]
    if len(visible) == 1:
        found += list(visible)
    ids = [document_id for document_id in dict.fromkeys(found) if document_id in visible][:MAX_SOURCES]
    sources = []
    for document_id in ids:
        document = visible[document_id]
        if document.text_hash is not None:
            layout = texts.layout(document.text_hash, document_id=document_id)
            structure = partial(texts.structure, document.text_hash, document_id=document_id)
            text = texts.text(document.text_hash)
            sources.append(Source(document, text=text, layout=layout, structure=structure))
    return sources


def choose_sources(scope: Scope, sources: Sequence[Source], *, filters: Filters, named: Sequence[str]) -> Scoping:
    """Keep the sources that are what the question names.

    A filter that picks documents by hand settles which documents are meant; the question's form and period must
    fit all the same.
    """
    if not sources:
        return Scoping(refusal="nothing_in_scope")
    picked = bool(filters.document_id or filters.source_uri or filters.file_name)
    reasons: Counter[str] = Counter()
    kept = []
    for source in sources:
        reason = mismatch(scope, source.document, source.shown[:HEAD_CHARS])
        is_meant = reason is None or (reason == "company" and (picked or source.document.document_id in named))
        if is_meant:
            kept.append(source)
        else:
            reasons[str(reason)] += 1
    if kept:
        meant = [source for source in kept if source.document.document_id in named]
        return Scoping(sources=tuple(meant or kept))
    return Scoping(refusal=_REFUSALS[reasons.most_common(1)[0][0]])


_REFUSALS: Final[Mapping[str, ScopeRefusal]] = {
    "company": "wrong_company",
    "form": "wrong_form",
    "period": "wrong_period",
}


def naming_of(source: Source) -> str:
    """Return the names a document goes by, in lower case on one line: the catalog's, else its first lines."""
    document = source.document
    known = (document.title, document.issuer or "", *document.parties)
    first_lines = "" if document.parties or document.issuer else source.text[:NAMING_CHARS]
    return " ".join(" ".join((*known, first_lines)).lower().split())


def count_sections(source: Source) -> int:
    """Count the sections of a document, at least one: by section paths where they are known, else by headings."""
    elements = source.layout.elements()
    paths = {element.section for element in elements if element.section}
    return max(1, len(paths) or sum(element.kind is ElementKind.HEADING for element in elements))


def count_unreadable(sources: Iterable[Source]) -> int:
    """Count the pages without any text, but for those that are known to be blank."""
    return sum(map(_n_unreadable, sources))


def _n_unreadable(source: Source) -> int:
    made = source.document.certificate
    blank = made.blank_pages if made else ()
    pages = source.layout.pages()
    return sum(not source.text[page.start : page.end].strip() and page.page not in blank for page in pages)
