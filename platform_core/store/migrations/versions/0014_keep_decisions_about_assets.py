"""Keep what analysts decided about assets, and mark the values they changed."""

import sqlalchemy as sa
from alembic import op

import platform_core.store.columns

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

EDITED = sa.text("edits IS NOT NULL")


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    moment = platform_core.store.columns.Moment(timezone=True)
    op.create_table(
        "asset_decision",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("migration_id", number, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("asset_key", sa.Text(), nullable=True),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("undone_at", moment, nullable=True),
        sa.Column("undone_by", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["migration_id"], ["migration.id"], name=op.f("fk_asset_decision_migration_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset_decision")),
    )
    op.create_index(
        op.f("ix_asset_decision_migration_id_asset_key"),
        "asset_decision",
        ["migration_id", "asset_key"],
        unique=False,
    )
    op.create_index("ix_asset_decision_migration_undone", "asset_decision", ["migration_id", "undone_at"], unique=False)
    op.add_column("asset", sa.Column("edits", sa.JSON(), nullable=True))
    op.create_index(
        "ix_asset_migration_edited",
        "asset",
        ["migration_id"],
        unique=False,
        sqlite_where=EDITED,
        postgresql_where=EDITED,
    )


def downgrade() -> None:
    op.drop_index("ix_asset_migration_edited", "asset")
    op.drop_column("asset", "edits")
    op.drop_table("asset_decision")
