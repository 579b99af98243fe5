"""P1, P4: what a relay can do to three people, one row a fault; the relay's log is the truth.

Bob's message meets the fault, Ann's and Cat's go before and after it (unless the whole relay is at
fault). The clock moves from one retry to the next until nothing is left to do.
"""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

import pytest
import trustme

from notifier.channels.smtp import Relay
from notifier.store.tables import MessageRow
from tests.delivery import SHORT, add_audience, entries, new_store, rows, send, states
from tests.relay import Fault, HostileRelay, drop, hang, refuse, slow

if TYPE_CHECKING:
    from collections.abc import Callable

ANN, BOB, CAT = "ann@example.org", "bob@example.org", "cat@example.org"
TEN_MEGABYTES = b"250 " + b"x" * 10_000_000 + b"\r\n"
SENT = ("sent", "")
ONCE = {ANN: 1, BOB: 1, CAT: 1}
NOT_BOB = {ANN: 1, CAT: 1}
NOBODY: dict[str, int] = {}


@dataclass(frozen=True, kw_only=True)
class Case:
    """One way in which a relay misbehaves, and what must come of it."""

    bob: tuple[Fault | None, ...] | repeat = ()
    relay: dict[str, Any] = field(default_factory=dict)
    first: str = "sent"
    """Bob's state when the fault was met; ``all:`` before it: everybody's."""
    end: tuple[str, str] = SENT
    """Bob's state and reason when nothing is left to do."""
    accepted: dict[str, int] = field(default_factory=lambda: ONCE)
    """How often the relay took each message, by its own log."""
    attempts: int = 1
    pause: str = ""
    """The code with which every campaign is paused; nobody was burnt then."""
    tls: str = "none"


CASES = {
    "450 once": Case(bob=(refuse("rcpt", "450 4.2.1 later"),), first="deferred", attempts=2),
    "450 for ever": Case(
        bob=repeat(refuse("rcpt", "450 4.2.1 later")),
        first="deferred",
        end=("needs_attention", "retries_exhausted"),
        accepted=NOT_BOB,
        attempts=9,
    ),
    "550 at RCPT": Case(
        bob=repeat(refuse("rcpt", "550 5.1.1 no such user")),
        first="bounced",
        end=("bounced", "refused_recipient"),
        accepted=NOT_BOB,
    ),
    "421 on connect": Case(relay={"greetings": [b"421 4.3.2 busy\r\n"]}, first="all:deferred"),
    "421 in the session, at MAIL": Case(
        relay={"mail_replies": [b"250 2.1.0 ok\r\n", b"421 4.3.2 closing\r\n"]}
    ),
    "421 in the session, at RCPT": Case(bob=(refuse("rcpt", "421 4.3.2 closing", drop=True),)),
    "421 in the session, at DATA": Case(bob=(refuse("data", "421 4.3.2 closing", drop=True),)),
    "421 after the message": Case(
        bob=(refuse("end", "421 4.3.2 closing", drop=True),), first="deferred", attempts=2
    ),
    "451 after DATA": Case(bob=(refuse("end", "451 4.3.0 oops"),), first="deferred", attempts=2),
    "552 after DATA": Case(
        bob=(refuse("end", "552 5.3.4 too big"),),
        first="needs_attention",
        end=("needs_attention", "refused_size"),
        accepted=NOT_BOB,
    ),
    "552 after DATA, mailbox full": Case(
        bob=(refuse("end", "552 5.2.2 full"),),
        first="bounced",
        end=("bounced", "refused_recipient"),
        accepted=NOT_BOB,
    ),
    "drop in the middle of DATA": Case(bob=(drop("body"),), first="unknown", attempts=2),
    "accepted, then dropped before the 250": Case(
        bob=(drop("end", taken=True),),
        first="unknown",
        accepted=ONCE | {BOB: 2},
        attempts=2,
    ),
    "tarpit at RCPT": Case(bob=(hang("rcpt"),)),
    "tarpit in DATA": Case(bob=(hang("body"),), first="unknown", attempts=2),
    "tarpit after DATA": Case(
        bob=(hang("end", taken=True),), first="unknown", accepted=ONCE | {BOB: 2}, attempts=2
    ),
    "slow, byte by byte": Case(bob=(slow("end", "250 2.0.0 Ok", 0.005),)),
    "too slow at RCPT": Case(bob=(slow("rcpt", "250 2.1.5 recipient ok", 0.05),)),
    "too slow after DATA": Case(
        bob=(slow("end", "250 2.0.0 Ok: queued as Q", 0.05),),
        first="unknown",
        accepted=ONCE | {BOB: 2},
        attempts=2,
    ),
    "10 MB in one line at RCPT": Case(bob=(Fault(at="rcpt", say=TEN_MEGABYTES, drop=True),)),
    "10 MB in one line after DATA": Case(
        bob=(Fault(at="end", say=TEN_MEGABYTES, taken=True),),
        first="unknown",
        accepted=ONCE | {BOB: 2},
        attempts=2,
    ),
    "10 MB in one line as greeting": Case(
        relay={"greetings": [b"220 " + TEN_MEGABYTES]}, first="all:deferred"
    ),
    "a reply that is none": Case(bob=(Fault(at="rcpt", say=b"\xff\xfe\x00 hello\r\n"),)),
    "STARTTLS is not offered": Case(tls="starttls", pause="tls_refused", accepted=NOBODY),
    "STARTTLS fails": Case(
        tls="starttls", relay={"starttls": b"454 4.7.0 no TLS now\r\n"}, accepted=NOBODY,
        first="all:deferred", end=("deferred", "relay_down"),
    ),
    "STARTTLS injects a reply and no TLS": Case(
        tls="starttls", relay={"starttls": b"220 go\r\n250 injected\r\n"}, accepted=NOBODY,
        first="all:deferred", end=("deferred", "relay_down"),
    ),
    "STARTTLS injects plain text before TLS": Case(
        tls="starttls",
        relay={"starttls": "good", "injected": b"250-fake\r\n250 AUTH PLAIN\r\n"},
    ),
    "expired certificate": Case(
        tls="starttls", relay={"starttls": "expired"}, pause="tls_untrusted", accepted=NOBODY
    ),
    "certificate of a stranger": Case(
        tls="starttls", relay={"starttls": "strange"}, pause="tls_untrusted", accepted=NOBODY
    ),
    "AUTH 535": Case(relay={"password": "other"}, pause="auth_refused", accepted=NOBODY),
    "greylisting": Case(relay={"greylisting": True}, first="all:deferred", attempts=2),
    "no 8BITMIME, no SMTPUTF8, no SIZE": Case(relay={"extensions": ()}),
}  # fmt: skip


@pytest.fixture
def store(tmp_path):
    store = new_store(tmp_path)
    add_audience(store, [ANN, BOB, CAT])
    yield store
    store.close()


@pytest.fixture(scope="module")
def certificates() -> dict[str, ssl.SSLContext]:
    ours = trustme.CA()
    yesterday = datetime.now(UTC) - timedelta(days=1)
    issued = {
        "good": ours.issue_cert("127.0.0.1"),
        "expired": ours.issue_cert("127.0.0.1", not_after=yesterday),
        "strange": trustme.CA().issue_cert("127.0.0.1"),
    }
    made = {name: ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) for name in issued}
    for name, certificate in issued.items():
        certificate.configure_cert(made[name])
    made["client"] = ssl.create_default_context()
    ours.configure_trust(made["client"])
    return made


@pytest.mark.parametrize("name", CASES)
def test_p4_each_fault_of_a_relay_ends_as_it_should(store, certificates, name):
    case = CASES[name]
    kwargs = {**case.relay, "faults": {BOB: case.bob}}
    kwargs["starttls"] = certificates.get(str(kwargs.get("starttls")), kwargs.get("starttls"))
    with HostileRelay(**kwargs) as relay:
        way = Relay(
            host="127.0.0.1",
            port=relay.port,
            tls=case.tls,
            context=certificates["client"],
            timeouts=SHORT,
            **({"username": "me", "password": "wrong"} if "password" in case.relay else {}),
        )
        now = datetime.now(UTC)
        # One line, so that it is known which message meets which reply.
        first = send(store, relay.port, relay=way, clock=lambda: now, reserve_days=1, connections=1)
        seen, mails = states(store), [c for c in relay.commands if c.startswith(("MAIL", "AUTH"))]
        if case.pause:
            assert first.pause is not None
            assert first.pause.code == case.pause
            assert set(seen.values()) == {"planned"}
            assert {r.attempts for r in rows(store).values()} == {0}
        else:
            everybody, _, wanted = case.first.rpartition(":")
            assert seen[BOB] == wanted
            assert {seen[ANN], seen[CAT]} == ({wanted} if everybody else {"sent"})
            until_the_end(store, relay.port, way, now)
        copies = relay.recipients()
    assert {to: len(found) for to, found in copies.items()} == case.accepted
    if case.accepted == NOBODY and case.tls == "starttls":
        assert mails == [], "something was said in plain text"
    for to, found in copies.items():
        assert {m.sha256 for m in found} == {rows(store)[to].sha256}
        assert {m.message_id for m in found} == {f"<{rows(store)[to].ref}@example.com>"}
    bob = rows(store)[BOB]
    if not case.pause:
        assert (bob.state, bob.reason) == case.end
        assert bob.attempts == (0 if case.end[1] == "relay_down" else case.attempts)
    doubts = [e for e in entries(store, "intent") if '"repeats"' in e.body]
    # No copy without a doubt that the ledger knows (P4).
    assert sum(case.accepted.values()) - len(case.accepted) <= len(doubts)


def until_the_end(store, port: int, way: Relay, now: datetime) -> None:
    """Deliver at every instant at which something comes due, for as long as that changes anything.

    A relay that stays down defers without an end and without an attempt: three times will do.
    """
    down = 0
    for _ in range(100):
        if down == 3:
            return
        at = now
        done = send(store, port, relay=way, clock=lambda at=at: at, reserve_days=1, connections=1)
        down += bool(done.relay_down)
        if done.more:
            continue
        if done.left.next_at is None:
            return
        now = done.left.next_at
    pytest.fail("the deliveries change nothing and have no end")


def test_an_instant_is_stored_in_one_form_so_that_instants_compare(store):
    with HostileRelay(faults={BOB: CASES["450 once"].bob}) as relay:
        send(store, relay.port, connections=1)
    with store.read() as tx:
        table = MessageRow.__table__
        columns = [c.name for c in table.columns if c.name.endswith(("_at", "_until"))]
        query = f"SELECT {', '.join(columns)} FROM message"
        found = {text for row in tx.connection().exec_driver_sql(query) for text in row if text}
    assert found
    assert not [text for text in found if not re.fullmatch(r"[-\d]{10} [:\d]{8}\.\d{6}", text)]


def test_p4_a_cap_of_100_messages_a_connection_costs_nobody_anything(tmp_path):
    store = new_store(tmp_path)
    everybody = [f"a{n}@example.org" for n in range(230)]
    add_audience(store, everybody)
    with HostileRelay(messages_per_connection=100) as relay:
        assert send(store, relay.port, connections=1).results == {"sent": 230}
        assert sorted(m.recipient for m in relay.accepted) == sorted(everybody)
        assert relay.connections == 3
    assert {r.attempts for r in rows(store).values()} == {1}
    store.close()


def test_p1_every_fault_at_once_leaves_everybody_in_a_state_of_the_list(tmp_path):
    """All the faults of the table, each to ten people, in one campaign on four connections."""
    store = new_store(tmp_path)
    faults: dict[str, Callable[[], Any]] = {
        f"a{number}-{n}@example.org": case.bob
        for number, case in enumerate(c for c in CASES.values() if c.bob)
        for n in range(10)
        if not any(f and (f.hang or f.pause or len(f.say) > 100_000) for f in _few(case.bob))
    }
    add_audience(store, faults)
    with HostileRelay(faults) as relay:
        way = Relay(host="127.0.0.1", port=relay.port, tls="none", timeouts=SHORT)
        now = datetime.now(UTC)
        for _ in range(200):
            done = send(store, relay.port, relay=way, clock=lambda at=now: at, reserve_days=1)
            if not done.more:
                if done.left.next_at is None:
                    break
                now = done.left.next_at
        copies = relay.recipients()
    found = {to: (row.state, row.reason) for to, row in rows(store).items()}
    assert set(found.values()) <= {
        SENT,
        ("bounced", "refused_recipient"),
        ("needs_attention", "refused_size"),
        ("needs_attention", "retries_exhausted"),
    }
    assert {to for to, (state, _) in found.items() if state == "sent"} == set(copies)
    assert all(len({m.data for m in mails}) == 1 for mails in copies.values())
    store.close()


def _few(faults: Any) -> list[Fault | None]:
    return list(faults) if isinstance(faults, tuple) else [next(iter(chain(faults)))]
