"""What every way to reach a person promises, against every server that we can stand up."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from notifier.channels.mailbox import Mailbox
from notifier.channels.model import (
    Accepted,
    Bounced,
    Deferred,
    InDoubt,
    Letter,
    NotStarted,
    Phase,
    Rejected,
    RelayDownError,
)
from notifier.channels.reply import queue_id, read_reply, refusal, scrub
from notifier.channels.smtp import Relay
from tests.delivery import SENDER, SHORT
from tests.relay import HostileRelay, drop, refuse

if TYPE_CHECKING:
    from collections.abc import Callable

TO = "ann@example.org"
BODY = (
    b"From: a@example.com\r\nTo: ann@example.org\r\nSubject: =?utf-8?q?=C3=84?=\r\n\r\n"
    b".\r\n..two\r\n.one\r\nlast line \r\n\r\n"
)


@dataclass
class Place:
    """A server to send to, and a look into what it got."""

    port: int
    received: Callable[[], list[bytes]]
    close: Callable[[], object]
    seen: list[bytes] = field(default_factory=list)


def mailbox(folder) -> Place:
    box = Mailbox(folder / "mailbox")
    box.start()
    return Place(box.port, lambda: [path.read_bytes() for path in box.mails()], box.stop)


def hostile(_folder) -> Place:
    relay = HostileRelay()
    relay.__enter__()
    return Place(relay.port, lambda: [mail.data for mail in relay.accepted], relay.__exit__)


@pytest.fixture(params=[mailbox, hostile], ids=["mailbox", "raw"])
def place(request, tmp_path):
    place = request.param(tmp_path)
    yield place
    place.close()


def letter(data: bytes = BODY, to: str = TO, sender: str = SENDER) -> Letter:
    return Letter.of(sender=sender, recipient=to, data=data)


def talk(port: int, *letters: Letter, abort: bool = False):
    """Offer and send on one line; return the verdicts."""

    async def work():
        line = await Relay(host="127.0.0.1", port=port, tls="none", timeouts=SHORT).connect()
        verdicts = []
        for one in letters:
            verdict = await line.offer(one)
            if verdict is None and abort:
                line.abort()
                return verdicts
            verdicts.append(await line.body(one) if verdict is None else verdict)
        await line.close()
        assert not line.usable
        return verdicts

    return asyncio.run(work())


def test_the_bytes_arrive_as_they_are(place):
    odd = [
        BODY,
        b"A: b\r\n\r\n.\r\n",
        b"A: b\r\n\r\n\r\n.\r\n..\r\n",
        b"A: b\r\n\r\n" + b"x" * 998 + b"\r\n",
    ]
    for verdict in talk(place.port, *map(letter, odd)):
        assert isinstance(verdict, Accepted)
        assert verdict.queue_id
    assert place.received() == odd


def test_an_offer_alone_sends_nothing(place):
    assert talk(place.port, letter(), abort=True) == []
    assert isinstance(talk(place.port, letter(b"A: second\r\n\r\nx\r\n"))[0], Accepted)
    assert place.received() == [b"A: second\r\n\r\nx\r\n"]


def test_a_refused_message_leaves_the_line_usable(place):
    too_large = letter(b"A: b\r\n\r\n" + b"x" * 70 + b"\r\n" + (b"y" * 900 + b"\r\n") * 12_000)
    verdicts = talk(place.port, letter(to="a b@example.org"), too_large, letter())
    assert [v.why for v in verdicts[:2]] == ["bad_address", "too_large"]
    assert isinstance(verdicts[2], Accepted)
    assert place.received() == [BODY]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"A: b\n\nbare\n", "bad_message"),
        (b"A: b\r\n\r\nbare \r in a line\r\n", "bad_message"),
        (b"A: b\r\n\r\nnul \0\r\n", "bad_message"),
        (b"A: b\r\n\r\nno end", "bad_message"),
        (b"A: b\r\n\r\n.\n.\r\n", "bad_message"),
        (b"A: b\r\n\r\n" + b"x" * 999 + b"\r\n", "line_too_long"),
    ],
)
def test_bytes_that_would_not_arrive_as_they_are_are_not_sent(place, data, why):
    (verdict,) = talk(place.port, letter(data))
    assert isinstance(verdict, Rejected)
    assert verdict.why == why
    assert place.received() == []


def test_a_closed_port_is_down():
    with HostileRelay() as relay:
        relay.stop()
        with pytest.raises(RelayDownError, match=r"cannot be reached \(Connection refused\)"):
            talk(relay.port, letter())


def test_8_bit_needs_the_relay_to_say_so():
    with HostileRelay(extensions=("8BITMIME",)) as relay:
        (verdict,) = talk(relay.port, letter(b"A: b\r\n\r\n\xc3\xa4\r\n"))
        assert isinstance(verdict, Accepted)
        assert relay.accepted[0].options == "BODY=8BITMIME"
    with HostileRelay(extensions=()) as relay:
        (verdict,) = talk(relay.port, letter(b"A: b\r\n\r\n\xc3\xa4\r\n"))
        assert verdict.why == "needs_8bitmime"


def test_after_a_refusal_at_rcpt_the_same_line_goes_on():
    with HostileRelay({"bob@example.org": [refuse("rcpt", "550 5.1.1 no")]}) as relay:
        first, second = talk(relay.port, letter(to="bob@example.org"), letter())
        assert isinstance(first, Bounced)
        assert isinstance(second, Accepted)
        assert relay.connections == 1


def test_a_drop_before_and_after_the_body_are_told_apart():
    with HostileRelay({TO: [drop("data"), drop("end", taken=True)]}) as relay:
        assert isinstance(talk(relay.port, letter())[0], NotStarted)
        assert isinstance(talk(relay.port, letter())[0], InDoubt)
        assert len(relay.accepted) == 1


# ---- what a reply means -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "text", "phase", "kind"),
    [
        (421, "closing", Phase.RECIPIENT, NotStarted),
        (421, "closing", Phase.BODY, Deferred),
        (450, "later", Phase.RECIPIENT, Deferred),
        (550, "5.1.1 unknown", Phase.RECIPIENT, Bounced),
        (550, "5.1.8 your domain", Phase.RECIPIENT, Rejected),
        (550, "5.1.7 sender", Phase.SENDER, Rejected),
        (550, "unknown sender", Phase.SENDER, Rejected),
        (550, "5.7.1 policy", Phase.RECIPIENT, Rejected),
        (530, "5.7.0 auth", Phase.RECIPIENT, Rejected),
        (552, "5.2.2 full", Phase.BODY, Bounced),
        (552, "5.2.3 long", Phase.BODY, Rejected),
        (554, "no", Phase.BODY, Rejected),
        (250, "unasked", Phase.DATA, NotStarted),
        (999, "", Phase.RECIPIENT, NotStarted),
    ],
)
def test_a_reply_means_what_code_and_phase_say(code, text, phase, kind):
    assert isinstance(refusal(read_reply(code, text), phase), kind)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2.0.0 Ok: queued as 4XyZ12", "4XyZ12"),
        ("OK id=1tDabc-000000001-aBcD", "1tDabc-000000001-aBcD"),
        ("Ok 0102018f-1b2c-000000", "0102018f-1b2c-000000"),
        ("2.0.0 Ok", ""),
        ("queued as ann@example.org", "<address>".strip("<>")),
    ],
)
def test_the_queue_id_is_kept(text, found):
    assert queue_id(read_reply(250, text)) == found


def test_p13_what_is_kept_of_a_reply_names_nobody():
    said = (
        "5.7.1 <Ann.Marker@Example.org> (ann.marker) refused; see\r\nhttps://x.example/choice/"
        f"{'t0k' * 30} ref {'A1' * 40} \x1b[31m \u202e \udcff no MÜLLER-Li here" + "x " * 900
    )
    kept = scrub(said, "ann.marker@example.org", "Eva Müller-Li")
    assert "marker" not in kept.lower()
    assert "müller" not in kept.lower()
    assert "t0k" not in kept
    assert "A1A1" not in kept
    assert kept.isprintable()
    assert len(kept) <= 300


# ---- the built-in mailbox ---------------------------------------------------------------------


def test_the_mailbox_shows_hostile_mail_safely(tmp_path):
    evil = (
        b'From: a@example.com\r\nTo: "<script>alert(1)</script>" <ann@example.org>\r\n'
        b"Subject: <img src=x onerror=alert(2)>\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n"
        b"Content-Type: text/plain\r\n\r\n</pre><script>alert(3)</script>\r\n--b\r\n"
        b"Content-Type: text/html\r\n\r\n<p title='\"'>\"></iframe><script>alert(4)</script>"
        b"\r\n--b--\r\n"
    )
    unreadable = b"Subject: \xff\r\nContent-Type: text/html; charset=no\r\n\r\nx\r\n"
    box = Mailbox(tmp_path)
    with box:
        talk(
            box.port,
            letter(evil),
            letter(unreadable),
        )
    page = (tmp_path / "index.html").read_text("utf-8")
    assert "<script" not in page
    assert "<img" not in page
    assert page.count("<iframe") == page.count("</iframe>") == 2
    assert page.count('sandbox="allow-popups allow-popups-to-escape-sandbox"') == 2
    assert "default-src" in page
    assert "Mailbox: 2 mails" in page
    assert [p.name for p in box.mails()] == ["1.eml", "2.eml"]


def test_the_mailbox_numbers_on_and_says_when_its_port_is_taken(tmp_path):
    for _ in range(2):
        with Mailbox(tmp_path) as box:
            talk(box.port, letter(), letter())
    assert len(box.mails()) == 4
    from notifier.errors import OutsideError

    with Mailbox(tmp_path / "a") as first, pytest.raises(OutsideError, match="cannot listen"):
        Mailbox(tmp_path / "b", port=first.port).start()
