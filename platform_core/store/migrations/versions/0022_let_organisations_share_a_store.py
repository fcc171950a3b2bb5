"""Let organisations share a store: whose rows are whose, and on PostgreSQL row-level security on every table."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

import platform_core.store.columns
from platform_core.store.row_security import protect, protect_parts, protect_shared, unprotect

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

FIRST = 1
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = platform_core.store.columns.Moment(timezone=True)
OPEN = sa.text("ended_at IS NULL")

OWNED = ("migration", "run", "audit", "api_token", "api_answer")
UNIQUE = {"migration": ["name"], "api_token": ["name"], "api_answer": ["caller", "key"]}
OF_MIGRATIONS = (
    "session",
    "import",
    "asset",
    "dependency",
    "quality_issue",
    "asset_decision",
    "policy",
    "noise",
    "dependency_decision",
    "register_entry",
    "rate_card",
    "finished_work",
    "correction",
    "feedback",
    "duplicate_search",
    "duplicate_pair",
    "recommendation",
    "application_event",
    "risk",
    "plan",
    "proposal",
    "saved_view",
)
OF_OTHERS = {
    "import": ("import_column", "mapping", "quarantine"),
    "plan": ("move_group", "wave", "placement"),
    "run": ("run_event", "run_step", "run_task", "model_call"),
}


def upgrade() -> None:
    _organisations()
    op.drop_index("uq_run_open_key", table_name="run")
    for table in OWNED:
        with op.batch_alter_table(table) as change:
            change.add_column(sa.Column("organisation_id", NUMBER, nullable=False, server_default=str(FIRST)))
            change.create_foreign_key(f"fk_{table}_organisation_id", "organisation", ["organisation_id"], ["id"])
            if table in UNIQUE:
                change.drop_constraint(_unique(table), type_="unique")
                change.create_unique_constraint(_unique(table, "organisation_id"), ["organisation_id", *UNIQUE[table]])
        with op.batch_alter_table(table) as change:
            change.alter_column("organisation_id", server_default=None)
    _one_open_run("organisation_id", "deduplication_key")
    _texts_of_organisations()
    for table in (*OWNED, "membership", "model_text"):
        protect(table)
    protect("organisation", owner="id")
    for table in OF_MIGRATIONS:
        protect_parts(table, "migration_id", "migration", few=True)
    for parent, tables in OF_OTHERS.items():
        for table in tables:
            protect_parts(table, f"{parent}_id", parent)
    protect_shared("worker")


def downgrade() -> None:
    _refuse_several()
    parts = [table for tables in OF_OTHERS.values() for table in tables]
    unprotect([*OWNED, "membership", "model_text", "organisation", *OF_MIGRATIONS, *parts, "worker"])
    op.drop_index("uq_run_open_key", table_name="run")
    for table in OWNED:
        with op.batch_alter_table(table) as change:
            if table in UNIQUE:
                change.drop_constraint(_unique(table, "organisation_id"), type_="unique")
                change.create_unique_constraint(_unique(table), UNIQUE[table])
            change.drop_constraint(f"fk_{table}_organisation_id", type_="foreignkey")
            change.drop_column("organisation_id")
    _one_open_run("deduplication_key")
    _texts_of_nobody()
    op.drop_table("membership")
    op.drop_table("organisation")


def _organisations() -> None:
    organisation = op.create_table(
        "organisation",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("name", name=op.f("uq_organisation_name")),
    )
    op.execute(organisation.insert().values(name="default", created_at=datetime.now(UTC)))
    op.create_table(
        "membership",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("person", sa.String(length=320), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("organisation_id", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_membership_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint("person", name=op.f("uq_membership_person")),
    )


def _one_open_run(*columns: str) -> None:
    op.create_index("uq_run_open_key", "run", list(columns), unique=True, sqlite_where=OPEN, postgresql_where=OPEN)


def _texts_of_organisations() -> None:
    """Number the texts, since two organisations may have the same one."""
    op.execute("CREATE TABLE kept_text AS SELECT digest, text FROM model_text")
    op.drop_table("model_text")
    op.create_table(
        "model_text",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("organisation_id", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_model_text_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_text")),
        sa.UniqueConstraint("organisation_id", "digest", name=op.f("uq_model_text_organisation_id_digest")),
    )
    op.execute(
        "INSERT INTO model_text (digest, text, organisation_id) SELECT digest, text, 1 FROM kept_text ORDER BY digest"
    )
    op.drop_table("kept_text")


def _texts_of_nobody() -> None:
    op.execute("CREATE TABLE kept_text AS SELECT digest, text FROM model_text")
    op.drop_table("model_text")
    op.create_table(
        "model_text",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_model_text")),
    )
    op.execute("INSERT INTO model_text (digest, text) SELECT digest, text FROM kept_text")
    op.drop_table("kept_text")


def _refuse_several() -> None:
    number = op.get_bind().scalar(sa.text("SELECT count(*) FROM organisation"))
    if number != 1:
        raise RuntimeError(f"{number} organisations share this store: an earlier version would mix them up.")


def _unique(table: str, *before: str) -> str:
    return f"uq_{table}_{'_'.join((*before, *UNIQUE[table]))}"
