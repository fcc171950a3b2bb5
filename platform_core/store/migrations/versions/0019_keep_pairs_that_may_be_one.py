"""Keep the pairs of assets that may be one thing, and what was decided about them."""

import sqlalchemy as sa
from alembic import op

import platform_core.store.columns

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "duplicate_search",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("migration_id", number, autoincrement=False, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("compared", sa.BigInteger(), nullable=False),
        sa.Column("at", platform_core.store.columns.Moment(timezone=True), nullable=False),
        sa.Column("carried_out", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["migration_id"], ["migration.id"], name=op.f("fk_duplicate_search_migration_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_search")),
    )
    op.create_index("uq_duplicate_search_migration", "duplicate_search", ["migration_id"], unique=True)
    op.create_table(
        "duplicate_pair",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("migration_id", number, autoincrement=False, nullable=False),
        sa.Column("first_key", sa.Text(), nullable=False),
        sa.Column("second_key", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("group_key", sa.Text(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("settled", sa.String(length=40), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["migration_id"], ["migration.id"], name=op.f("fk_duplicate_pair_migration_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_pair")),
    )
    for name, columns in _INDEXES.items():
        op.create_index(name, "duplicate_pair", columns, unique=False)


def downgrade() -> None:
    op.drop_table("duplicate_pair")
    op.drop_table("duplicate_search")


_INDEXES = {
    "ix_duplicate_pair_migration_settled_score": ["migration_id", "settled", "score"],
    "ix_duplicate_pair_migration_first": ["migration_id", "first_key"],
    "ix_duplicate_pair_migration_second": ["migration_id", "second_key"],
}
