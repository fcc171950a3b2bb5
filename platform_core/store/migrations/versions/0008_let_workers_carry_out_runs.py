"""Let workers carry out runs: who holds a run, in which attempt, and what of it is done."""

import sqlalchemy as sa
from alembic import op

import platform_core.store.columns

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    moment = platform_core.store.columns.Moment(timezone=True)
    op.add_column("run", sa.Column("begun_at", moment, nullable=True))
    op.add_column("run", sa.Column("deadline_at", moment, nullable=True))
    op.add_column("run", sa.Column("job", sa.String(length=40), nullable=False, server_default=""))
    op.add_column("run", sa.Column("arguments", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("run", sa.Column("deduplication_key", sa.Text(), nullable=True))
    op.add_column("run", sa.Column("attempt", sa.BigInteger(), nullable=False, server_default="1"))
    op.add_column("run", sa.Column("dispatched", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("run", sa.Column("dispatched_at", moment, nullable=True))
    op.add_column("run", sa.Column("worker", sa.String(length=40), nullable=True))
    op.add_column("run", sa.Column("losses", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("run", sa.Column("retry_of", sa.BigInteger(), nullable=True))
    op.create_index(
        "uq_run_open_key", "run", ["deduplication_key"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_index("ix_run_ended_at", "run", ["ended_at"], unique=False)
    op.add_column("run_event", sa.Column("task_id", sa.BigInteger(), nullable=True))
    op.add_column("run_event", sa.Column("kind", sa.String(length=40), nullable=False, server_default="progress"))
    op.add_column("run_event", sa.Column("data", sa.JSON(), nullable=False, server_default="{}"))
    op.create_table(
        "run_step",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("attempt", sa.BigInteger(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_run_step_run_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_step")),
        sa.UniqueConstraint("run_id", "name", name="uq_run_step_run_id_name"),
    )
    op.create_table(
        "worker",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("pid", sa.BigInteger(), nullable=False),
        sa.Column("started_at", moment, nullable=False),
        sa.Column("seen_at", moment, nullable=False),
        sa.Column("ended_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker")),
    )


def downgrade() -> None:
    op.drop_table("worker")
    op.drop_table("run_step")
    for column in ("data", "kind", "task_id"):
        op.drop_column("run_event", column)
    op.drop_index("ix_run_ended_at", table_name="run")
    op.drop_index("uq_run_open_key", table_name="run")
    for column in ("retry_of", "losses", "worker", "dispatched_at", "dispatched", "attempt", "deduplication_key"):
        op.drop_column("run", column)
    for column in ("arguments", "job", "deadline_at", "begun_at"):
        op.drop_column("run", column)
