"""Keep whole sessions: beside the figures of a sitting, what the migration looked like."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("session") as table:
        table.add_column(sa.Column("note", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("document", sa.Text(), nullable=True))
        table.add_column(sa.Column("assets", sa.Text(), nullable=True))


def downgrade() -> None:
    op.execute("DELETE FROM session WHERE document IS NOT NULL")
    with op.batch_alter_table("session") as table:
        table.drop_column("assets")
        table.drop_column("document")
        table.drop_column("note")
