"""Alembic migrations of the catalog, packaged with the code that needs them."""
