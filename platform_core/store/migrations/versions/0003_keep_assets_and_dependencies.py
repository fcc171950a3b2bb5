"""Keep the inventory: assets, dependencies and what was found wrong."""

import sqlalchemy as sa
from alembic import op

import platform_core.store.columns

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "asset",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("migration_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("subject_key", sa.Text(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("origins", sa.JSON(), nullable=False),
        sa.Column("asset_id", sa.Text(), nullable=True),
        sa.Column("asset_name", sa.Text(), nullable=True),
        sa.Column("asset_type", sa.Text(), nullable=True),
        sa.Column("hostname", sa.Text(), nullable=True),
        sa.Column("fqdn", sa.Text(), nullable=True),
        sa.Column("asset_tag", sa.Text(), nullable=True),
        sa.Column("serial_number", sa.Text(), nullable=True),
        sa.Column("uuid", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("tags", platform_core.store.columns.Lines(), nullable=True),
        sa.Column("application_name", sa.Text(), nullable=True),
        sa.Column("business_service", sa.Text(), nullable=True),
        sa.Column("application_type", sa.Text(), nullable=True),
        sa.Column("technology_stack", platform_core.store.columns.Lines(), nullable=True),
        sa.Column("software_version", sa.Text(), nullable=True),
        sa.Column("vendor", sa.Text(), nullable=True),
        sa.Column("business_owner", sa.Text(), nullable=True),
        sa.Column("application_owner", sa.Text(), nullable=True),
        sa.Column("technical_owner", sa.Text(), nullable=True),
        sa.Column("support_group", sa.Text(), nullable=True),
        sa.Column("business_unit", sa.Text(), nullable=True),
        sa.Column("environment", sa.Text(), nullable=True),
        sa.Column("business_criticality", sa.Text(), nullable=True),
        sa.Column("dr_tier", sa.Text(), nullable=True),
        sa.Column("rto_hours", sa.Float(), nullable=True),
        sa.Column("rpo_hours", sa.Float(), nullable=True),
        sa.Column("data_classification", sa.Text(), nullable=True),
        sa.Column("compliance_scope", platform_core.store.columns.Lines(), nullable=True),
        sa.Column("internet_facing", sa.Boolean(), nullable=True),
        sa.Column("location", sa.Text(), nullable=True),
        sa.Column("datacenter", sa.Text(), nullable=True),
        sa.Column("cloud_region", sa.Text(), nullable=True),
        sa.Column("cloud_account", sa.Text(), nullable=True),
        sa.Column("ip_address", platform_core.store.columns.Lines(), nullable=True),
        sa.Column("mac_address", sa.Text(), nullable=True),
        sa.Column("network_segment", sa.Text(), nullable=True),
        sa.Column("os_name", sa.Text(), nullable=True),
        sa.Column("os_version", sa.Text(), nullable=True),
        sa.Column("cpu_cores", sa.BigInteger(), nullable=True),
        sa.Column("cpu_sockets", sa.BigInteger(), nullable=True),
        sa.Column("cpu_model", sa.Text(), nullable=True),
        sa.Column("memory_gb", sa.Float(), nullable=True),
        sa.Column("storage_gb", sa.Float(), nullable=True),
        sa.Column("storage_used_gb", sa.Float(), nullable=True),
        sa.Column("disk_iops", sa.Float(), nullable=True),
        sa.Column("cpu_utilization_pct", sa.Float(), nullable=True),
        sa.Column("memory_utilization_pct", sa.Float(), nullable=True),
        sa.Column("is_virtual", sa.Boolean(), nullable=True),
        sa.Column("hypervisor_host", sa.Text(), nullable=True),
        sa.Column("cluster", sa.Text(), nullable=True),
        sa.Column("virtualization_platform", sa.Text(), nullable=True),
        sa.Column("power_state", sa.Text(), nullable=True),
        sa.Column("instance_type", sa.Text(), nullable=True),
        sa.Column("manufacturer", sa.Text(), nullable=True),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("purchase_date", sa.Date(), nullable=True),
        sa.Column("install_date", sa.Date(), nullable=True),
        sa.Column("warranty_expiry", sa.Date(), nullable=True),
        sa.Column("end_of_support_date", sa.Date(), nullable=True),
        sa.Column("retirement_date", sa.Date(), nullable=True),
        sa.Column("database_name", sa.Text(), nullable=True),
        sa.Column("database_engine", sa.Text(), nullable=True),
        sa.Column("database_version", sa.Text(), nullable=True),
        sa.Column("database_size_gb", sa.Float(), nullable=True),
        sa.Column("installed_software", platform_core.store.columns.Lines(), nullable=True),
        sa.Column("user_count", sa.BigInteger(), nullable=True),
        sa.Column("cost", sa.Float(), nullable=True),
        sa.Column("migration_strategy", sa.Text(), nullable=True),
        sa.Column("migration_wave", sa.Text(), nullable=True),
        sa.Column("migration_status", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("last_seen", sa.Date(), nullable=True),
        sa.Column("dependencies", platform_core.store.columns.Lines(), nullable=True),
        sa.ForeignKeyConstraint(
            ["migration_id"], ["migration.id"], name=op.f("fk_asset_migration_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset")),
        sa.UniqueConstraint("migration_id", "key", name=op.f("uq_asset_migration_id_key")),
    )
    op.create_index("ix_asset_migration_criticality", "asset", ["migration_id", "business_criticality"], unique=False)
    op.create_index("ix_asset_migration_environment", "asset", ["migration_id", "environment"], unique=False)
    op.create_index("ix_asset_migration_kind_name", "asset", ["migration_id", "kind", "name"], unique=False)
    op.create_index("ix_asset_migration_name", "asset", ["migration_id", "name"], unique=False)
    op.create_index("ix_asset_migration_subject", "asset", ["migration_id", "subject_key"], unique=False)
    op.create_table(
        "dependency",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("migration_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source_name", sa.Text(), nullable=False),
        sa.Column("target_name", sa.Text(), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=True),
        sa.Column("target_key", sa.Text(), nullable=True),
        sa.Column("source_ip", sa.Text(), nullable=True),
        sa.Column("target_ip", sa.Text(), nullable=True),
        sa.Column("port", sa.BigInteger(), nullable=True),
        sa.Column("protocol", sa.Text(), nullable=True),
        sa.Column("relation", sa.Text(), nullable=True),
        sa.Column("process", sa.Text(), nullable=True),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("import_id", sa.BigInteger(), nullable=True),
        sa.Column("line", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["migration_id"], ["migration.id"], name=op.f("fk_dependency_migration_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dependency")),
    )
    op.create_index("ix_dependency_migration_source", "dependency", ["migration_id", "source_key"], unique=False)
    op.create_index("ix_dependency_migration_target", "dependency", ["migration_id", "target_key"], unique=False)
    op.create_table(
        "quality_issue",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("migration_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("field", sa.String(length=60), nullable=True),
        sa.Column("asset_key", sa.Text(), nullable=True),
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["migration_id"], ["migration.id"], name=op.f("fk_quality_issue_migration_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_issue")),
    )
    op.create_index("ix_quality_issue_migration_asset", "quality_issue", ["migration_id", "asset_key"], unique=False)
    op.create_index("ix_quality_issue_migration_kind", "quality_issue", ["migration_id", "kind"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_quality_issue_migration_kind", table_name="quality_issue")
    op.drop_index("ix_quality_issue_migration_asset", table_name="quality_issue")
    op.drop_table("quality_issue")
    op.drop_index("ix_dependency_migration_target", table_name="dependency")
    op.drop_index("ix_dependency_migration_source", table_name="dependency")
    op.drop_table("dependency")
    op.drop_index("ix_asset_migration_subject", table_name="asset")
    op.drop_index("ix_asset_migration_name", table_name="asset")
    op.drop_index("ix_asset_migration_kind_name", table_name="asset")
    op.drop_index("ix_asset_migration_environment", table_name="asset")
    op.drop_index("ix_asset_migration_criticality", table_name="asset")
    op.drop_table("asset")
