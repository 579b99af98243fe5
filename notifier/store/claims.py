"""A message in somebody's hands, as a value: claimed, about to leave, settled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

REPLY_NEVER_READ = "reply_never_read"
PROCESS_DIED = "process_died"
DOUBTS = (REPLY_NEVER_READ, PROCESS_DIED)
"""Reasons of state ``unknown``; the next attempt repeats a message that may have arrived."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Addressee:
    """The person as they are stored now, for whoever fills the mail."""

    person_id: str
    email: str
    name: str
    locale: str
    timezone: str
    country: str
    status: str
    role: str
    child: bool
    guardian_email: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Claimed:
    """A message that this process alone may send until its lease ends."""

    id: int
    campaign: str
    kind: str
    channel: str
    cohort: str
    locale: str
    notice_days: int
    ref: str
    person: Addressee | None
    """None where the person's row is gone."""
    subject: str
    """The person's commitment in the ledger, or empty."""
    owner: str
    fence: int
    recipient: str
    """The address of the bytes that left, or may have; empty while none did."""
    greeting: str
    """The person's name in those bytes; of no meaning while none left."""
    dated_at: datetime
    """The Date of the mail: the first attempt's, or now."""
    sha256: str
    """Of those bytes; empty while none left."""
    attempts: int
    """Attempts before this one."""
    reason: str
    """Why it is not settled yet; one of ``DOUBTS`` where it may have arrived already."""
    first_deferred_at: datetime | None

    @property
    def person_id(self) -> str:
        """Return the person's id, or empty where the row is gone."""
        return self.person.person_id if self.person else ""

    @property
    def name(self) -> str:
        """Return the name that the mail greets: the one of the bytes that left, else today's."""
        if self.recipient:
            return self.greeting
        return self.person.name if self.person else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Intent:
    """The bytes are about to leave; from here on a crash leaves the message in doubt."""

    claimed: Claimed
    recipient: str
    sha256: str
    greeting: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What became of a claim."""

    claimed: Claimed
    state: str
    reason: str = ""
    attempted: bool = True
    """Whether the relay was asked about this recipient, so that it counts as an attempt."""
    handed: bool = False
    """Whether the body left, or may have: then every later attempt repeats these bytes."""
    recipient: str = ""
    sha256: str = ""
    """With ``recipient``, of the attempt."""
    next_at: datetime | None = None
    phase: str = ""
    code: int = 0
    enhanced: str = ""
    text: str = ""
    queue_id: str = ""
