"""Keep what an analyst said about the notation of a column: day or month first, decimal comma, several values."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("mapping", sa.Column("choices", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    op.drop_column("mapping", "choices")
