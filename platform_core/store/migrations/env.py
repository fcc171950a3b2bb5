"""Alembic's entry: runs inside the connection and transaction that the caller opened and locked."""

from alembic import context

from platform_core.store.models import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    transactional_ddl=True,
)
context.run_migrations()
