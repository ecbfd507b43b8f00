"""What the catalog keeps of how documents are built: metadata with places, and which document changes which.

Amendments are kept as the text names them; which document of the catalog that is, is decided when it is asked, so
that it does not matter which of the two was read first, and a document that has left is not pointed to.
"""

from collections.abc import Iterator, Sequence
from typing import Final, cast

from sqlalchemy import Connection, RowMapping, and_, func, insert, select, true

from averment.core.documents import DocumentStatus, DocumentVersion
from averment.core.structure import (
    Amendment,
    AmendmentKind,
    AmendmentLink,
    Basis,
    DocumentStructure,
    FactField,
    PlacedFact,
)
from averment.pipelines.anatomy.amendments import Candidate, changed_document
from averment.pipelines.anatomy.party_names import name_key
from averment.pipelines.stores.catalog_upkeep import CatalogUpkeep
from averment.pipelines.stores.database import reading
from averment.pipelines.stores.schema import amendments, documents, version_facts

_MAX_CANDIDATES: Final = 500


class CatalogStructure(CatalogUpkeep):
    """The catalog's questions about how documents are built."""

    def facts(self, document_id: str) -> tuple[PlacedFact, ...]:
        """Return the metadata of a document's current version, in order; empty where none was read."""
        statement = (
            select(version_facts)
            .join(
                documents,
                and_(
                    documents.c.document_id == version_facts.c.document_id,
                    documents.c.current_version == version_facts.c.version,
                ),
            )
            .where(version_facts.c.document_id == document_id)
            .order_by(version_facts.c.ordinal)
        )
        with reading(self._engine) as connection:
            return tuple(_to_fact(row) for row in connection.execute(statement).mappings())

    def amendments(self, document_id: str) -> tuple[AmendmentLink, ...]:
        """Return what a document changes and what changes it, among the ready documents of the catalog."""
        document = self.get(document_id)
        if document is None:
            return ()
        own = self._amendments_of([document_id]).get(document_id, [])
        changed = [_candidate(other) for other in self._sharing_party(document)] if own else []
        links = [_link(amendment, document, changed) for amendment in own]
        others = self._sharing_party(document, is_changing=True)
        theirs = self._amendments_of([other.document_id for other in others])
        links.extend(
            AmendmentLink(
                amendment=amendment, direction="changed_by", other_id=other.document_id, other_title=other.title
            )
            for other in others
            for amendment in theirs.get(other.document_id, ())
            if self._changes(amendment, other, document)
        )
        return tuple(links)

    def _changes(self, amendment: Amendment, by: DocumentVersion, document: DocumentVersion) -> bool:
        """Say whether, of all documents it may be about, an amendment is about this one."""
        candidates = [_candidate(other) for other in self._sharing_party(by)]
        chosen = changed_document(amendment, parties=by.parties, among=candidates)
        return chosen is not None and chosen.document_id == document.document_id

    def _sharing_party(self, document: DocumentVersion, *, is_changing: bool = False) -> list[DocumentVersion]:
        """Return the other ready documents of the same tenant that name a party of a document, most shared first.

        A house is a party of all its contracts: those that share a second party are not crowded out by the others.
        With `is_changing` only documents that change some other one are looked at; they are few.
        """
        keys = {name_key(party) for party in document.parties}
        if not keys:
            return []
        statement = (
            select(version_facts.c.document_id)
            .where(
                version_facts.c.field == FactField.PARTY.value,
                version_facts.c.key.in_(keys),
                version_facts.c.document_id != document.document_id,
            )
            .where(version_facts.c.document_id.in_(select(amendments.c.document_id)) if is_changing else true())
            .group_by(version_facts.c.document_id)
            .order_by(func.count(version_facts.c.key.distinct()).desc(), version_facts.c.document_id)
            .limit(_MAX_CANDIDATES)
        )
        with reading(self._engine) as connection:
            found = list(connection.execute(statement).scalars())
        return [
            other
            for other in self.get_many(found).values()
            if other.status is DocumentStatus.READY and other.access.tenant == document.access.tenant
        ]

    def _amendments_of(self, document_ids: Sequence[str]) -> dict[str, list[Amendment]]:
        statement = (
            select(amendments)
            .join(
                documents,
                and_(
                    documents.c.document_id == amendments.c.document_id,
                    documents.c.current_version == amendments.c.version,
                ),
            )
            .where(amendments.c.document_id.in_(document_ids))
            .order_by(amendments.c.document_id, amendments.c.ordinal)
        )
        found: dict[str, list[Amendment]] = {}
        with reading(self._engine) as connection:
            for row in connection.execute(statement).mappings():
                found.setdefault(row["document_id"], []).append(_to_amendment(row))
        return found


def write_structure(connection: Connection, document: DocumentVersion, *, structure: DocumentStructure) -> None:
    """Write the rows of a version's metadata and amendments."""
    for table, rows in ((version_facts, _fact_rows(structure)), (amendments, _amendment_rows(structure))):
        identity = {"document_id": document.document_id, "version": document.version}
        values = [{**identity, "ordinal": ordinal, **row} for ordinal, row in enumerate(rows)]
        if values:
            connection.execute(insert(table), values)


def _fact_rows(structure: DocumentStructure) -> Iterator[dict[str, object]]:
    for fact in structure.facts:
        yield {
            "field": fact.field.value,
            "value": fact.value,
            "key": name_key(fact.value) if fact.field is FactField.PARTY else None,
            "start": fact.start,
            "end": fact.end,
            "page": fact.page,
            "basis": fact.basis,
            "note": fact.note,
        }


def _amendment_rows(structure: DocumentStructure) -> Iterator[dict[str, object]]:
    for amendment in structure.amendments:
        yield {
            "kind": amendment.kind,
            "title": amendment.title,
            "date": amendment.date,
            "effective_date": amendment.effective_date,
            "start": amendment.start,
            "end": amendment.end,
        }


def _to_fact(row: RowMapping) -> PlacedFact:
    return PlacedFact(
        field=FactField(row["field"]),
        value=row["value"],
        start=row["start"],
        end=row["end"],
        page=row["page"],
        basis=cast("Basis", row["basis"]),
        note=row["note"],
    )


def _to_amendment(row: RowMapping) -> Amendment:
    return Amendment(
        kind=cast("AmendmentKind", row["kind"]),
        title=row["title"],
        date=row["date"],
        effective_date=row["effective_date"],
        start=row["start"],
        end=row["end"],
    )


def _candidate(document: DocumentVersion) -> Candidate:
    return Candidate(
        document_id=document.document_id,
        title=document.title,
        parties=document.parties,
        date=document.document_date,
    )


def _link(amendment: Amendment, document: DocumentVersion, candidates: Sequence[Candidate]) -> AmendmentLink:
    chosen = changed_document(amendment, parties=document.parties, among=candidates)
    return AmendmentLink(
        amendment=amendment,
        direction="changes",
        other_id=chosen.document_id if chosen else None,
        other_title=chosen.title if chosen else None,
    )
