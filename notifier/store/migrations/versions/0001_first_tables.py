"""Make the first tables, and have the database itself refuse any change of the ledger."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table, then the ledger's guards."""
    _campaign()
    _choice()
    _collection()
    _entry()
    _feed()
    _message()
    _note()
    _person()
    _ruling()
    _skeleton()
    _version()
    for guard in _GUARDS:
        op.execute(guard)


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, AutoString(), nullable=False)


def _number(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _flag(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _instant(name: str, *, optional: bool = False) -> sa.Column[Any]:
    return sa.Column(name, UTCDateTime(), nullable=optional)


def _one_of(table: str, column: str, *values: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_{table}_{column}"))


def _campaign() -> None:
    op.create_table(
        "campaign",
        _text("id"),
        _text("kind"),
        _text("policy"),
        _text("version"),
        _text("state"),
        _text("state_reason"),
        _text("author"),
        _instant("opened_at"),
        _text("effective_date"),
        _instant("effective_at"),
        _instant("not_before", optional=True),
        _text("approved_by"),
        _instant("approved_at", optional=True),
        _text("approved_digest"),
        _text("override_reason"),
        _instant("notify_by", optional=True),
        sa.Column("approval", sa.JSON(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        _one_of("campaign", "kind", "version", "acquisition"),
        _one_of(
            "campaign",
            "state",
            "proposed",
            "approved",
            "sending",
            "paused",
            "needs_decision",
            "complete",
            "cancelled",
            "rejected",
            "superseded",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
    )


def _choice() -> None:
    op.create_table(
        "choice",
        _number("id"),
        _text("campaign"),
        _text("person_id"),
        _text("decision"),
        _text("how"),
        _text("note"),
        _text("actor"),
        _instant("at"),
        _one_of("choice", "decision", "accept", "refuse", "withdraw"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_choice")),
    )
    op.create_index("ix_choice_who", "choice", ["campaign", "person_id"])


def _collection() -> None:
    op.create_table(
        "collection",
        _text("person_id"),
        _text("site"),
        _text("category"),
        _text("policy"),
        _text("version"),
        _text("collected_at"),
        sa.PrimaryKeyConstraint(
            "person_id",
            "site",
            "category",
            "policy",
            "version",
            "collected_at",
            name=op.f("pk_collection"),
        ),
    )


def _entry() -> None:
    op.create_table(
        "entry",
        _number("seq"),
        _text("at"),
        _text("kind"),
        _text("campaign"),
        _text("subject"),
        sa.Column("body", sa.Text(), nullable=False),
        _text("prev"),
        _text("hash"),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_entry")),
    )
    op.create_index("ix_entry_campaign", "entry", ["campaign"])
    op.create_index("ix_entry_kind", "entry", ["kind"])
    op.create_index("ix_entry_subject", "entry", ["subject"])


def _feed() -> None:
    op.create_table(
        "feed",
        _text("site"),
        _number("revision"),
        _text("sha256"),
        _instant("published_at"),
        sa.PrimaryKeyConstraint("site", name=op.f("pk_feed")),
    )


def _message() -> None:
    op.create_table(
        "message",
        _number("id"),
        _text("campaign"),
        _text("person_id"),
        _text("kind"),
        _text("channel"),
        _text("state"),
        _text("reason"),
        _text("cohort"),
        _text("locale"),
        _number("notice_days"),
        _text("ref"),
        _text("recipient"),
        _instant("dated_at", optional=True),
        _text("sha256"),
        _number("attempts"),
        _instant("next_at", optional=True),
        _instant("first_deferred_at", optional=True),
        _text("owner"),
        _number("fence"),
        _instant("lease_until", optional=True),
        _instant("intent_at", optional=True),
        _instant("sent_at", optional=True),
        _number("reply_code"),
        _text("reply_text"),
        _text("queue_id"),
        _one_of(
            "message",
            "state",
            "planned",
            "claimed",
            "sent",
            "deferred",
            "unknown",
            "bounced",
            "suppressed",
            "held",
            "needs_attention",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint(
            "campaign",
            "person_id",
            "kind",
            "channel",
            name=op.f("uq_message_campaign_person_id_kind_channel"),
        ),
        sa.UniqueConstraint("ref", name=op.f("uq_message_ref")),
    )
    op.create_index("ix_message_due", "message", ["campaign", "state", "next_at"])
    op.create_index("ix_message_person_id", "message", ["person_id"])


def _note() -> None:
    op.create_table(
        "note",
        _number("id"),
        _text("campaign"),
        _text("change_key"),
        _text("locale"),
        sa.Column("text", sa.Text(), nullable=False),
        _text("actor"),
        _instant("at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
    )
    op.create_index("ix_note_campaign", "note", ["campaign"])


def _person() -> None:
    op.create_table(
        "person",
        _text("person_id"),
        _text("email"),
        _text("name"),
        _text("locale"),
        _text("timezone"),
        _text("country"),
        _text("status"),
        _flag("marketing_opt_out"),
        _text("role"),
        _text("governed_by"),
        _text("guardian_email"),
        _flag("child"),
        _text("salt"),
        _one_of("person", "role", "customer", "attendee", "commenter"),
        _one_of("person", "status", "active", "deactivated", "deleted", "erased"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person")),
    )


def _ruling() -> None:
    op.create_table(
        "ruling",
        _number("id"),
        _text("campaign"),
        _text("change_key"),
        _flag("material"),
        _flag("touches_stored"),
        _text("grounds"),
        _text("categories"),
        _text("sites"),
        _text("reason"),
        _text("actor"),
        _instant("at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ruling")),
    )
    op.create_index("ix_ruling_campaign", "ruling", ["campaign"])


def _skeleton() -> None:
    op.create_table(
        "skeleton",
        _text("campaign"),
        _text("kind"),
        _text("cohort"),
        _text("locale"),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "kind", "cohort", "locale", name=op.f("pk_skeleton")),
    )


def _version() -> None:
    op.create_table(
        "version",
        _number("id"),
        _text("policy"),
        _text("version"),
        _text("locale"),
        _flag("authoritative"),
        _text("status"),
        _flag("historical"),
        _text("effective_date"),
        _instant("effective_at"),
        _instant("new_people_at", optional=True),
        _text("author"),
        _instant("committed_at"),
        _text("file"),
        _text("markup"),
        _text("raw_sha256"),
        _text("canonical_sha256"),
        _text("parser"),
        _text("summary"),
        _text("source_sha256"),
        _one_of("version", "status", "draft", "committed", "withdrawn"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_version")),
        sa.UniqueConstraint(
            "policy", "version", "locale", name=op.f("uq_version_policy_version_locale")
        ),
    )


_REFUSED = "RAISE(ABORT, 'the ledger is append-only')"
_GUARDS = (
    f"CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry BEGIN SELECT {_REFUSED}; END",
    f"CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry BEGIN SELECT {_REFUSED}; END",
    # INSERT OR REPLACE deletes without the trigger above; a number that is taken, or a link that
    # does not fit, is refused here.
    "CREATE TRIGGER entry_only_next BEFORE INSERT ON entry"
    " WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM entry) OR NEW.prev <>"
    " coalesce((SELECT hash FROM entry WHERE seq = NEW.seq - 1), '" + "0" * 64 + "')"
    f" BEGIN SELECT {_REFUSED}; END",
)
