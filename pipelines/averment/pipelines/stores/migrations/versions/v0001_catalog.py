"""The first tables: documents, versions and their values, text versions, chunks, runs, failures, index facts."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    for create in (
        _documents,
        _versions,
        _version_values,
        _text_versions,
        _document_chunks,
        _ingest_runs,
        _failures,
        _index_meta,
    ):
        create()


def _documents() -> None:
    op.create_table(
        "documents",
        sa.Column("document_id", sa.String(), nullable=False),
        sa.Column("connector", sa.String(), nullable=False),
        sa.Column("source_uri", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("current_version", sa.Integer(), nullable=True),
        sa.Column("last_version", sa.Integer(), nullable=False),
        sa.Column("open_version", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.Column("updated_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("document_id"),
    )
    op.create_index("documents_file_name", "documents", ["file_name"], unique=False)
    op.create_index(
        "documents_source",
        "documents",
        ["connector", "source_uri"],
        unique=True,
        sqlite_where=sa.text("status != 'deleted'"),
        postgresql_where=sa.text("status != 'deleted'"),
    )
    op.create_index("documents_uri", "documents", ["source_uri"], unique=False)


def _versions() -> None:
    op.create_table(
        "versions",
        sa.Column("document_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.String(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("text_hash", sa.String(), nullable=True),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("classification", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("n_chars", sa.BigInteger(), nullable=True),
        sa.Column("n_pages", sa.Integer(), nullable=True),
        sa.Column("n_chunks", sa.Integer(), nullable=True),
        sa.Column("issuer", sa.String(), nullable=True),
        sa.Column("form_type", sa.String(), nullable=True),
        sa.Column("period", sa.String(), nullable=True),
        sa.Column("document_date", sa.String(), nullable=True),
        sa.Column("date_number", sa.Integer(), nullable=True),
        sa.Column("supersedes", sa.String(), nullable=True),
        sa.Column("duplicate_of", sa.String(), nullable=True),
        sa.Column("failure_code", sa.String(), nullable=True),
        sa.Column("failure_message", sa.String(), nullable=True),
        sa.Column("failure_page", sa.Integer(), nullable=True),
        sa.Column("pipeline_version", sa.String(), nullable=True),
        sa.Column("ingested_at", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["document_id"], ["documents.document_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("document_id", "version"),
    )
    op.create_index("versions_content", "versions", ["content_hash"], unique=False)
    op.create_index("versions_tenant", "versions", ["tenant"], unique=False)


def _version_values() -> None:
    op.create_table(
        "version_values",
        sa.Column("document_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id", "version"], ["versions.document_id", "versions.version"], ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("document_id", "version", "field", "ordinal"),
    )
    op.create_index(
        "version_values_lookup", "version_values", ["field", "value", "document_id", "version"], unique=False
    )


def _text_versions() -> None:
    op.create_table(
        "text_versions",
        sa.Column("document_id", sa.String(), nullable=False),
        sa.Column("text_hash", sa.String(), nullable=False),
        sa.Column("layout_hash", sa.String(), nullable=False),
        sa.Column("parser", sa.String(), nullable=False),
        sa.Column("n_chars", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.document_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("document_id", "text_hash"),
    )
    op.create_index("text_versions_hash", "text_versions", ["text_hash"], unique=False)


def _document_chunks() -> None:
    op.create_table(
        "document_chunks",
        sa.Column("document_id", sa.String(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("chunk_id", sa.String(), nullable=False),
        sa.Column("text_hash", sa.String(), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("end", sa.BigInteger(), nullable=False),
        sa.Column("first_page", sa.Integer(), nullable=True),
        sa.Column("last_page", sa.Integer(), nullable=True),
        sa.Column("section", sa.String(), nullable=False),
        sa.Column("token_count", sa.Integer(), nullable=False),
        sa.Column("pipeline_version", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.document_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("document_id", "ordinal"),
    )
    op.create_index("document_chunks_id", "document_chunks", ["chunk_id"], unique=True)


def _ingest_runs() -> None:
    op.create_table(
        "ingest_runs",
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("started_at", sa.String(), nullable=False),
        sa.Column("finished_at", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=True),
        sa.Column("counts", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("run_id"),
    )


def _failures() -> None:
    op.create_table(
        "failures",
        sa.Column("connector", sa.String(), nullable=False),
        sa.Column("source_uri", sa.String(), nullable=False),
        sa.Column("document_id", sa.String(), nullable=True),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("hint", sa.String(), nullable=True),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("retryable", sa.Boolean(), nullable=False),
        sa.Column("failed_at", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.document_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("connector", "source_uri"),
    )


def _index_meta() -> None:
    op.create_table(
        "index_meta",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
