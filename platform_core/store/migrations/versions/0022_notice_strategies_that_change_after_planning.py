"""Notice strategies that change after a plan was made."""

import sqlalchemy as sa
from alembic import op

import platform_core.store.columns

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

MARK_OLD = """
    UPDATE plan SET strategy_revision = -1
    WHERE made_at < (SELECT max(override_at) FROM recommendation WHERE recommendation.migration_id = plan.migration_id)
"""


def upgrade() -> None:
    for table in ("migration", "plan"):
        op.add_column(table, sa.Column("strategy_revision", sa.BigInteger(), nullable=False, server_default="0"))
    op.execute(MARK_OLD)
    op.drop_column("plan", "made_at")


def downgrade() -> None:
    moment = platform_core.store.columns.Moment(timezone=True)
    op.add_column("plan", sa.Column("made_at", moment, nullable=True))
    op.execute("UPDATE plan SET made_at = changed_at")
    with op.batch_alter_table("plan") as batch:
        batch.alter_column("made_at", existing_type=moment, nullable=False)
    for table in ("plan", "migration"):
        op.drop_column(table, "strategy_revision")
