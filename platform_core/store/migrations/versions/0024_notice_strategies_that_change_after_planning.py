"""Notice strategies that change after a plan was made; when one was last overridden tells no more than that."""

import sqlalchemy as sa
from alembic import op

import platform_core.store.columns

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

FOR_EVERYONE = "SELECT set_config('workbench.organisation', 'every', true)"
MARK_OLD = """
    UPDATE plan SET strategy_revision = -1
    WHERE made_at < (SELECT max(override_at) FROM recommendation WHERE recommendation.migration_id = plan.migration_id)
"""
OVERRIDDEN = sa.text("override_at IS NOT NULL")


def upgrade() -> None:
    for table in ("migration", "plan"):
        op.add_column(table, sa.Column("strategy_revision", sa.BigInteger(), nullable=False, server_default="0"))
    _see_every_row()
    op.execute(MARK_OLD)
    op.drop_column("plan", "made_at")
    op.drop_index("ix_recommendation_overridden", table_name="recommendation")


def downgrade() -> None:
    op.create_index(
        "ix_recommendation_overridden",
        "recommendation",
        ["migration_id", "override_at"],
        sqlite_where=OVERRIDDEN,
        postgresql_where=OVERRIDDEN,
    )
    moment = platform_core.store.columns.Moment(timezone=True)
    op.add_column("plan", sa.Column("made_at", moment, nullable=True))
    _see_every_row()
    op.execute("UPDATE plan SET made_at = changed_at")
    with op.batch_alter_table("plan") as batch:
        batch.alter_column("made_at", existing_type=moment, nullable=False)
    for table in ("plan", "migration"):
        op.drop_column(table, "strategy_revision")


def _see_every_row() -> None:
    """Let what follows see the rows of every organisation, where PostgreSQL would show none."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(FOR_EVERYONE)
