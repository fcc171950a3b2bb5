"""Keep what happened to an application: recommendations that changed, overrides, answers."""

import sqlalchemy as sa
from alembic import op

import platform_core.store.columns

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "application_event",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("migration_id", number, autoincrement=False, nullable=False),
        sa.Column("subject_key", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("before", sa.String(length=40), nullable=True),
        sa.Column("after", sa.String(length=40), nullable=True),
        sa.Column("at", platform_core.store.columns.Moment(timezone=True), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["migration_id"],
            ["migration.id"],
            name=op.f("fk_application_event_migration_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_event")),
    )
    op.create_index(
        op.f("ix_application_event_migration_id_subject_key"),
        "application_event",
        ["migration_id", "subject_key"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_table("application_event")
