"""Keep the file that a word on a header was said of, and what the word would lose elsewhere."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("correction", sa.Column("file", sa.JSON(), nullable=True))
    op.add_column("correction", sa.Column("would_lose", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("correction", "would_lose")
    op.drop_column("correction", "file")
