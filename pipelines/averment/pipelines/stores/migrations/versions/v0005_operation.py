"""What operation needs: claims on blobs, cited texts, releases, more than one index, chunks by version.

Which texts were cited by answers from before is not known to the catalog, so all texts there are count as cited.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables and move the chunks."""
    op.create_index("text_versions_layout", "text_versions", ["layout_hash"])
    _texts()
    _blobs()
    _releases()
    _indexes()
    _chunks()


def _document() -> sa.Column[str]:
    target = sa.ForeignKey("documents.document_id", ondelete="CASCADE")
    return sa.Column("document_id", sa.String(), target, nullable=False)


def _texts() -> None:
    op.create_table(
        "cited_texts",
        _document(),
        sa.Column("text_hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("document_id", "text_hash"),
    )
    op.execute("INSERT INTO cited_texts (document_id, text_hash) SELECT document_id, text_hash FROM text_versions")
    op.create_table(
        "superseded_texts",
        _document(),
        sa.Column("text_hash", sa.String(), nullable=False),
        sa.Column("since", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("document_id", "text_hash"),
    )
    op.create_index("superseded_texts_since", "superseded_texts", ["since"])


def _blobs() -> None:
    op.create_table(
        "blob_claims",
        _document(),
        sa.Column("key", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("document_id", "key"),
    )
    op.create_index("blob_claims_key", "blob_claims", ["key"])
    op.create_table("blob_candidates", sa.Column("key", sa.String(), primary_key=True))


def _releases() -> None:
    op.create_table(
        "releases",
        _document(),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("released_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("document_id", "content_hash", "code"),
    )


def _indexes() -> None:
    op.create_table(
        "indexes",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("location", sa.String(), nullable=False),
        sa.Column("model_id", sa.String(), nullable=False),
        sa.Column("model_path", sa.String()),
        sa.Column("dimension", sa.Integer(), nullable=False),
        sa.Column("pipeline_version", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("is_frozen", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.Column("served_from", sa.String()),
    )
    op.create_table(
        "index_documents",
        sa.Column("index_name", sa.String(), sa.ForeignKey("indexes.name", ondelete="CASCADE"), nullable=False),
        _document(),
        sa.Column("version", sa.Integer()),
        sa.Column("open_version", sa.Integer()),
        sa.Column("failure", sa.String()),
        sa.Column("is_partial", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("index_name", "document_id"),
    )
    op.create_index("index_documents_document", "index_documents", ["document_id"])


def _chunks() -> None:
    op.drop_index("document_chunks_id", "document_chunks")
    op.rename_table("document_chunks", "document_chunks_before")
    op.create_table(
        "document_chunks",
        _document(),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("chunk_id", sa.String(), nullable=False),
        sa.Column("text_hash", sa.String(), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("end", sa.BigInteger(), nullable=False),
        sa.Column("first_page", sa.Integer()),
        sa.Column("last_page", sa.Integer()),
        sa.Column("section", sa.String(), nullable=False),
        sa.Column("token_count", sa.Integer(), nullable=False),
        sa.Column("pipeline_version", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("document_id", "version", "ordinal"),
    )
    op.execute(
        'INSERT INTO document_chunks (document_id, version, ordinal, chunk_id, text_hash, start, "end", first_page, '
        "last_page, section, token_count, pipeline_version) SELECT c.document_id, d.current_version, c.ordinal, "
        'c.chunk_id, c.text_hash, c.start, c."end", c.first_page, c.last_page, c.section, c.token_count, '
        "c.pipeline_version FROM document_chunks_before c JOIN documents d ON d.document_id = c.document_id "
        "WHERE d.current_version IS NOT NULL"
    )
    op.drop_table("document_chunks_before")
    op.create_index("document_chunks_id", "document_chunks", ["chunk_id"])
