"""What reading a document brought up: its language, and warnings as codes with counts."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; documents read before know neither."""
    op.add_column("versions", sa.Column("language", sa.String(), nullable=True))
    op.add_column("versions", sa.Column("warnings", sa.String(), nullable=True))
