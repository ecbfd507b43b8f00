"""The one point per document that carries its names, so that a question finds the document it speaks of.

Title, parties, issuer, file name and the first page become terms of a sparse vector; form and period become
typed terms that no word of a text can collide with. The index weighs them by rarity among everything the
caller's search covers, as it does for chunks.
"""

import re
from collections.abc import Sequence
from typing import Final

from averment.core.documents import DocumentVersion
from averment.core.ids import point_id, sha256_id
from averment.core.ports import IndexPoint, SparseVector
from averment.pipelines.ingestion.facts import DocumentFacts
from averment.pipelines.ingestion.sparse import terms, to_vector
from averment.pipelines.stores.filter_terms import file_name
from averment.pipelines.stores.payload import document_payload

NAMING_VERSION: Final = 1
HEAD_CHARS: Final = 3_000
TAIL_CHARS: Final = 1_500
_NAME_WEIGHT: Final = 2.0
_HEAD_WEIGHT: Final = 1.0
_TYPED_WEIGHT: Final = 2.0


def form_term(form_type: str) -> str:
    """Return the typed term of a form."""
    return "~form:" + re.sub(r"[^a-z0-9]", "", form_type.lower())


def label_term(label: str) -> str:
    """Return the typed term of a period label such as `2023-Q1`."""
    return "~period:" + label.lower()


def date_term(iso: str) -> str:
    """Return the typed term of a document's own date or period end."""
    return "~date:" + iso


def name_text(title: str, parties: Sequence[str], issuer: str | None, uri: str) -> str:
    """Return everything a document is called, as one text."""
    stem = re.sub(r"\.\w{2,5}$", "", file_name(uri))
    return " ".join([title, *parties, issuer or "", re.sub(r"[_\-.]+", " ", stem)])


def name_vector(facts: DocumentFacts, text: str, *, uri: str) -> SparseVector:
    """Weigh what a document is called above what its first and last page say."""
    weights = dict.fromkeys(terms(text[-TAIL_CHARS:]), _HEAD_WEIGHT / 2)
    weights.update(dict.fromkeys(terms(text[:HEAD_CHARS]), _HEAD_WEIGHT))
    named = name_text(facts.title, (*facts.parties, *facts.aliases), facts.issuer, uri)
    weights.update(dict.fromkeys(terms(named), _NAME_WEIGHT))
    typed = [label_term(label) for label in facts.labels]
    typed += [form_term(facts.form_type)] if facts.form_type else []
    typed += [date_term(facts.document_date)] if facts.document_date else []
    weights.update(dict.fromkeys(typed, _TYPED_WEIGHT))
    return to_vector(weights)


def embedded_name(facts: DocumentFacts) -> str:
    """Return what is embedded for the document's point: its title and whom it concerns."""
    return " ".join(dict.fromkeys(part for part in (facts.title, *facts.parties, facts.issuer or "") if part))


def document_point(version: DocumentVersion, *, dense: Sequence[float], sparse: SparseVector) -> IndexPoint:
    """Make the point of a document; its id depends on document, text and pipeline alone."""
    key = sha256_id(f"document {version.document_id} {version.text_hash} {version.pipeline_version}".encode())
    payload = {**document_payload(version), "text_hash": version.text_hash, "level": "document"}
    return IndexPoint(
        id=point_id(key),
        dense=dense,
        sparse=sparse,
        payload={name: value for name, value in payload.items() if value is not None},
    )
