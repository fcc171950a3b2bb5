"""Let a newer export of a source replace the older one, with what it does not tell any more kept or dropped."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("import", sa.Column("replaces", sa.BigInteger(), nullable=True))
    op.add_column("import", sa.Column("keeps_gone", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("import", "keeps_gone")
    op.drop_column("import", "replaces")
