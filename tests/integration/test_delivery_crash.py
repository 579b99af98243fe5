"""P4 and P14: kill -9 at any moment, a process that was frozen and wakes, SIGTERM."""

from __future__ import annotations

import asyncio
import random
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from notifier.store.backlog import counts
from tests.delivery import CAMPAIGN, add_audience, entries, new_store, rows, send, states
from tests.relay import HostileRelay, hang

ROOT = Path(__file__).parents[2]
PEOPLE, CONNECTIONS = 120, 4


@pytest.fixture
def store(tmp_path):
    store = new_store(tmp_path)
    yield store
    store.close()


@contextmanager
def runner(home, port, *, connections=CONNECTIONS, rate=5000.0, lease=60.0):
    words = [str(home), str(port), str(connections), str(rate), str(lease)]
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "tests.delivery", *words],
        cwd=ROOT,
        stderr=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGCONT)
            process.kill()
        process.wait(20)
        process.stderr.close()


def finish(process) -> None:
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors.decode()


@pytest.mark.slow
def test_p4_kill_at_random_moments_loses_nobody_and_repeats_one_a_connection(tmp_path, store):
    add_audience(store, [f"a{n}@example.org" for n in range(PEOPLE)])
    chance = random.Random(20261124)  # noqa: S311  a moment, not a secret
    kills = 0
    with HostileRelay(seconds_per_message=0.02) as relay:
        while len(relay.recipients()) < PEOPLE - 3 * CONNECTIONS:
            before = relay.bodies
            with runner(tmp_path, relay.port) as process:
                # Counted in bodies that began to arrive, so each kill falls into live sending.
                target = before + chance.randint(3, 22)
                relay.wait_for(lambda r, target=target: r.bodies >= target)
                process.send_signal(signal.SIGKILL)
            kills += 1
        with runner(tmp_path, relay.port) as process:
            finish(process)
        copies = relay.recipients()
    assert kills >= 6
    assert len(copies) == PEOPLE
    assert set(states(store).values()) == {"sent"}
    assert sum(len(c) - 1 for c in copies.values()) <= kills * CONNECTIONS
    for address, mails in copies.items():
        assert {m.sha256 for m in mails} == {rows(store)[address].sha256}
    doubted = [e.body for e in entries(store, "intent") if '"repeats"' in e.body]
    # No copy without a doubt that the ledger knows.
    assert sum(len(c) - 1 for c in copies.values()) <= len(doubted)
    sent = [e.subject for e in entries(store, "outcome") if '"state":"sent"' in e.body]
    assert len(sent) == len(set(sent)) == PEOPLE


def test_p14_a_process_frozen_past_its_lease_changes_nothing_when_it_wakes(tmp_path, store):
    add_audience(store, [f"a{n}@example.org" for n in range(12)])
    lease = 1.0
    with (
        HostileRelay({"a0@example.org": [hang("end", taken=True)]}) as relay,
        runner(tmp_path, relay.port, connections=1, rate=4.0, lease=lease) as frozen,
    ):
        relay.wait_for(lambda r: r.bodies >= 1)  # one is in DATA, others are claimed
        frozen.send_signal(signal.SIGSTOP)
        with runner(tmp_path, relay.port, connections=2, lease=lease) as other:
            finish(other)  # waits for the lease, then takes everything over
        assert set(states(store).values()) == {"sent"}
        settled = [(e.kind, e.subject) for e in entries(store)]
        before = {a: (r.fence, r.queue_id, r.attempts) for a, r in rows(store).items()}
        frozen.send_signal(signal.SIGCONT)
        finish(frozen)
        copies = relay.recipients()
    assert {a: (r.fence, r.queue_id, r.attempts) for a, r in rows(store).items()} == before
    assert [(e.kind, e.subject) for e in entries(store)] == settled
    assert {a: len(c) for a, c in copies.items() if len(c) > 1} == {"a0@example.org": 2}
    assert len({m.data for m in copies["a0@example.org"]}) == 1


def test_p14_two_runners_share_the_work_without_a_duplicate(tmp_path, store):
    add_audience(store, [f"a{n}@example.org" for n in range(80)])
    with (
        HostileRelay(seconds_per_message=0.01) as relay,
        runner(tmp_path, relay.port, rate=40.0) as one,
        runner(tmp_path, relay.port, rate=40.0) as two,
    ):
        finish(one)
        finish(two)
        assert sorted(len(c) for c in relay.recipients().values()) == [1] * 80
    assert set(states(store).values()) == {"sent"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_p4_a_signal_finishes_what_is_in_data_and_gives_the_rest_back(tmp_path, store, number):
    add_audience(store, [f"a{n}@example.org" for n in range(60)])
    with (
        HostileRelay(seconds_per_message=0.2) as relay,
        runner(tmp_path, relay.port) as process,
    ):
        relay.wait_for(lambda r: r.bodies >= 6)
        process.send_signal(number)
        finish(process)
        assert len(relay.accepted) == relay.bodies < 60
    with store.read() as tx:
        assert counts(tx, CAMPAIGN) == {
            "planned": 60 - len(relay.accepted),
            "sent": len(relay.accepted),
        }


def test_p4_a_second_signal_does_not_wait_and_the_next_run_repeats_the_doubt(tmp_path, store):
    add_audience(store, ["a0@example.org"])
    with HostileRelay({"a0@example.org": [hang("end", taken=True)]}) as relay:
        with runner(tmp_path, relay.port) as process:
            relay.wait_for(lambda r: len(r.accepted) == 1)
            process.send_signal(signal.SIGTERM)
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(0.5)
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=3)
        with runner(tmp_path, relay.port) as process:
            finish(process)
        assert [m.sha256 for m in relay.accepted] == [rows(store)["a0@example.org"].sha256] * 2
    assert states(store) == {"a0@example.org": "sent"}


def test_stop_before_the_first_message_sends_nothing(store):
    add_audience(store, ["a0@example.org"])
    stop = asyncio.Event()
    stop.set()
    with HostileRelay() as relay:
        done = send(store, relay.port, stop=stop)
        assert relay.connections == 0
    assert done.stopped
    assert not done.more
