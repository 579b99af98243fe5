"""What Alembic runs: the migrations, on the connection and in the transaction that we hand in."""

from __future__ import annotations

from alembic import context

from notifier.store.tables import Table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    render_as_batch=True,  # SQLite cannot alter a table otherwise
    transactional_ddl=True,  # SQLite can; Alembic assumes that it cannot
)
with context.begin_transaction():
    context.run_migrations()
