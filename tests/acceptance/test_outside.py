"""P4, P15: the disk is full or broken, the database locked, files run out, a signal comes."""

from __future__ import annotations

import contextlib
import signal
import sqlite3
import subprocess
import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from faults import failing, inside, limited, need_strace, people_of, verifies, write_rows
from sample import approved_for
from walk import COMMAND, copy_of

from tests.relay import HostileRelay, hang

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from walk import Walker

PEOPLE, CONNECTIONS = 40, 4
RUN = ("run", "--until-idle")


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Walker:
    return approved_for(tmp_path_factory.mktemp("ready"), 9, *write_rows(PEOPLE))


def everybody_once(walk: Walker, relay: HostileRelay, *, in_doubt: int) -> None:
    """Go on after the fault, and hold the relay's log against what is promised."""
    walk(*RUN)
    copies = relay.recipients()
    assert len(copies) == PEOPLE
    assert sum(len(mails) - 1 for mails in copies.values()) <= in_doubt
    assert all(len({m.data for m in mails}) == 1 for mails in copies.values())
    assert people_of(walk) == {"sent": PEOPLE}
    assert verifies(walk)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("before", "says"),
    [
        (limited("-f", 700), "full|input/output"),
        (failing("pwrite64", "ENOSPC", first=60), "disk is full"),
        (failing("fdatasync", "EIO", first=8), "input/output"),
    ],
    ids=["file-size-limit", "no-space", "disk-fails"],
)
def test_p15_a_disk_that_fails_stops_before_the_next_message(
    tmp_path: Path, ready: Walker, before: tuple[str, ...], says: str
) -> None:
    if "strace" in before:
        need_strace()
    with HostileRelay() as relay:
        walk = copy_of(ready, tmp_path, relay.port)
        ran = walk(*RUN, code=1, before=before)
        assert any(word in ran.err for word in says.split("|")), ran.err
        assert "Next: " in ran.err
        accepted, found = len(relay.accepted), people_of(walk)
        assert accepted == relay.bodies < PEOPLE
        assert accepted - found.get("sent", 0) <= CONNECTIONS
        assert sum(found.values()) == PEOPLE
        everybody_once(walk, relay, in_doubt=CONNECTIONS)


def test_p15_an_approval_that_stands_is_said_to_stand(tmp_path: Path, ready: Walker) -> None:
    need_strace()
    walk = copy_of(ready, tmp_path, 9)
    walk("review", "note", "privacy@v2", "--text", "Please read this.", "--as", "second")
    again = ("review", "approve", "privacy@v2", "--as", "second", "--format", "json")
    ran = walk(*again, code=1, before=failing("fdatasync", "ENOSPC"))
    assert "stands" not in ran.json["message"]
    assert inside(walk, "status")["campaigns"][0]["state"] == "proposed"
    ran = walk(*again, code=1, before=failing("fsync", "ENOSPC"))
    assert ran.json["message"].startswith("privacy@v2 is approved. That is stored and stands")
    assert inside(walk, "status")["campaigns"][0]["state"] == "approved"


@contextlib.contextmanager
def locked(walk: Walker) -> Iterator[None]:
    """Hold the database's writing lock, as another program would."""
    path = walk.home / "var/notifier.db"
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@pytest.mark.slow
def test_p15_a_database_that_is_locked_for_2_s_delays_and_loses_nothing(
    tmp_path: Path, ready: Walker
) -> None:
    with HostileRelay(seconds_per_message=0.05) as relay:
        walk = copy_of(ready, tmp_path, relay.port)
        running = threading.Thread(target=walk, args=RUN)
        running.start()
        relay.wait_for(lambda r: len(r.accepted) >= 5, 60)
        with locked(walk):
            time.sleep(2.0)  # the fault itself
            stopped_at = relay.bodies
        running.join(60)
        assert stopped_at < PEOPLE
        everybody_once(walk, relay, in_doubt=0)


@contextlib.contextmanager
def running(walk: Walker) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [*COMMAND, "run"], env=walk.variables(), stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        _, said = process.communicate(timeout=30)
        assert "Traceback" not in said, said


@pytest.mark.slow
def test_p4_sigterm_drains_and_exits_0(tmp_path: Path, ready: Walker) -> None:
    with HostileRelay(seconds_per_message=0.2) as relay:
        walk = copy_of(ready, tmp_path, relay.port)
        with running(walk) as process:
            relay.wait_for(lambda r: r.bodies >= 6, 60)
            process.terminate()
            assert process.wait(30) == 0
        sent = len(relay.accepted)
        assert sent == relay.bodies < PEOPLE
        assert people_of(walk) == {"planned": PEOPLE - sent, "sent": sent}
        everybody_once(walk, relay, in_doubt=0)


@pytest.mark.slow
def test_p4_a_second_sigterm_does_not_wait(tmp_path: Path, ready: Walker) -> None:
    slow = {f"p{n:04}@example.org": [hang("end", taken=True)] for n in range(PEOPLE)}
    with HostileRelay(slow) as relay:
        walk = copy_of(ready, tmp_path, relay.port)
        with running(walk) as process:
            relay.wait_for(lambda r: len(r.accepted) == CONNECTIONS, 60)
            process.terminate()
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(0.5)
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0
        relay.stop_faults()
        everybody_once(walk, relay, in_doubt=CONNECTIONS)


@pytest.mark.slow
def test_p15_20_file_descriptors_are_enough_and_fewer_are_refused(
    tmp_path: Path, ready: Walker
) -> None:
    with HostileRelay() as relay:
        walk = copy_of(ready, tmp_path, relay.port)
        ran = walk(*RUN, code=1, before=limited("-n", 19))
        assert "needs 20 to send on 4 connections. Nothing was sent." in ran.err
        assert "ulimit -n 20" in ran.err
        assert relay.connections == 0
        # A low soft limit alone is raised.
        walk(*RUN, before=limited("-Sn", 10), NOTIFIER_MAIL__CONNECTIONS="9")
        assert people_of(walk) == {"sent": PEOPLE}
    with HostileRelay() as relay:
        walk = copy_of(ready, tmp_path / "again", relay.port)
        walk(*RUN, before=limited("-n", 20))
        everybody_once(walk, relay, in_doubt=0)
