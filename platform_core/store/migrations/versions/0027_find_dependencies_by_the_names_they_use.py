"""Find dependencies by the names and addresses that they use for their ends."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

FILED = ("source_filed", "target_filed")
ADDRESSES = ("source_ip", "target_ip")


def upgrade() -> None:
    for name in FILED:
        op.add_column("dependency", sa.Column(name, sa.Text()))
        op.create_index(f"ix_dependency_{name}", "dependency", ["migration_id", name])
    for name in ADDRESSES:
        known = sa.text(f"{name} IS NOT NULL")
        op.create_index(
            f"ix_dependency_{name}", "dependency", ["migration_id", name], sqlite_where=known, postgresql_where=known
        )


def downgrade() -> None:
    for name in ADDRESSES:
        op.drop_index(f"ix_dependency_{name}", table_name="dependency")
    for name in FILED:
        op.drop_index(f"ix_dependency_{name}", table_name="dependency")
        op.drop_column("dependency", name)
