"""Runs migrations on the connection, and in the transaction, that the opener of the catalog hands over."""

from alembic import context

from averment.pipelines.stores.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite rolls back table changes too, once transactions are begun explicitly.
    transactional_ddl=True,
    transaction_per_migration=False,
)
context.run_migrations()
