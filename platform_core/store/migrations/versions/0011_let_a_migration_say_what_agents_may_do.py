"""Let a migration say which proposals of agents are applied without anybody looking; at first none."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("migration", sa.Column("agent_policy", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    op.drop_column("migration", "agent_policy")
