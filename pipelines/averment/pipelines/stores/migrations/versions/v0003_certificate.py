"""The completeness certificate of a version."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; versions from before have none."""
    op.add_column("versions", sa.Column("certificate", sa.String(), nullable=True))
