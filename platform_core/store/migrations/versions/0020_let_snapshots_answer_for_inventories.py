"""Let snapshots answer for inventories: name states, mark changed assets, drop replaced indexes; keep views."""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

import platform_core.store.columns

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

REPLACED = {
    "ix_asset_migration_kind_name": ["migration_id", "kind", "name"],
    "ix_asset_migration_name": ["migration_id", "name"],
    "ix_asset_migration_environment": ["migration_id", "environment"],
    "ix_asset_migration_criticality": ["migration_id", "business_criticality"],
}
CHANGED = sa.text("edition IS NOT NULL")


def upgrade() -> None:
    op.add_column("migration", sa.Column("inventory_stamp", sa.String(length=32), nullable=True))
    op.add_column("migration", sa.Column("inventory_edition", sa.BigInteger(), nullable=False, server_default="0"))
    built = sa.table("migration", sa.column("id"), sa.column("inventory_revision"), sa.column("inventory_stamp"))
    for (number,) in op.get_bind().execute(sa.select(built.c.id).where(built.c.inventory_revision > 0)).all():
        op.execute(built.update().where(built.c.id == number).values(inventory_stamp=uuid4().hex))
    op.add_column("asset", sa.Column("edition", sa.BigInteger(), nullable=True))
    for name in REPLACED:
        op.drop_index(name, table_name="asset")
    op.create_index(
        "ix_asset_migration_edition",
        "asset",
        ["migration_id", "edition"],
        unique=False,
        sqlite_where=CHANGED,
        postgresql_where=CHANGED,
    )
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "saved_view",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("migration_id", number, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("address", sa.JSON(), nullable=False),
        sa.Column("at", platform_core.store.columns.Moment(timezone=True), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["migration_id"], ["migration.id"], name=op.f("fk_saved_view_migration_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("migration_id", "name", name=op.f("uq_saved_view_migration_id_name")),
    )


def downgrade() -> None:
    op.drop_table("saved_view")
    op.drop_index("ix_asset_migration_edition", table_name="asset")
    for name, columns in REPLACED.items():
        op.create_index(name, "asset", columns, unique=False)
    op.drop_column("asset", "edition")
    op.drop_column("migration", "inventory_edition")
    op.drop_column("migration", "inventory_stamp")
