"""Keep what analysts chose: answers, policies, the risk register, rate cards and finished work."""

import sqlalchemy as sa
from alembic import op

import platform_core.store.columns

revision = "0012"
down_revision = "0011"
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
    op.add_column("recommendation", sa.Column("answers", sa.JSON(), nullable=False, server_default="{}"))
    op.create_table(
        "policy",
        _id("id"),
        _id("migration_id"),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("change", sa.JSON(), nullable=False),
        sa.Column("flips", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        _of_migration("policy"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy")),
        sa.UniqueConstraint("migration_id", "number", name=op.f("uq_policy_migration_id_number")),
    )
    op.create_table(
        "register_entry",
        _id("id"),
        _id("migration_id"),
        sa.Column("subject_key", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("changed_at", moment, nullable=False),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _of_migration("register_entry"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_entry")),
        sa.UniqueConstraint("migration_id", "subject_key", name=op.f("uq_register_entry_migration_id_subject_key")),
    )
    op.create_table(
        "rate_card",
        _id("id"),
        _id("migration_id"),
        sa.Column("card", sa.JSON(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        _of_migration("rate_card"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rate_card")),
    )
    op.create_index(op.f("ix_rate_card_migration_id"), "rate_card", ["migration_id"], unique=False)
    op.create_table(
        "finished_work",
        _id("id"),
        _id("migration_id"),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("points", sa.Float(), nullable=False),
        sa.Column("days", sa.Float(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        _of_migration("finished_work"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finished_work")),
        sa.UniqueConstraint("migration_id", "name", name=op.f("uq_finished_work_migration_id_name")),
    )


def downgrade() -> None:
    for table in ("finished_work", "rate_card", "register_entry", "policy"):
        op.drop_table(table)
    op.drop_column("recommendation", "answers")
