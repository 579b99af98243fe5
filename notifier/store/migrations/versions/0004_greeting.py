"""Keep with a message the name that it greets, so that its bytes can be made again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the column without rewriting the table; what may have left already greets today's name.

    The program before this one took the name from the person at every attempt.
    """
    op.add_column("message", sa.Column("greeting", AutoString(), nullable=False, server_default=""))
    op.execute(
        "UPDATE message SET greeting = coalesce("
        "(SELECT name FROM person WHERE person.person_id = message.person_id), '')"
        " WHERE recipient <> '' AND state IN ('claimed', 'deferred', 'unknown')"
    )
