"""SQLite begins with the few documents that are asked for, whatever it knows of how values are spread."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.selectable import Select

from averment.core.access import Filters, Principal
from averment.core.testing.clock import FixedClock
from averment.pipelines.stores.catalog import Catalog
from averment.pipelines.stores.catalog_queries import visible_to
from averment.pipelines.stores.catalog_rows import _VALUES_OF, CURRENT
from averment.pipelines.stores.schema import documents, versions

WHO = Principal(subject="anna", groups=("legal",))


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    """Return an empty SQLite catalog; PostgreSQL keeps statistics and plans by them."""
    found = Catalog(f"sqlite:///{tmp_path / 'catalog.sqlite'}", clock=FixedClock())
    yield found
    found.close()


def plan(catalog: Catalog, statement: Select[*tuple[object, ...]], **values: object) -> list[str]:
    options = {"literal_binds": True, "render_postcompile": True}
    text = str(statement.params(**values).compile(dialect=sqlite.dialect(), compile_kwargs=options))
    with catalog._engine.connect() as connection:
        return [str(row[-1]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}")]


def test_lists_of_documents_are_looked_up_by_document(catalog: Catalog) -> None:
    found = plan(catalog, _VALUES_OF, document_ids=["a", "b"], fields=["reader", "party"])
    assert not [line for line in found if "version_values_lookup" in line]
    assert [line for line in found if "document_id=?" in line]


def test_filters_are_looked_up_before_permissions(catalog: Catalog) -> None:
    statement = select(documents.c.document_id).select_from(documents.join(versions, CURRENT))
    found = plan(catalog, statement.where(visible_to(WHO, Filters(period=("2024-Q1",)))))
    assert "documents" in found[0]
    assert "document_id=?" in found[0]
    assert not [line for line in found if "versions_tenant" in line]
