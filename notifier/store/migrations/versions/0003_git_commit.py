"""Keep with a version the commit that it was read from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the column, empty for what was there before."""
    with op.batch_alter_table("version") as table:
        table.add_column(sa.Column("git_commit", AutoString(), nullable=False, server_default=""))
    with op.batch_alter_table("version") as table:
        table.alter_column("git_commit", server_default=None)
