"""Let erased people stay listed by a pseudonym, and be recognised when they come again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the two columns and their index; SQLite adds them without rewriting the table."""
    op.add_column(
        "person", sa.Column("erased_mark", AutoString(), nullable=False, server_default="")
    )
    op.add_column("person", sa.Column("erased_at", UTCDateTime(), nullable=True))
    op.create_index(
        "ix_person_erased_mark",
        "person",
        ["erased_mark"],
        sqlite_where=sa.text("erased_mark <> ''"),
    )
