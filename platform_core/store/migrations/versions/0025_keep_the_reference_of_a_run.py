"""Keep the reference under which the log knows a run."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("run", sa.Column("reference", sa.String(40), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("run", "reference")
