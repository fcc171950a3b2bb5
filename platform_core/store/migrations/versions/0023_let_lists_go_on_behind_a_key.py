"""Let lists go on behind a key, and the state of a plan be told without reading every asset."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

ADDED = (
    ("ix_recommendation_names", "recommendation", ["migration_id", "subject_key", "name"]),
    ("ix_recommendation_decided", "recommendation", ["migration_id", "decided", "subject_key"]),
    ("ix_placement_wave_risk", "placement", ["plan_id", "wave", "risk"]),
    ("ix_placement_wave_application", "placement", ["plan_id", "wave", "application"]),
    ("ix_run_migration_number", "run", ["migration_id", "id"]),
    ("ix_quarantine_line", "quarantine", ["import_id", "line"]),
)
REPLACED = (
    ("ix_placement_plan_wave", "placement", ["plan_id", "wave"]),
    ("ix_quarantine_import_id", "quarantine", ["import_id"]),
)
MOVING = sa.text("migration_status IS NOT NULL")
OVERRIDDEN = sa.text("override_at IS NOT NULL")


def upgrade() -> None:
    for name, table, _ in REPLACED:
        op.drop_index(name, table_name=table)
    for name, table, columns in ADDED:
        op.create_index(name, table, columns, unique=False)
    op.create_index(
        "ix_asset_moving",
        "asset",
        ["migration_id", sa.text("lower(migration_status)")],
        sqlite_where=MOVING,
        postgresql_where=MOVING,
    )
    op.create_index(
        "ix_recommendation_overridden",
        "recommendation",
        ["migration_id", "override_at"],
        sqlite_where=OVERRIDDEN,
        postgresql_where=OVERRIDDEN,
    )


def downgrade() -> None:
    op.drop_index("ix_recommendation_overridden", table_name="recommendation")
    op.drop_index("ix_asset_moving", table_name="asset")
    for name, table, _ in ADDED:
        op.drop_index(name, table_name=table)
    for name, table, columns in REPLACED:
        op.create_index(name, table, columns, unique=False)
