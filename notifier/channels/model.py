"""What every channel promises: one message to one person, and what is certain afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Protocol

from notifier.errors import OutsideError


class Phase(StrEnum):
    """Where in the conversation with the relay something happened."""

    CONNECT = "connect"
    SENDER = "sender"
    RECIPIENT = "recipient"
    DATA = "data"
    """The relay was asked whether it wants the message; none of it has left."""
    BODY = "body"
    """The message itself is leaving, or has left."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """One finished message: the envelope and the exact bytes.

    ``data`` is a whole Internet message with CRLF line ends; ``sender`` and ``recipient`` are bare
    addresses. ``sha256`` is the hex digest of ``data``. ``name`` is the person's, so that it can be
    struck from what the relay says.
    """

    sender: str
    recipient: str
    data: bytes
    sha256: str
    name: str = ""

    @classmethod
    def of(cls, *, sender: str, recipient: str, data: bytes, name: str = "") -> Letter:
        """Return a letter with its digest."""
        digest = sha256(data).hexdigest()
        return cls(sender=sender, recipient=recipient, data=data, sha256=digest, name=name)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """What the relay said; ``text`` is scrubbed of addresses and links. Code 0: unreadable."""

    code: int = 0
    enhanced: str = ""
    text: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Accepted:
    """The relay's 250 was read: the message is the relay's now."""

    reply: Reply
    queue_id: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Deferred:
    """A transient refusal (4xx) of this message; the relay does not have it."""

    reply: Reply
    phase: Phase


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounced:
    """The mailbox takes nothing, for good; the relay does not have the message."""

    reply: Reply
    phase: Phase


@dataclass(frozen=True, kw_only=True, slots=True)
class Rejected:
    """Refused for policy, size, content or sender, or never handed on; somebody has to look.

    ``why`` is a short stable word for the reason that is shown with the message.
    """

    reply: Reply
    phase: Phase
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class InDoubt:
    """The message left, and no readable reply came: the relay may have it or may not."""

    reply: Reply


@dataclass(frozen=True, kw_only=True, slots=True)
class NotStarted:
    """Nothing of the message left and the relay said nothing about it: it goes back unburnt."""

    reply: Reply
    phase: Phase
    why: str


Refusal = Deferred | Bounced | Rejected | NotStarted
Outcome = Accepted | Deferred | Bounced | Rejected | InDoubt | NotStarted


class RelayDownError(OutsideError):
    """No connection can be had just now; the same call may work later."""

    default_code = "relay_down"


class RelayRefusesError(OutsideError):
    """The relay does not take us as we are configured; a person has to mend something."""

    default_code = "relay_refuses"


class Line(Protocol):
    """One open way to the channel, carrying one message at a time, used by one sender."""

    @property
    def usable(self) -> bool:
        """Whether another message may be offered."""

    async def offer(self, letter: Letter) -> Refusal | None:
        """Announce the message; None means: now, and only now, hand over the body."""

    async def body(self, letter: Letter) -> Outcome:
        """Hand over the exact bytes and say what became of them."""

    def abort(self) -> None:
        """Drop the line at once; a message that was offered and not handed over is not sent."""

    async def close(self) -> None:
        """End politely; never raises."""


class Channel(Protocol):
    """A way to reach one person."""

    @property
    def name(self) -> str:
        """The channel as messages name it."""

    async def connect(self) -> Line:
        """Open a line.

        :raises RelayDownError: not now
        :raises RelayRefusesError: not with this configuration
        """
