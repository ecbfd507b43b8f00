"""Which documents a principal may see and a filter lets through, as SQL: the catalog's twin of `access_filter`."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, exists, false, select

from averment.core.access import Filters, Principal
from averment.core.documents import DocumentStatus
from averment.pipelines.stores.access_filter import READERS_FIELD, AnyOf, Between, compile_filter
from averment.pipelines.stores.catalog_rows import CURRENT, unindexed
from averment.pipelines.stores.filter_terms import TERM_FIELDS, date_bound, normalise
from averment.pipelines.stores.schema import documents, version_values, versions

_VERSION_COLUMNS: Final = [column for column in versions.c if column.name not in {"document_id", "status"}]


def select_documents() -> Select[tuple[object, ...]]:
    """Select every document that has a finished version, in its current version."""
    # The document's status leads: deleting a document leaves its last version as it was.
    return select(
        documents.c.document_id, documents.c.status, documents.c.connector, documents.c.source_uri, *_VERSION_COLUMNS
    ).join(versions, CURRENT)


def visible_to(principal: Principal, filters: Filters) -> ColumnElement[bool]:
    """Return the condition on ready documents the principal may read that pass the filters."""
    condition = compile_filter(principal, filters)
    if condition is None:
        return false()
    parts = [_part(part) for part in (condition.readers, *condition.limits)]
    return and_(
        documents.c.status == DocumentStatus.READY.value,
        unindexed(versions.c.tenant).in_(condition.tenant.values),
        *parts,
    )


def passes(filters: Filters) -> ColumnElement[bool]:
    """Return the condition of filters alone, for an operator who sees every document."""
    parts: list[ColumnElement[bool]] = [documents.c.document_id.is_not(None)]
    for field in TERM_FIELDS:
        wanted: tuple[str, ...] = getattr(filters, field)
        if wanted:
            parts.append(_part(AnyOf(field=field, values=tuple(normalise(field, value) for value in wanted))))
    low, high = date_bound("date_from", filters.date_from), date_bound("date_to", filters.date_to)
    if low is not None or high is not None:
        parts.append(_part(Between(field="date", low=low, high=high)))
    return and_(*parts)


def _part(part: AnyOf | Between) -> ColumnElement[bool]:
    if isinstance(part, Between):
        bounds: list[ColumnElement[bool]] = [versions.c.date_number.is_not(None)]
        if part.low is not None:
            bounds.append(versions.c.date_number >= part.low)
        if part.high is not None:
            bounds.append(versions.c.date_number <= part.high)
        return and_(*bounds)
    if part.field == "document_id":
        return documents.c.document_id.in_(part.values)
    if part.field == READERS_FIELD:
        return _holds("reader", part.values)
    # Few documents pass most filters: they are looked up first, and whether their current version does, then.
    field = f"={part.field}"
    any_version = (
        select(version_values.c.document_id)
        .where(version_values.c.field == field)
        .where(version_values.c.value.in_(part.values))
    )
    return and_(documents.c.document_id.in_(any_version), _holds(field, part.values))


def _holds(field: str, values: Sequence[str]) -> ColumnElement[bool]:
    return exists(
        select(version_values.c.value)
        .where(version_values.c.document_id == versions.c.document_id)
        .where(version_values.c.version == versions.c.version)
        .where(version_values.c.field == field)
        .where(version_values.c.value.in_(values))
    )
