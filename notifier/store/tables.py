"""Every table of the home's database.

Rows are not values: the stages validate, the tables only carry CHECK constraints. All instants are
aware UTC. No counter is stored beside the rows it could be derived from.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    Index,
    MetaData,
    Text,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(SQLModel):
    """The base: one metadata with a naming convention, so that migrations can name constraints."""

    metadata = MetaData(naming_convention=NAMING)


class VersionRow(Table, table=True):
    """A committed text: the authoritative one (``locale`` of the policy) or a translation."""

    __tablename__ = "version"
    __table_args__ = (
        UniqueConstraint("policy", "version", "locale"),
        CheckConstraint("status IN ('draft', 'committed', 'withdrawn')", name="status"),
    )
    id: int | None = Field(default=None, primary_key=True)
    policy: str
    version: str
    locale: str
    authoritative: bool
    status: str
    historical: bool
    """In force in the past, or a policy's first version: opens no campaign, needs no approval."""
    effective_date: str
    """ISO date; the legal day in the policy's time zone."""
    effective_at: datetime
    """The start of that day, as an instant."""
    new_people_at: datetime | None = None
    """From then on collected data is under this version, where that is before ``effective_at``."""
    author: str
    committed_at: datetime
    file: str
    """Path of the stored bytes, relative to the home."""
    markup: str
    raw_sha256: str
    canonical_sha256: str
    parser: str
    summary: str = ""
    source_sha256: str = ""
    """For a translation: the canonical hash of the authoritative text it was made from."""
    git_commit: str = ""
    """The full id of the commit that it was read from; empty for a file."""


class PersonRow(Table, table=True):
    """One person as the company told us. ``salt`` hides them in the chain and goes on erasure.

    Of an erased person the row stays, under a pseudonym, with nothing in it but that.
    """

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("status IN ('active', 'deactivated', 'deleted', 'erased')", name="status"),
        CheckConstraint("role IN ('customer', 'attendee', 'commenter')", name="role"),
        Index("ix_person_erased_mark", "erased_mark", sqlite_where=text("erased_mark <> ''")),
    )
    person_id: str = Field(primary_key=True)
    email: str = ""
    """Usable as it stands (validated, IDN domain in its ASCII form), or empty."""
    name: str = ""
    locale: str = ""
    timezone: str = ""
    country: str = ""
    status: str = "active"
    marketing_opt_out: bool = False
    role: str = "customer"
    governed_by: str = ""
    guardian_email: str = ""
    child: bool = False
    salt: str
    """Hex of 32 random bytes; empty once erased."""
    erased_mark: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """By which an erased person is recognised (``commitment.erased_mark``); empty for all others,
    and once they were taken in again."""
    erased_at: datetime | None = None


class CollectionRow(Table, table=True):
    """This person's data of this category was collected on this site under this version."""

    __tablename__ = "collection"
    person_id: str = Field(primary_key=True)
    site: str = Field(primary_key=True)
    category: str = Field(primary_key=True)
    policy: str = Field(primary_key=True)
    version: str = Field(primary_key=True, default="")
    """Empty: the one in force at ``collected_at``; neither given: the oldest, flagged."""
    collected_at: str = Field(primary_key=True, default="")
    """UTC instant as ``YYYY-MM-DDTHH:MM:SSZ`` or empty (a key column cannot be null)."""


class CampaignRow(Table, table=True):
    """A change to be told: a version (``P@V``) or an acquisition (``acquisition@ID``)."""

    __tablename__ = "campaign"
    __table_args__ = (
        CheckConstraint("kind IN ('version', 'acquisition')", name="kind"),
        CheckConstraint(
            "state IN ('proposed', 'approved', 'sending', 'paused', 'needs_decision', 'complete',"
            " 'cancelled', 'rejected', 'superseded')",
            name="state",
        ),
    )
    id: str = Field(primary_key=True)
    kind: str
    policy: str = ""
    version: str = ""
    state: str
    state_reason: str = ""
    author: str
    opened_at: datetime
    effective_date: str
    effective_at: datetime
    not_before: datetime | None = None
    approved_by: str = ""
    approved_at: datetime | None = None
    approved_digest: str = ""
    override_reason: str = ""
    notify_by: datetime | None = None
    approval: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """What was approved, frozen: cohorts with their changes, notice texts, envelope, totals."""
    terms: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """For an acquisition: the file's content."""


class RulingRow(Table, table=True):
    """The reviewer's word on one change of a campaign; the last one per change counts."""

    __tablename__ = "ruling"
    id: int | None = Field(default=None, primary_key=True)
    campaign: str = Field(index=True)
    change_key: str
    """Content key of the change (``plan.keys``): the same change from any baseline."""
    material: bool
    touches_stored: bool
    grounds: str = ""
    """Comma-separated; empty keeps the classifier's."""
    categories: str = ""
    sites: str = ""
    reason: str
    actor: str
    at: datetime


class NoteRow(Table, table=True):
    """Legal's own words for the mail; ``change_key`` empty for the whole campaign."""

    __tablename__ = "note"
    id: int | None = Field(default=None, primary_key=True)
    campaign: str = Field(index=True)
    change_key: str = ""
    locale: str
    text: str = Field(sa_type=Text)
    actor: str
    at: datetime


class SkeletonRow(Table, table=True):
    """The approved words of one cohort in one locale, with slots for the person's own parts."""

    __tablename__ = "skeleton"
    campaign: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    cohort: str = Field(primary_key=True)
    locale: str = Field(primary_key=True)
    subject: str = Field(sa_type=Text)
    text: str = Field(sa_type=Text)
    html: str = Field(sa_type=Text)


class MessageRow(Table, table=True):
    """One message: (campaign, person, kind, channel). Everything about sending lives here."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("campaign", "person_id", "kind", "channel"),
        UniqueConstraint("ref"),
        CheckConstraint(
            "state IN ('planned', 'claimed', 'sent', 'deferred', 'unknown', 'bounced',"
            " 'suppressed', 'held', 'needs_attention')",
            name="state",
        ),
        Index("ix_message_due", "campaign", "state", "next_at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    campaign: str
    person_id: str = Field(index=True)
    kind: str = "notice"
    channel: str = "email"
    state: str
    reason: str = ""
    cohort: str = ""
    locale: str = ""
    notice_days: int = 0
    ref: str
    """Hex of 16 random bytes: Message-ID and choice token name it, never the person."""
    recipient: str = ""
    """The address of the bytes that left, or may have; later attempts use it too: same bytes."""
    greeting: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """The person's name in those bytes, whatever it is by now."""
    dated_at: datetime | None = None
    """The Date header, fixed at the first attempt."""
    sha256: str = ""
    """Of the exact bytes handed to the relay; empty while none were."""
    attempts: int = 0
    next_at: datetime | None = None
    """Not before; null means at once."""
    first_deferred_at: datetime | None = None
    owner: str = ""
    fence: int = 0
    lease_until: datetime | None = None
    intent_at: datetime | None = None
    """Set just before the bytes leave; a claim that dies with it set is in doubt."""
    sent_at: datetime | None = None
    reply_code: int = 0
    reply_text: str = ""
    queue_id: str = ""


class ChoiceRow(Table, table=True):
    """An explicit decision of a person; all are kept, the last one counts."""

    __tablename__ = "choice"
    __table_args__ = (
        CheckConstraint("decision IN ('accept', 'refuse', 'withdraw')", name="decision"),
        Index("ix_choice_who", "campaign", "person_id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    campaign: str
    person_id: str
    decision: str
    how: str
    note: str = ""
    actor: str = ""
    at: datetime


class EntryRow(Table, table=True):
    """One act in the hash-chained ledger. No personal data: people stand behind a commitment."""

    __tablename__ = "entry"
    seq: int = Field(primary_key=True)
    at: str
    """UTC instant, ISO 8601 with microseconds and ``Z``, exactly as hashed."""
    kind: str = Field(index=True)
    campaign: str = Field(default="", index=True)
    subject: str = Field(default="", index=True)
    """The person's commitment, or empty."""
    body: str = Field(sa_type=Text)
    """Canonical JSON."""
    prev: str
    hash: str


class FeedRow(Table, table=True):
    """What was last published for a site, so that revisions only grow."""

    __tablename__ = "feed"
    site: str = Field(primary_key=True)
    revision: int
    sha256: str
    """Of the notices, without the revision."""
    published_at: datetime
