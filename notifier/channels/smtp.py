"""Mail through one relay: connections that are kept, one recipient a message, nothing re-encoded.

aiosmtplib connects, secures, authenticates and reads replies; what a reply means is decided by its
code and the phase (``reply.py``), since a library's exception classes do not tell a relay that is
closing (421 to RCPT) from a mailbox that does not exist.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import socket
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aiosmtplib
from aiosmtplib.protocol import SMTPProtocol

from notifier.channels.letter import needs_utf8, unfit
from notifier.channels.model import (
    Accepted,
    InDoubt,
    Letter,
    NotStarted,
    Outcome,
    Phase,
    Refusal,
    Rejected,
    RelayDownError,
    RelayRefusesError,
    Reply,
)
from notifier.channels.reply import SERVICE_CLOSING, is_about_us, queue_id, read_reply, refusal

if TYPE_CHECKING:
    from notifier.settings import Mail

_DOT = re.compile(rb"(?m)^\.")
_GO_AHEAD = 354
_LATER = "Sending goes on by itself when the relay answers; see `notifier doctor`."
_GONE = (OSError, EOFError, aiosmtplib.SMTPException)
# TimeoutError is an OSError, as are the connection and TLS errors; SMTPException covers the rest.


@dataclass(frozen=True, kw_only=True, slots=True)
class Timeouts:
    """How long the relay may take, in seconds.

    ``body`` is RFC 5321's ten minutes (4.5.3.2.6): a client that hangs up while the relay is still
    working on the message gets it delivered twice.
    """

    connect: float = 20.0
    command: float = 60.0
    body: float = 600.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Relay:
    """The configured smarthost; every sender opens a line of its own."""

    host: str
    port: int
    tls: str = "starttls"
    """none, starttls or implicit; what is asked for is used, or nothing is sent."""
    username: str = ""
    password: str = ""
    context: ssl.SSLContext | None = None
    """One context for all lines; made from the system's trust store where none is given."""
    timeouts: Timeouts = Timeouts()
    name: str = "email"

    @classmethod
    def from_settings(cls, mail: Mail, *, timeouts: Timeouts | None = None) -> Relay:
        """Return the relay of ``[mail]``, with one TLS context that verifies the certificate."""
        return cls(
            host=mail.host,
            port=mail.port,
            tls=mail.tls,
            username=mail.username,
            password=mail.password.get_secret_value(),
            context=None if mail.tls == "none" else ssl.create_default_context(),
            timeouts=timeouts or Timeouts(),
        )

    async def connect(self) -> SmtpLine:
        """Connect, secure and authenticate; never in plain where TLS is configured.

        :raises RelayDownError: no connection, a 4xx, or a connection that breaks: try again later
        :raises RelayRefusesError: no STARTTLS, an untrusted certificate, a refused login (535), a
            5xx greeting: nothing will change by trying again
        """
        client = self._client()
        try:
            async with asyncio.timeout(self.timeouts.connect):
                await self._open(client)
        except BaseException as error:
            client.close()
            if isinstance(error, (ValueError, *_GONE)):
                raise self._trouble(error) from error
            raise
        return SmtpLine(client, self.timeouts)

    def _client(self) -> aiosmtplib.SMTP:
        if self.tls not in {"none", "starttls", "implicit"}:
            raise ValueError(f"unknown tls mode {self.tls!r}")
        return aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            timeout=self.timeouts.connect,
            use_tls=self.tls == "implicit",
            start_tls=self.tls == "starttls",
            tls_context=None if self.tls == "none" else self.context,
        )

    async def _open(self, client: aiosmtplib.SMTP) -> None:
        await client.connect()
        secured = client.get_transport_info("sslcontext") is not None
        if self.tls != "none" and not secured:
            # Not reachable by what aiosmtplib promises; a plain line must not depend on a promise.
            raise ssl.SSLError("the connection is not encrypted")
        reply = await client.ehlo()
        if reply.code // 100 != 2:  # noqa: PLR2004  the family of success
            raise aiosmtplib.SMTPHeloError(reply.code, reply.message)
        if self.username:
            await client.login(self.username, self.password)

    def _trouble(self, error: BaseException) -> RelayDownError | RelayRefusesError:
        """Sort what went wrong into what time mends and what only a person mends."""
        where = f"The relay {self.host}:{self.port}"
        cause: BaseException | None = error
        while cause is not None and not isinstance(cause, ssl.SSLCertVerificationError):
            cause = cause.__cause__ or cause.__context__
        if isinstance(cause, ssl.SSLCertVerificationError):
            return self._refuses(
                f"{where} shows a certificate that is not trusted ({cause.verify_message}).",
                "Mend the certificate or mail.host; plain text is never used instead.",
                "tls_untrusted",
            )
        if isinstance(error, aiosmtplib.SMTPResponseException):
            return self._answered(where, error)
        if isinstance(error, ssl.SSLError) or type(error) is aiosmtplib.SMTPException:
            # aiosmtplib's bare class: STARTTLS, AUTH or a usable AUTH method is not offered.
            what = "TLS failed" if isinstance(error, ssl.SSLError) else str(error.args[0])
            return self._refuses(
                f"{where} cannot be used with mail.tls = {self.tls}: {what.rstrip('.')}.",
                "Mend mail.tls, mail.port or mail.username; plain text is never used instead.",
                "tls_refused" if "AUTH" not in what and "auth" not in what else "auth_refused",
            )
        return RelayDownError(
            f"{where} cannot be reached ({_kind(error)}). Nothing was sent on this connection.",
            next_step=_LATER,
        )

    def _answered(
        self, where: str, error: aiosmtplib.SMTPResponseException
    ) -> RelayDownError | RelayRefusesError:
        reply = read_reply(error.code, error.message, self.username)
        said = f"{reply.code} {reply.text}".strip() if reply.code else "something unreadable"
        if reply.code // 100 != 5:  # noqa: PLR2004  the permanent family
            return RelayDownError(
                f"{where} does not take mail just now ({said}). Nothing was sent on this"
                " connection.",
                next_step=_LATER,
            )
        if isinstance(error, aiosmtplib.SMTPAuthenticationError) or is_about_us(reply):
            return self._refuses(
                f"{where} refuses the login of mail.username ({said}).",
                "Mend mail.username and NOTIFIER_MAIL__PASSWORD.",
                "auth_refused",
            )
        return self._refuses(
            f"{where} refuses this client ({said}).",
            "Ask the relay's operator whether this machine may send through it.",
            "client_refused",
        )

    @staticmethod
    def _refuses(message: str, next_step: str, code: str) -> RelayRefusesError:
        return RelayRefusesError(message + " Nothing was sent.", code=code, next_step=next_step)


class SmtpLine:
    """One connection to the relay, used by one sender, one message at a time."""

    def __init__(self, client: aiosmtplib.SMTP, timeouts: Timeouts) -> None:
        self._client = client
        self._timeouts = timeouts

    @property
    def usable(self) -> bool:
        """Whether the connection still stands, as far as this side knows."""
        return self._client.is_connected

    async def offer(self, letter: Letter) -> Refusal | None:
        """Say MAIL, RCPT and DATA; None when the relay answered 354 and waits for the body.

        Whatever goes wrong, nothing of the message has left.
        """
        bad = unfit(letter) or self._beyond_relay(letter)
        if bad is not None:
            return bad
        sender, recipient = letter.sender.encode(), letter.recipient.encode()
        commands = (
            (Phase.SENDER, (b"MAIL", b"FROM:<" + sender + b">", *self._options(letter))),
            (Phase.RECIPIENT, (b"RCPT", b"TO:<" + recipient + b">")),
            (Phase.DATA, (b"DATA",)),
        )
        for phase, command in commands:
            reply = await self._say(command, letter.recipient, letter.name)
            wanted = reply.code == _GO_AHEAD if phase is Phase.DATA else reply.code in {250, 251}
            if not wanted:
                return await self._refused(reply, phase)
        return None

    async def body(self, letter: Letter) -> Outcome:
        """Send the exact bytes and the final dot, and read the verdict."""
        protocol = self._client.protocol
        wire = _DOT.sub(b"..", letter.data) + b".\r\n"
        try:
            if protocol is None:
                return NotStarted(reply=Reply(), phase=Phase.DATA, why="connection_lost")
            protocol.write(wire)
            answer = await protocol.read_response(timeout=self._timeouts.body)
        except _GONE as error:
            self.abort()
            return InDoubt(reply=Reply(text=_kind(error)))
        reply = read_reply(answer.code, answer.message, letter.recipient, letter.name)
        family = reply.code // 100
        if family == 2:  # noqa: PLR2004  the family of success
            return Accepted(reply=reply, queue_id=queue_id(reply))
        if reply.code == SERVICE_CLOSING or family not in (4, 5):
            self.abort()
        if family not in (4, 5):
            return InDoubt(reply=reply)
        return refusal(reply, Phase.BODY)

    def abort(self) -> None:
        """Cut the connection; a body that was not finished is not accepted by any relay."""
        protocol = self._client.protocol
        if isinstance(protocol, SMTPProtocol) and isinstance(
            protocol.transport, asyncio.WriteTransport
        ):
            protocol.transport.abort()
        self._client.close()

    async def close(self) -> None:
        """Say QUIT, but do not wait long for the answer."""
        if self._client.is_connected:
            with contextlib.suppress(*_GONE):
                await self._client.quit(timeout=min(5.0, self._timeouts.command))
        self._client.close()

    async def _say(self, command: tuple[bytes, ...], recipient: str = "", name: str = "") -> Reply:
        try:
            answer = await self._client.execute_command(*command, timeout=self._timeouts.command)
        except aiosmtplib.SMTPResponseException as error:
            # Not a reply at all (garbage, or far too long): nothing on this line can be trusted.
            self.abort()
            return Reply(text=_kind(error))
        except _GONE as error:
            self.abort()
            return Reply(text=_kind(error))
        return read_reply(answer.code, answer.message, recipient, name)

    async def _refused(self, reply: Reply, phase: Phase) -> Refusal:
        if reply.code == 0:
            return NotStarted(reply=reply, phase=phase, why="connection_lost")
        verdict = refusal(reply, phase)
        if isinstance(verdict, NotStarted):
            # 421: the relay hangs up anyway. An unasked-for 2xx or 3xx: out of step for good.
            self.abort()
        elif self.usable and (await self._say((b"RSET",))).code != 250:  # noqa: PLR2004  RFC 5321: done
            self.abort()
        return verdict

    def _options(self, letter: Letter) -> tuple[bytes, ...]:
        options = []
        if self._client.supports_extension("size"):
            options.append(b"SIZE=%d" % len(letter.data))
        if not letter.data.isascii():
            options.append(b"BODY=8BITMIME")
        if needs_utf8(letter):
            options.append(b"SMTPUTF8")
        return tuple(options)

    def _beyond_relay(self, letter: Letter) -> Rejected | None:
        """What this relay did not announce, it is not asked to do."""
        offered = self._client.supports_extension
        limit = self._client.esmtp_extensions.get("size", "")
        why = ""
        if needs_utf8(letter) and not offered("smtputf8"):
            why = "needs_smtputf8"
        elif not letter.data.isascii() and not offered("8bitmime"):
            why = "needs_8bitmime"
        elif limit.isdecimal() and 0 < int(limit) < len(letter.data):
            why = "too_large"
        return Rejected(reply=Reply(), phase=Phase.CONNECT, why=why) if why else None


def _kind(error: BaseException) -> str:
    """Name the failure without quoting anything a relay or a letter put into it."""
    if isinstance(error, TimeoutError):
        return "timed out"
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return "unreadable reply"
    cause = error if error.__cause__ is None else error.__cause__
    if isinstance(cause, OSError) and cause.errno and not isinstance(cause, ssl.SSLError):
        # Not the error's own words: asyncio puts addresses into them.
        named = isinstance(cause, socket.gaierror)
        return "the host's name is not known" if named else os.strerror(cause.errno)
    return "connection lost" if isinstance(error, ConnectionError) else type(error).__name__
