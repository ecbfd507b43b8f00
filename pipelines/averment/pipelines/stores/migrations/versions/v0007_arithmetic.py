"""What the vectors of a version were computed with; not known of versions from before."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("versions", sa.Column("arithmetic", sa.String(), nullable=True))
