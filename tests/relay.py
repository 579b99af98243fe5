"""A hostile relay: a raw SMTP server that misbehaves on request. Its own log is the truth.

    relay = HostileRelay({"ann@example.org": [refuse("rcpt", "450 4.2.1 later")]})
    with relay:
        ...                       # send to 127.0.0.1:relay.port
    assert [mail.recipient for mail in relay.accepted] == ["ann@example.org"]

Faults are scripted for each recipient: one item per attempt (its RCPT), None for none; when the
list ends, the relay behaves. ``itertools.repeat`` scripts a fault for ever.
"""

from __future__ import annotations

import asyncio
import base64
import re
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default as email_policy
from hashlib import sha256
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from email.message import EmailMessage

_ANGLE = re.compile(rb"<([^>]*)>")
_MESSAGE_ID = re.compile(rb"(?mi)^Message-ID:\s*(\S+)")


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What happens to one attempt for one recipient.

    ``at``: ``rcpt``, ``data``, ``body`` (while the body arrives) or ``end`` (after the final dot).
    Without ``say`` the connection is dropped there; ``hang`` keeps silent; ``taken`` means the
    relay has the message all the same. ``pause`` lies between the bytes of ``say``, in seconds.
    """

    at: str
    say: bytes = b""
    drop: bool = False
    hang: bool = False
    taken: bool = False
    pause: float = 0.0


def refuse(at: str, say: str, *, drop: bool = False) -> Fault:
    return Fault(at=at, say=say.encode() + b"\r\n", drop=drop)


def slow(at: str, say: str, pause: float) -> Fault:
    """Answer as usual, but byte by byte; at the end of the body the message is taken."""
    return Fault(at=at, say=say.encode() + b"\r\n", pause=pause, taken=True)


def drop(at: str, *, taken: bool = False) -> Fault:
    return Fault(at=at, drop=True, taken=taken)


def hang(at: str, *, taken: bool = False) -> Fault:
    return Fault(at=at, hang=True, taken=taken)


@dataclass(frozen=True)
class Mail:
    recipient: str
    sender: str
    data: bytes
    """After dot-unstuffing, without the final dot: what a reader gets."""
    options: str

    @property
    def message_id(self) -> str:
        found = _MESSAGE_ID.search(self.data)
        return found[1].decode() if found else ""

    @property
    def sha256(self) -> str:
        return sha256(self.data).hexdigest()


@dataclass
class HostileRelay:
    faults: dict[str, Iterable[Fault | None]] = field(default_factory=dict)
    extensions: tuple[str, ...] = ("8BITMIME", "SMTPUTF8", "SIZE 10000000", "ENHANCEDSTATUSCODES")
    greetings: Iterable[bytes] = ()
    """One for each connection in turn, then the usual one; empty bytes drop the connection."""
    mail_replies: Iterable[bytes] = ()
    """One for each MAIL in turn, then the usual one; empty bytes drop the connection."""
    messages_per_connection: int = 0
    connections_at_once: int = 0
    starttls: object = None
    """An ssl context, or bytes to answer STARTTLS with (an empty one drops)."""
    injected: bytes = b""
    """Follows the 220 to STARTTLS in plain text, before the handshake (as CVE-2021-38371 did)."""
    greylisting: bool = False
    """The first RCPT of each recipient is told to come back."""
    password: str = ""
    seconds_per_message: float = 0.0
    port: int = 0
    accepted: list[Mail] = field(default_factory=list)
    """Every message the relay took, whether or not the sender learned of it."""
    commands: list[str] = field(default_factory=list)
    connections: int = 0
    bodies: int = 0
    """DATA bodies that began to arrive."""

    def __enter__(self) -> Self:
        self._scripts: dict[str, Iterator[Fault | None]] = {
            to: iter(script) for to, script in self.faults.items()
        }
        self._greetings, self._mail_replies = iter(self.greetings), iter(self.mail_replies)
        self._seen: set[str] = set()
        self._open = 0
        self._changed = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._tasks: set[asyncio.Task] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def start(self) -> None:
        """Listen, on the same port as before if there was one."""
        self._server = self._run(asyncio.start_server(self._serve, "127.0.0.1", self.port))
        self.port = self._server.sockets[0].getsockname()[1]

    def stop(self) -> None:
        """Stop listening and cut every connection."""
        self._run(self._stop())

    def stop_faults(self) -> None:
        """Behave from now on."""
        self._scripts = {}

    def wait_for(self, what, seconds: float = 20.0) -> None:
        """Wait until ``what(relay)`` holds; fail if it does not."""
        with self._changed:
            if not self._changed.wait_for(lambda: what(self), seconds):
                raise AssertionError(
                    f"the relay waited {seconds} s in vain; saw {self.commands[-9:]}"
                )

    def recipients(self) -> dict[str, list[Mail]]:
        found = defaultdict(list)
        for mail in self.accepted:
            found[mail.recipient].append(mail)
        return found

    def mails(self, recipient: str) -> list[EmailMessage]:
        """Return what one recipient got, parsed."""
        return [
            message_from_bytes(mail.data, policy=email_policy)
            for mail in self.accepted
            if mail.recipient == recipient
        ]

    # ---- inside the relay's own loop -----------------------------------------------------------

    def _run(self, work):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    async def _stop(self) -> None:
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader, writer) -> None:
        task = asyncio.current_task()
        self._tasks.add(task)
        self._open += 1
        try:
            await _Session(self, reader, writer).talk()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError, EOFError):
            pass
        finally:
            self._open -= 1
            self._tasks.discard(task)
            writer.transport.abort()

    def _note(self, change) -> None:
        with self._changed:
            change()
            self._changed.notify_all()


class _Session:
    def __init__(self, relay: HostileRelay, reader, writer) -> None:
        self.relay, self.reader, self.writer = relay, reader, writer
        self.sender, self.recipient, self.options = "", "", ""
        self.fault: Fault | None = None
        self.messages = 0
        self.login = not relay.password

    async def say(self, line: bytes, pause: float = 0.0) -> None:
        if not line:
            raise ConnectionError
        for piece in (bytes([byte]) for byte in line) if pause else (line,):
            self.writer.write(piece)
            await self.writer.drain()
            await asyncio.sleep(pause)

    async def talk(self) -> None:
        relay = self.relay
        relay._note(lambda: setattr(relay, "connections", relay.connections + 1))
        if relay.connections_at_once and relay._open > relay.connections_at_once:
            await self.say(b"421 4.7.0 too many connections\r\n")
            return
        greeting = next(relay._greetings, b"220 hostile ESMTP\r\n")
        await self.say(greeting)
        if not greeting.startswith(b"220"):
            return
        while True:
            line = await self.reader.readuntil(b"\r\n")
            verb = line.split()[0].upper().decode(errors="replace") if line.split() else ""
            shown = line.decode(errors="replace").strip()
            relay._note(lambda shown=shown: relay.commands.append(shown))
            if verb == "QUIT":
                await self.say(b"221 bye\r\n")
                return
            handler = getattr(self, f"on_{verb.lower()}", None)
            await (handler(line) if handler else self.say(b"500 5.5.1 what\r\n"))

    async def on_ehlo(self, _: bytes) -> None:
        words = list(self.relay.extensions)
        if self.relay.starttls is not None and not self.writer.get_extra_info("sslcontext"):
            words.append("STARTTLS")
        if self.relay.password:
            words.append("AUTH PLAIN LOGIN")
        lines = ["hostile", *words]
        text = "".join(f"250-{w}\r\n" for w in lines[:-1]) + f"250 {lines[-1]}\r\n"
        await self.say(text.encode())

    async def on_starttls(self, _: bytes) -> None:
        if isinstance(self.relay.starttls, bytes):
            await self.say(self.relay.starttls)
            return
        await self.say(b"220 go\r\n" + self.relay.injected)
        await self.writer.start_tls(self.relay.starttls)

    async def on_auth(self, line: bytes) -> None:
        words = line.split()
        if words[1].upper() == b"LOGIN":
            await self.say(b"334 UGFzc3dvcmQ6\r\n")
            given = base64.b64decode(await self.reader.readuntil(b"\r\n")).decode()
        else:
            given = base64.b64decode(words[2]).decode().split("\0")[2]
        self.login = given == self.relay.password
        await self.say(b"235 2.7.0 in\r\n" if self.login else b"535 5.7.8 bad credentials\r\n")

    async def on_rset(self, _: bytes) -> None:
        self.sender = self.recipient = ""
        await self.say(b"250 2.0.0 flushed\r\n")

    async def on_mail(self, line: bytes) -> None:
        if (
            self.relay.messages_per_connection
            and self.messages >= self.relay.messages_per_connection
        ):
            await self.say(b"421 4.7.0 enough for this connection\r\n")
            raise ConnectionError
        if not self.login:
            await self.say(b"530 5.7.0 authenticate first\r\n")
            return
        if self.sender:
            await self.say(b"503 5.5.1 nested MAIL\r\n")
            return
        reply = next(self.relay._mail_replies, b"250 2.1.0 ok\r\n")
        if reply.startswith(b"250"):
            self.sender = _ANGLE.search(line)[1].decode()
            self.options = line.partition(b">")[2].decode().strip()
        await self.say(reply)
        if reply.startswith(b"421"):
            raise ConnectionError

    async def on_rcpt(self, line: bytes) -> None:
        self.recipient = _ANGLE.search(line)[1].decode()
        if self.relay.greylisting and self.recipient not in self.relay._seen:
            self.relay._seen.add(self.recipient)
            await self.say(b"451 4.7.1 greylisted, come back later\r\n")
            return
        script = self.relay._scripts.get(self.recipient, iter(()))
        self.fault = next(script, None)
        if not await self.fails("rcpt"):
            await self.say(b"250 2.1.5 ok\r\n")

    async def fails(self, at: str) -> bool:
        fault = self.fault
        if fault is None or fault.at != at:
            return False
        if fault.hang:
            await asyncio.sleep(3600)
        if fault.say:
            await self.say(fault.say, fault.pause)
        if fault.drop:
            raise ConnectionError
        return True

    async def on_data(self, _: bytes) -> None:
        relay = self.relay
        if await self.fails("data"):
            return
        await self.say(b"354 go\r\n")
        first = await self.reader.readexactly(1)
        relay._note(lambda: setattr(relay, "bodies", relay.bodies + 1))
        await self.fails("body")
        raw = first + await self.reader.readuntil(b"\r\n.\r\n")
        body = re.sub(rb"(?m)^\.\.", b".", raw[:-3])
        mail = Mail(self.recipient, self.sender, body, self.options)
        self.sender = self.recipient = ""
        if self.fault is None or self.fault.at != "end" or self.fault.taken:
            relay._note(lambda: relay.accepted.append(mail))
        if relay.seconds_per_message:
            await asyncio.sleep(relay.seconds_per_message)
        self.messages += 1
        if not await self.fails("end"):
            await self.say(b"250 2.0.0 Ok: queued as Q%06d\r\n" % len(relay.accepted))
