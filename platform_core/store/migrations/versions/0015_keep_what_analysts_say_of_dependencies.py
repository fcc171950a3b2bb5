"""Keep what analysts say of dependencies: verdicts and what counts as noise."""

import sqlalchemy as sa
from alembic import op

import platform_core.store.columns

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def _id(name: str) -> sa.Column[int]:
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column(name, kind, autoincrement=name == "id", nullable=False)


def _of_migration(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["migration_id"], ["migration.id"], name=op.f(f"fk_{table}_migration_id"), ondelete="CASCADE"
    )


def upgrade() -> None:
    moment = platform_core.store.columns.Moment(timezone=True)
    op.add_column("dependency", sa.Column("verdict", sa.String(length=40), nullable=True))
    for table in ("migration", "plan"):
        op.add_column(table, sa.Column("dependency_revision", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_table(
        "noise",
        _id("id"),
        _id("migration_id"),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("change", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        _of_migration("noise"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_noise")),
        sa.UniqueConstraint("migration_id", "number", name=op.f("uq_noise_migration_id_number")),
    )
    op.create_table(
        "dependency_decision",
        _id("id"),
        _id("migration_id"),
        sa.Column("batch", sa.BigInteger(), nullable=False),
        sa.Column("source_name", sa.Text(), nullable=False),
        sa.Column("target_name", sa.Text(), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=True),
        sa.Column("target_key", sa.Text(), nullable=True),
        sa.Column("port", sa.BigInteger(), nullable=True),
        sa.Column("relation", sa.Text(), nullable=True),
        sa.Column("verdict", sa.String(length=40), nullable=True),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("undone_at", moment, nullable=True),
        sa.Column("undone_by", sa.String(length=200), nullable=True),
        _of_migration("dependency_decision"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dependency_decision")),
    )
    op.create_index(
        "ix_dependency_decision_migration_batch", "dependency_decision", ["migration_id", "batch"], unique=False
    )


def downgrade() -> None:
    for table in ("dependency_decision", "noise"):
        op.drop_table(table)
    for table in ("plan", "migration"):
        op.drop_column(table, "dependency_revision")
    op.drop_column("dependency", "verdict")
