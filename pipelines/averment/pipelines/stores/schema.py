"""The tables of the catalog (SQLAlchemy Core), for SQLite and PostgreSQL alike.

Times are RFC 3339 text in UTC with `Z`, so they sort as text. `HEAD_REVISION` names the migration that makes these
tables; a test compares the two.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    text,
)

HEAD_REVISION: Final = "0007"
NEW: Final = "new"

metadata = MetaData()

documents = Table(
    "documents",
    metadata,
    Column("document_id", String, primary_key=True),
    Column("connector", String, nullable=False),
    Column("source_uri", String, nullable=False),
    Column("file_name", String, nullable=False),
    # `new` until the first version is finished, then what DocumentStatus says.
    Column("status", String, nullable=False),
    Column("current_version", Integer),
    Column("last_version", Integer, nullable=False),
    # Set while the index may hold something else than the current version says.
    Column("open_version", Integer),
    Column("created_at", String, nullable=False),
    Column("updated_at", String, nullable=False),
    Index(
        "documents_source",
        "connector",
        "source_uri",
        unique=True,
        sqlite_where=text("status != 'deleted'"),
        postgresql_where=text("status != 'deleted'"),
    ),
    Index("documents_uri", "source_uri"),
    Index("documents_file_name", "file_name"),
)

versions = Table(
    "versions",
    metadata,
    Column("document_id", String, ForeignKey("documents.document_id", ondelete="CASCADE"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("revision", String, nullable=False),
    Column("content_hash", String, nullable=False),
    Column("text_hash", String),
    Column("media_type", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("title", String, nullable=False),
    Column("status", String, nullable=False),
    Column("tenant", String, nullable=False),
    Column("classification", String, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("n_chars", BigInteger),
    Column("n_pages", Integer),
    Column("n_chunks", Integer),
    Column("issuer", String),
    Column("form_type", String),
    Column("period", String),
    Column("document_date", String),
    Column("date_number", Integer),
    Column("supersedes", String),
    Column("duplicate_of", String),
    Column("failure_code", String),
    Column("failure_message", String),
    Column("failure_page", Integer),
    Column("pipeline_version", String),
    Column("ingested_at", String),
    Column("language", String),
    # Codes with counts, as a JSON object.
    Column("warnings", String),
    # The completeness certificate as JSON.
    Column("certificate", String),
    # What the vectors were computed with: engine and precision.
    Column("arithmetic", String),
    PrimaryKeyConstraint("document_id", "version"),
    Index("versions_content", "content_hash"),
    Index("versions_tenant", "tenant"),
)

# Readers, parties and tags as given (`reader`, `party`, `tag`, in order), and the normalised terms of every filter
# field (`=party`, `=issuer`, ...), which are what filters are compared with.
version_values = Table(
    "version_values",
    metadata,
    Column("document_id", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("field", String, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("value", String, nullable=False),
    PrimaryKeyConstraint("document_id", "version", "field", "ordinal"),
    ForeignKeyConstraint(["document_id", "version"], ["versions.document_id", "versions.version"], ondelete="CASCADE"),
    Index("version_values_lookup", "field", "value", "document_id", "version"),
)

text_versions = Table(
    "text_versions",
    metadata,
    Column("document_id", String, ForeignKey("documents.document_id", ondelete="CASCADE"), nullable=False),
    Column("text_hash", String, nullable=False),
    Column("layout_hash", String, nullable=False),
    Column("parser", String, nullable=False),
    Column("n_chars", BigInteger, nullable=False),
    Column("created_at", String, nullable=False),
    # The blob of defined terms, cross-references and tags; none for texts read before there was one.
    Column("structure_hash", String),
    PrimaryKeyConstraint("document_id", "text_hash"),
    Index("text_versions_hash", "text_hash"),
    Index("text_versions_layout", "layout_hash"),
    Index("text_versions_structure", "structure_hash"),
)

# Texts that an answer cites: they stay for as long as the answer must be checkable.
cited_texts = Table(
    "cited_texts",
    metadata,
    Column("document_id", String, ForeignKey("documents.document_id", ondelete="CASCADE"), nullable=False),
    Column("text_hash", String, nullable=False),
    PrimaryKeyConstraint("document_id", "text_hash"),
)

# Texts that are no longer those of their document's version, and since when.
superseded_texts = Table(
    "superseded_texts",
    metadata,
    Column("document_id", String, ForeignKey("documents.document_id", ondelete="CASCADE"), nullable=False),
    Column("text_hash", String, nullable=False),
    Column("since", String, nullable=False),
    PrimaryKeyConstraint("document_id", "text_hash"),
    Index("superseded_texts_since", "since"),
)

# Blobs that a version being made is about to store: they are in use before they exist.
blob_claims = Table(
    "blob_claims",
    metadata,
    Column("document_id", String, ForeignKey("documents.document_id", ondelete="CASCADE"), nullable=False),
    Column("key", String, nullable=False),
    PrimaryKeyConstraint("document_id", "key"),
    Index("blob_claims_key", "key"),
)

# Blobs that something has stopped using; each is deleted unless something else uses it.
blob_candidates = Table("blob_candidates", metadata, Column("key", String, primary_key=True))

# Reasons for quarantine that a reviewer has set aside, for one content of one document.
releases = Table(
    "releases",
    metadata,
    Column("document_id", String, ForeignKey("documents.document_id", ondelete="CASCADE"), nullable=False),
    Column("content_hash", String, nullable=False),
    Column("code", String, nullable=False),
    Column("released_at", String, nullable=False),
    PrimaryKeyConstraint("document_id", "content_hash", "code"),
)

# The search indexes of this catalog, by the store they lie in; one of a store is `serving`.
indexes = Table(
    "indexes",
    metadata,
    Column("name", String, primary_key=True),
    Column("store", String, nullable=False),
    Column("location", String, nullable=False),
    Column("model_id", String, nullable=False),
    # Folder of the embedder; the packaged one where absent.
    Column("model_path", String),
    Column("dimension", Integer, nullable=False),
    Column("pipeline_version", String, nullable=False),
    # `building`, `serving`, `resting` or `dropping`.
    Column("state", String, nullable=False),
    # Whether ingestion leaves documents alone that were read by another version of the program.
    Column("is_frozen", Boolean, nullable=False),
    Column("created_at", String, nullable=False),
    Column("served_from", String),
)

# Which version of a document an index holds that is not the serving one.
index_documents = Table(
    "index_documents",
    metadata,
    Column("index_name", String, ForeignKey("indexes.name", ondelete="CASCADE"), nullable=False),
    Column("document_id", String, ForeignKey("documents.document_id", ondelete="CASCADE"), nullable=False),
    # Null before a first version is finished there.
    Column("version", Integer),
    # Set while this index may hold something else than `version` says.
    Column("open_version", Integer),
    # The failure of a quarantined version, as JSON.
    Column("failure", String),
    # Whether files inside this one were found that the catalog does not know: its source must be read again.
    Column("is_partial", Boolean, nullable=False),
    PrimaryKeyConstraint("index_name", "document_id"),
    Index("index_documents_document", "document_id"),
)

# Metadata with the place it was read from. `key` is what spellings of one value share, for parties.
version_facts = Table(
    "version_facts",
    metadata,
    Column("document_id", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("field", String, nullable=False),
    Column("value", String, nullable=False),
    Column("key", String),
    Column("start", BigInteger),
    Column("end", BigInteger),
    Column("page", Integer),
    Column("basis", String, nullable=False),
    Column("note", String),
    PrimaryKeyConstraint("document_id", "version", "ordinal"),
    ForeignKeyConstraint(["document_id", "version"], ["versions.document_id", "versions.version"], ondelete="CASCADE"),
    Index("version_facts_key", "field", "key"),
)

# What a version changes in another document, as its text names that one.
amendments = Table(
    "amendments",
    metadata,
    Column("document_id", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("title", String, nullable=False),
    Column("date", String),
    Column("effective_date", String),
    Column("start", BigInteger, nullable=False),
    Column("end", BigInteger, nullable=False),
    PrimaryKeyConstraint("document_id", "version", "ordinal"),
    ForeignKeyConstraint(["document_id", "version"], ["versions.document_id", "versions.version"], ondelete="CASCADE"),
)

document_chunks = Table(
    "document_chunks",
    metadata,
    Column("document_id", String, ForeignKey("documents.document_id", ondelete="CASCADE"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("chunk_id", String, nullable=False),
    Column("text_hash", String, nullable=False),
    Column("start", BigInteger, nullable=False),
    Column("end", BigInteger, nullable=False),
    Column("first_page", Integer),
    Column("last_page", Integer),
    Column("section", String, nullable=False),
    Column("token_count", Integer, nullable=False),
    Column("pipeline_version", String, nullable=False),
    PrimaryKeyConstraint("document_id", "version", "ordinal"),
    # Not unique: two indexes may hold the same chunk of two versions.
    Index("document_chunks_id", "chunk_id"),
)

ingest_runs = Table(
    "ingest_runs",
    metadata,
    Column("run_id", String, primary_key=True),
    Column("source", String, nullable=False),
    Column("started_at", String, nullable=False),
    Column("finished_at", String),
    Column("status", String),
    Column("counts", String, nullable=False),
)

# Failures that stand: a row goes when its item becomes ready or leaves the source.
failures = Table(
    "failures",
    metadata,
    Column("connector", String, nullable=False),
    Column("source_uri", String, nullable=False),
    Column("document_id", String, ForeignKey("documents.document_id", ondelete="CASCADE")),
    Column("stage", String, nullable=False),
    Column("category", String, nullable=False),
    Column("code", String, nullable=False),
    Column("message", String, nullable=False),
    Column("hint", String),
    Column("page", Integer),
    Column("retryable", Boolean, nullable=False),
    Column("failed_at", String, nullable=False),
    PrimaryKeyConstraint("connector", "source_uri"),
)

index_meta = Table(
    "index_meta",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", String, nullable=False),
)
