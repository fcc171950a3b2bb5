"""The inventory: assets with one typed column for each canonical field, their lineage, dependencies, issues."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from platform_core.store.models.base import Base, belongs_to, key, word

Text = Mapped[str | None]
Number = Mapped[float | None]
Whole = Mapped[int | None]
Day = Mapped[date | None]
Flag = Mapped[bool | None]
List = Mapped[tuple[str, ...] | None]

CHANGED = text("edition IS NOT NULL")
EDITED = text("edits IS NOT NULL")
FROM, TO = text("source_ip IS NOT NULL"), text("target_ip IS NOT NULL")
MOVING = text("migration_status IS NOT NULL")
STATUS = text("lower(migration_status)")


class AssetRow(Base):
    """One asset. `subject_key` is the key of the application (or lone asset) whose strategy and wave it shares.

    `sources` lists the rows it was merged from as [import id, line]; `origins` gives for a field the index in
    `sources` of the row its value came from (left out where that is 0). `edits` tells of the fields that analysts
    changed: what the imports say, the decisions, who and when. `edition` is the migration's count
    of changes at which it was changed last, None since the rebuild.
    """

    __tablename__ = "asset"
    __table_args__ = (
        UniqueConstraint("migration_id", "key"),
        Index("ix_asset_migration_subject", "migration_id", "subject_key"),
        Index("ix_asset_migration_edited", "migration_id", sqlite_where=EDITED, postgresql_where=EDITED),
        Index("ix_asset_moving", "migration_id", STATUS, sqlite_where=MOVING, postgresql_where=MOVING),
        Index("ix_asset_migration_edition", "migration_id", "edition", sqlite_where=CHANGED, postgresql_where=CHANGED),
    )

    id: Mapped[int] = key()
    migration_id: Mapped[int] = belongs_to("migration", index=False)
    key: Mapped[str]
    kind: Mapped[str] = mapped_column(word())
    name: Mapped[str]
    subject_key: Mapped[str]
    sources: Mapped[list[Any]] = mapped_column(default=list)
    origins: Mapped[dict[str, Any]] = mapped_column(default=dict)
    edits: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    edition: Whole

    asset_id: Text
    asset_name: Text
    asset_type: Text
    hostname: Text
    fqdn: Text
    asset_tag: Text
    serial_number: Text
    uuid: Text
    description: Text
    notes: Text
    tags: List
    application_name: Text
    business_service: Text
    application_type: Text
    technology_stack: List
    software_version: Text
    vendor: Text
    business_owner: Text
    application_owner: Text
    technical_owner: Text
    support_group: Text
    business_unit: Text
    environment: Text
    business_criticality: Text
    dr_tier: Text
    rto_hours: Number
    rpo_hours: Number
    data_classification: Text
    compliance_scope: List
    internet_facing: Flag
    location: Text
    datacenter: Text
    cloud_region: Text
    cloud_account: Text
    ip_address: List
    mac_address: Text
    network_segment: Text
    os_name: Text
    os_version: Text
    cpu_cores: Whole
    cpu_sockets: Whole
    cpu_model: Text
    memory_gb: Number
    storage_gb: Number
    storage_used_gb: Number
    disk_iops: Number
    cpu_utilization_pct: Number
    memory_utilization_pct: Number
    is_virtual: Flag
    hypervisor_host: Text
    cluster: Text
    virtualization_platform: Text
    power_state: Text
    instance_type: Text
    manufacturer: Text
    model: Text
    purchase_date: Day
    install_date: Day
    warranty_expiry: Day
    end_of_support_date: Day
    retirement_date: Day
    database_name: Text
    database_engine: Text
    database_version: Text
    database_size_gb: Number
    installed_software: List
    user_count: Whole
    cost: Number
    migration_strategy: Text
    migration_wave: Text
    migration_status: Text
    status: Text
    last_seen: Day
    dependencies: List


class DependencyRow(Base):
    """`source` needs `target`; a key is empty while that end is not in the inventory; `verdict` is the analysts'.

    `source_filed` and `target_filed` are what the ends' names are filed under; None in rows of earlier releases.
    """

    __tablename__ = "dependency"
    __table_args__ = (
        Index("ix_dependency_migration_source", "migration_id", "source_key"),
        Index("ix_dependency_migration_target", "migration_id", "target_key"),
        Index("ix_dependency_source_filed", "migration_id", "source_filed"),
        Index("ix_dependency_target_filed", "migration_id", "target_filed"),
        Index("ix_dependency_source_ip", "migration_id", "source_ip", sqlite_where=FROM, postgresql_where=FROM),
        Index("ix_dependency_target_ip", "migration_id", "target_ip", sqlite_where=TO, postgresql_where=TO),
    )

    id: Mapped[int] = key()
    migration_id: Mapped[int] = belongs_to("migration", index=False)
    source_name: Mapped[str]
    target_name: Mapped[str]
    source_key: Mapped[str | None]
    target_key: Mapped[str | None]
    source_filed: Mapped[str | None]
    target_filed: Mapped[str | None]
    source_ip: Mapped[str | None]
    target_ip: Mapped[str | None]
    port: Mapped[int | None]
    protocol: Mapped[str | None]
    relation: Mapped[str | None]
    process: Mapped[str | None]
    weight: Mapped[float]
    import_id: Mapped[int | None]
    line: Mapped[int | None]
    verdict: Mapped[str | None] = mapped_column(word())


class IssueRow(Base):
    """One finding about a value or row of the inventory."""

    __tablename__ = "quality_issue"
    __table_args__ = (
        Index("ix_quality_issue_migration_kind", "migration_id", "kind"),
        Index("ix_quality_issue_migration_asset", "migration_id", "asset_key"),
    )

    id: Mapped[int] = key()
    migration_id: Mapped[int] = belongs_to("migration", index=False)
    kind: Mapped[str] = mapped_column(word())
    field: Mapped[str | None] = mapped_column(word(60))
    asset_key: Mapped[str | None]
    import_id: Mapped[int]
    line: Mapped[int]
    raw: Mapped[str]
    text: Mapped[str]
