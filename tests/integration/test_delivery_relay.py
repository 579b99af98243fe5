"""P1, P4 and the relay faults of the promises, at a real socket."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import ssl
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import repeat

import pytest
import trustme

from notifier.channels.smtp import Relay
from notifier.errors import OutsideError
from notifier.store.engine import open_store
from notifier.store.messages import recover
from tests.delivery import (
    SHORT,
    add_audience,
    entries,
    mail_settings,
    new_store,
    render,
    rows,
    send,
    states,
)
from tests.relay import Fault, HostileRelay, drop, hang, refuse

ANN, BOB, CAT = "ann@example.org", "bob@example.org", "cat@example.org"


@pytest.fixture
def store(tmp_path):
    store = new_store(tmp_path)
    yield store
    store.close()


@pytest.fixture
def trio(store):
    add_audience(store, [ANN, BOB, CAT])
    return store


def outcomes(store):
    return [json.loads(entry.body) for entry in entries(store, "outcome")]


def test_p4_everybody_gets_exactly_one_mail_byte_for_byte(trio):
    with HostileRelay() as relay:
        done = send(trio, relay.port)
        assert done.results == {"sent": 3}
        assert not done.more
        assert {to: len(mails) for to, mails in relay.recipients().items()} == {
            ANN: 1,
            BOB: 1,
            CAT: 1,
        }
        for mail in relay.accepted:
            row = rows(trio)[mail.recipient]
            assert row.sha256 == mail.sha256
            assert row.queue_id.startswith("Q")
            assert mail.message_id == f"<{row.ref}@example.com>"
            assert b"\r\n.a line that begins with a dot\r\n" in mail.data
    assert send(trio, relay.port).results == {}


def test_p13_intents_and_outcomes_are_in_the_ledger_without_personal_data(trio):
    fault = refuse("rcpt", f"550 5.1.1 <{BOB}>: user bob unknown, see https://x.example/bob")
    with HostileRelay({BOB: [fault]}) as relay:
        send(trio, relay.port)
    acts = entries(trio)
    assert sorted(a.kind for a in acts) == ["intent", "intent", "outcome", "outcome", "outcome"]
    assert all(len(a.subject) == 64 for a in acts)
    text = " ".join(a.body for a in acts)
    for personal in (ANN, BOB, CAT, "bob", "Name p", "p0001", "x.example"):
        assert personal not in text
    refused = next(o for o in outcomes(trio) if o["state"] == "bounced")
    assert refused["code"] == 550
    assert refused["enhanced"] == "5.1.1"
    assert refused["phase"] == "recipient"


def test_450_once_comes_back_and_its_digest_is_of_what_left(trio):
    now = datetime.now(UTC)
    with HostileRelay({BOB: [refuse("rcpt", "450 4.2.1 greylisted, try later")]}) as relay:
        send(trio, relay.port, clock=lambda: now)
        row = rows(trio)[BOB]
        assert (row.state, row.reason, row.reply_code, row.attempts) == (
            "deferred",
            "deferred",
            450,
            1,
        )
        assert row.next_at == now + timedelta(minutes=30)
        assert send(trio, relay.port, clock=lambda: now + timedelta(minutes=29)).results == {}
        send(trio, relay.port, clock=lambda: now + timedelta(minutes=31))
        assert states(trio)[BOB] == "sent"
        assert [m.recipient for m in relay.accepted].count(BOB) == 1
        assert rows(trio)[BOB].dated_at == row.dated_at
        assert row.sha256 == "", "it was refused before it left"
        assert rows(trio)[BOB].sha256 == relay.recipients()[BOB][0].sha256


def test_450_for_ever_ends_in_needs_attention_when_the_reserve_is_over(trio):
    start = now = datetime.now(UTC)
    tries = []
    with HostileRelay({BOB: repeat(refuse("rcpt", "450 4.2.1 later"))}) as relay:
        while states(trio)[BOB] in {"planned", "deferred"}:
            send(trio, relay.port, clock=lambda at=now: at, reserve_days=1)
            tries.append((now - start) / timedelta(minutes=1))
            now = rows(trio)[BOB].next_at or now
    assert tries == [0, 30, 90, 210, 450, 690, 930, 1170, 1410]
    row = rows(trio)[BOB]
    assert (row.state, row.reason) == ("needs_attention", "retries_exhausted")
    assert row.attempts == 9


@pytest.mark.parametrize(
    ("fault", "state", "reason"),
    [
        (refuse("rcpt", "550 5.1.1 no such user"), "bounced", "refused_recipient"),
        (refuse("rcpt", "550 no such user"), "bounced", "refused_recipient"),
        (refuse("rcpt", "552 5.2.2 mailbox full"), "bounced", "refused_recipient"),
        (refuse("rcpt", "452 4.2.2 mailbox full"), "deferred", "deferred"),
        (refuse("rcpt", "554 5.7.1 relay access denied"), "needs_attention", "refused_policy"),
        (refuse("data", "451 4.3.0 busy"), "deferred", "deferred"),
        (refuse("end", "451 4.3.0 local error"), "deferred", "deferred"),
        (refuse("end", "421 4.3.2 going down", drop=True), "deferred", "deferred"),
        (refuse("end", "552 5.3.4 too big"), "needs_attention", "refused_size"),
        (refuse("end", "552 message exceeds fixed limit"), "needs_attention", "refused_size"),
        (refuse("end", "554 5.7.1 looks like spam"), "needs_attention", "refused_policy"),
        (refuse("end", "550 5.1.1 no such user after all"), "bounced", "refused_recipient"),
        (refuse("end", "552 5.2.2 over quota"), "bounced", "refused_recipient"),
        (refuse("end", "550 content refused"), "needs_attention", "refused_content"),
    ],
)
def test_a_refusal_is_classified_by_code_and_phase(trio, fault, state, reason):
    with HostileRelay({BOB: [fault]}) as relay:
        send(trio, relay.port)
        row = rows(trio)[BOB]
        assert (row.state, row.reason) == (state, reason)
        assert states(trio)[ANN] == states(trio)[CAT] == "sent"
        assert {m.recipient for m in relay.accepted} == {ANN, CAT}


@pytest.mark.parametrize(
    "fault",
    [
        drop("body"),
        hang("body"),
        drop("end"),
        drop("end", taken=True),
        hang("end", taken=True),
        Fault(at="end", say=b"x" * 100_000 + b"\r\n", taken=True),
        Fault(at="end", say=b"what? 250 no code\r\n", taken=True),
    ],
    ids=["drop-in-body", "tarpit-in-body", "drop-at-end", "taken-then-dropped", "taken-then-silent",
         "endless-reply", "garbage-reply"],
)  # fmt: skip
def test_a_reply_never_read_repeats_the_same_bytes_at_once(trio, fault):
    with HostileRelay({BOB: [fault]}) as relay:
        first = send(trio, relay.port)
        assert first.results == {"sent": 2, "unknown": 1}
        assert first.more
        send(trio, relay.port)
        assert set(states(trio).values()) == {"sent"}
        copies = relay.recipients()[BOB]
        assert len(copies) == (2 if fault.taken else 1)
        assert len({(m.message_id, m.data) for m in copies}) == 1
    again = [json.loads(e.body) for e in entries(trio, "intent") if "repeats" in e.body]
    assert [a["repeats"] for a in again] == ["reply_never_read"]


def test_a_relay_that_never_answers_a_message_does_not_get_it_without_end(trio):
    now = datetime.now(UTC)
    with HostileRelay({BOB: repeat(drop("end", taken=True))}) as relay:
        for _ in range(5):
            send(trio, relay.port, clock=lambda: now)
        assert len(relay.recipients()[BOB]) == 2
        assert rows(trio)[BOB].next_at > now
        assert rows(trio)[BOB].state == "unknown"


def test_a_relay_that_answers_nobody_is_left_alone_after_a_few(store):
    everybody = [f"a{n}@example.org" for n in range(40)]
    add_audience(store, everybody)
    with HostileRelay({to: repeat(drop("end", taken=True)) for to in everybody}) as relay:
        done = send(store, relay.port)
        assert "without an answer" in done.relay_down
        assert not done.more
        assert len(relay.accepted) <= 6
    assert {r.reason for r in rows(store).values()} == {"reply_never_read", "relay_unreliable"}


@pytest.mark.parametrize("at", ["rcpt", "data"])
def test_421_or_silence_before_the_body_gives_the_message_back_unburnt(trio, at):
    faults = [refuse(at, "421 4.3.2 closing", drop=True), hang(at)]
    with HostileRelay({BOB: faults}) as relay:
        send(trio, relay.port)
    row = rows(trio)[BOB]
    assert (row.state, row.attempts) == ("sent", 1)
    assert len(entries(trio, "outcome")) == 3


def test_a_message_that_ends_every_connection_is_deferred_and_the_others_go(trio):
    with HostileRelay({BOB: repeat(refuse("rcpt", "421 4.7.0 not you", drop=True))}) as relay:
        send(trio, relay.port)
    row = rows(trio)[BOB]
    assert (row.state, row.attempts, row.reply_code) == ("deferred", 1, 421)
    assert states(trio)[ANN] == states(trio)[CAT] == "sent"


def test_a_cap_of_messages_per_connection_costs_no_attempt(store):
    add_audience(store, [f"a{n}@example.org" for n in range(30)])
    with HostileRelay(messages_per_connection=4) as relay:
        done = send(store, relay.port)
        assert done.results == {"sent": 30}
        assert len(relay.accepted) == 30
        assert relay.connections >= 8
    assert {r.attempts for r in rows(store).values()} == {1}


def test_fewer_connections_than_configured_are_enough(store):
    add_audience(store, [f"a{n}@example.org" for n in range(30)])
    with HostileRelay(connections_at_once=1) as relay:
        done = send(store, relay.port, connections=4)
        assert done.results == {"sent": 30}
        assert not done.relay_down
        assert len(relay.accepted) == 30


def test_421_on_connect_defers_everybody_and_burns_nobody(trio):
    with HostileRelay(greetings=repeat(b"421 4.3.2 not now\r\n")) as relay:
        done = send(trio, relay.port)
    assert "421" in done.relay_down
    assert not done.more
    for row in rows(trio).values():
        assert (row.state, row.reason, row.attempts) == ("deferred", "relay_down", 0)


def test_a_relay_that_is_down_is_a_deferral_that_ends_when_it_is_up(trio):
    with HostileRelay() as relay:
        relay.stop()
        done = send(trio, relay.port)
        assert done.relay_down
        assert not done.more
        assert set(states(trio).values()) == {"deferred"}
        assert [e.kind for e in entries(trio)] == ["relay"]
        send(trio, relay.port)
        assert [e.kind for e in entries(trio)] == ["relay"]
        relay.start()
        assert send(trio, relay.port).results == {"sent": 3}
        assert {r.attempts for r in rows(trio).values()} == {1}


def test_p1_a_relay_that_dies_in_the_middle_loses_nobody(store):
    add_audience(store, [f"a{n}@example.org" for n in range(40)])
    with HostileRelay(seconds_per_message=0.01) as relay:

        async def work():
            sending = asyncio.create_task(asyncio.to_thread(send, store, relay.port))
            await asyncio.to_thread(relay.wait_for, lambda r: len(r.accepted) >= 8)
            await asyncio.to_thread(relay.stop)
            return await sending

        done = asyncio.run(work())
        assert done.relay_down
        relay.start()
        while send(store, relay.port).more:
            pass
        assert set(states(store).values()) == {"sent"}
        copies = relay.recipients()
        assert len(copies) == 40
        assert sum(len(c) - 1 for c in copies.values()) <= 2
        assert all(len({m.data for m in c}) == 1 for c in copies.values())


# ---- who we are to the relay ------------------------------------------------------------------


@pytest.fixture(scope="module")
def tls():
    ca = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("127.0.0.1").configure_cert(server)
    client = ssl.create_default_context()
    ca.configure_trust(client)
    return server, client


def secured(port, context, **changed):
    values = {"host": "127.0.0.1", "port": port, "tls": "starttls", "context": context}
    return Relay(**{**values, "timeouts": SHORT, **changed})


def test_starttls_with_a_trusted_certificate_and_a_login_sends(trio, tls):
    server, client = tls
    with HostileRelay(starttls=server, password="right") as relay:
        way = secured(relay.port, client, username="me", password="right")
        assert send(trio, relay.port, relay=way).results == {"sent": 3}
        assert next(c for c in relay.commands if c[:4] in {"MAIL", "AUTH"}).startswith("AUTH")


@pytest.mark.parametrize(
    ("starttls", "pause", "down"),
    [
        (None, "tls_refused", False),
        (b"454 4.7.0 TLS not available due to temporary reason\r\n", "", True),
        (b"501 5.5.4 no\r\n", "client_refused", False),
        (b"", "", True),
        (b"220 go\r\n250 injected\r\n", "", True),
    ],
    ids=["missing", "later", "refused", "dropped", "injected"],
)
def test_without_starttls_nothing_is_sent_and_nobody_burnt(trio, tls, starttls, pause, down):
    with HostileRelay(starttls=starttls) as relay:
        done = send(trio, relay.port, relay=secured(relay.port, tls[1]))
        assert not any(c.startswith("MAIL") for c in relay.commands)
        assert relay.accepted == []
    assert (done.pause.code if done.pause else "") == pause
    assert bool(done.relay_down) is down
    assert set(states(trio).values()) == ({"deferred"} if down else {"planned"})
    assert {r.attempts for r in rows(trio).values()} == {0}


@pytest.mark.parametrize("mode", ["starttls", "implicit"])
def test_an_untrusted_certificate_pauses(trio, tls, mode):
    stranger = ssl.create_default_context()
    with HostileRelay(starttls=tls[0]) as relay:
        if mode == "implicit":
            done = send(trio, relay.port, relay=secured(relay.port, stranger, tls=mode))
            assert done.pause or done.relay_down  # a plain server behind a TLS port
        else:
            done = send(trio, relay.port, relay=secured(relay.port, stranger))
            assert done.pause.code == "tls_untrusted"
        assert relay.accepted == []
    assert {r.attempts for r in rows(trio).values()} == {0}


@pytest.mark.parametrize("password", ["wrong", ""])
def test_535_pauses_and_burns_nobody(trio, password):
    with HostileRelay(password="right") as relay:
        login = {"username": "me", "password": password} if password else {}
        done = send(trio, relay.port, **login)
        assert relay.accepted == []
    assert done.pause.code == "auth_refused"
    assert "wrong" not in str(done.pause.document())
    assert set(states(trio).values()) == {"planned"}
    assert {r.attempts for r in rows(trio).values()} == {0}


# ---- what a relay cannot do -------------------------------------------------------------------


def test_smtputf8_is_used_only_where_needed_and_announced(store):
    add_audience(store, [ANN, "jörg@example.org"])
    with HostileRelay() as relay:
        send(store, relay.port)
        assert {m.recipient: m.options for m in relay.accepted}["jörg@example.org"].endswith(
            "SMTPUTF8"
        )
        assert "SMTPUTF8" not in {m.recipient: m.options for m in relay.accepted}[ANN]


def test_without_smtputf8_such_a_message_needs_attention(store):
    add_audience(store, [ANN, "jörg@example.org"])
    with HostileRelay(extensions=()) as relay:
        send(store, relay.port)
        assert [m.recipient for m in relay.accepted] == [ANN]
    row = rows(store)["jörg@example.org"]
    assert (row.state, row.reason, row.attempts) == ("needs_attention", "needs_smtputf8", 0)


@pytest.mark.parametrize(
    "address",
    ["a@b.org\r\nRCPT TO:<x@y.org>", "a\n@b.org", "a\0@b.org", "a b@b.org", "a@b.org,c@d.org",
     "a@b@c.org", "<a@b.org>", "@b.org", "a@", "no-at", "x" * 65 + "@b.org", "a@" + "b" * 260,
     "a\u202e@b.org", ".a@b.org"],
)  # fmt: skip
def test_p11_a_bad_address_is_parked_and_never_handed_on(store, address):
    add_audience(store, [ANN, address, CAT])
    with HostileRelay() as relay:
        send(store, relay.port)
        assert {m.recipient for m in relay.accepted} == {ANN, CAT}
        assert len([c for c in relay.commands if c.startswith("RCPT")]) == 2
    row = rows(store)[address]
    assert (row.state, row.reason) == ("needs_attention", "bad_address")
    assert address not in " ".join(e.body for e in entries(store))


@pytest.mark.parametrize("changed", [{"host": "name.invalid"}, {"host": "bad host name"}])
def test_a_relay_without_an_address_is_down_not_a_crash(trio, changed):
    done = send(trio, 1, **changed)
    assert done.relay_down
    assert set(states(trio).values()) == {"deferred"}


def test_p15_a_database_that_cannot_be_written_stops_before_the_next_message(store):
    add_audience(store, [f"a{n}@example.org" for n in range(200)])
    with HostileRelay(seconds_per_message=0.002) as relay:

        def filled(claimed):
            if len(relay.accepted) > 20:
                # Real SQLite, really full: no page may be added any more.
                with store.writer.connect() as run:
                    size = run.exec_driver_sql("PRAGMA page_count").scalar()
                    run.exec_driver_sql(f"PRAGMA max_page_count = {size}")
            return render(claimed)

        with pytest.raises(OutsideError, match="disk is full"):
            send(store, relay.port, renderer=filled, rate_per_second=50.0)
        accepted, bodies = len(relay.accepted), relay.bodies
        with store.writer.connect() as run:
            run.exec_driver_sql("PRAGMA max_page_count = 1000000")
    known = [row.state for row in rows(store).values()].count("sent")
    assert accepted == bodies < 200
    assert accepted - known <= 2
    assert mail_settings(1).connections == 2


def test_p15_a_database_that_stays_locked_stops_before_the_next_message(store, tmp_path):
    add_audience(store, [f"a{n}@example.org" for n in range(60)])
    hasty = open_store("sqlite:///notifier.db", tmp_path, busy_seconds=0.2)
    with HostileRelay(seconds_per_message=0.01) as relay, ThreadPoolExecutor() as pool:
        sending = pool.submit(send, hasty, relay.port)
        relay.wait_for(lambda r: len(r.accepted) >= 10)
        with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(OutsideError, match=r"locked by another process for 0\.2 seconds"):
                sending.result(30)
        accepted = len(relay.accepted)
        assert accepted == relay.bodies < 60
        assert accepted - [row.state for row in rows(store).values()].count("sent") <= 2
        hasty.close()
        with store.write() as tx:
            recover(tx, datetime.now(UTC), lambda _: True)
        assert send(store, relay.port).more is False
        copies = relay.recipients()
    assert len(copies) == 60
    assert sum(len(mails) - 1 for mails in copies.values()) <= 2
    assert all(len({m.data for m in mails}) == 1 for mails in copies.values())
