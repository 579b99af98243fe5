"""The ledger in the database: append-only, whole after kill -9, one chain for many writers (P5)."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
import tracemalloc
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.exc import DatabaseError

from notifier.errors import EvidenceError
from notifier.evidence.bundle import verify_live
from notifier.evidence.chain import GENESIS, Act, BrokenChainError, check_chain
from notifier.evidence.checkpoint import newest_checkpoint, read_checkpoints, set_aside
from notifier.evidence.keys import Signer, create_keys, load_signer
from notifier.store import ledger
from notifier.store.engine import Store, migrate, open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

URL = "sqlite:///var/notifier.db"
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.fixture
def store(tmp_path) -> Iterator[Store]:
    made = open_store(URL, tmp_path)
    migrate(made)
    yield made
    made.close()


@pytest.fixture
def signer(tmp_path) -> Signer:
    create_keys(tmp_path / "var" / "keys")
    return load_signer(tmp_path / "var" / "keys")


def write(store: Store, count: int = 1, *, kind: str = "outcome", campaign: str = "") -> None:
    with store.write() as tx:
        acts = (Act(kind=kind, body={"n": n}, campaign=campaign) for n in range(count))
        assert ledger.append_many(tx, now=NOW, acts=acts) == count


def checked(store: Store) -> int:
    with store.read() as tx:
        return sum(1 for _ in check_chain(ledger.entries(tx)))


def test_an_act_and_its_entry_are_stored_together_or_not_at_all(store) -> None:
    with store.write() as tx:
        first = ledger.append(tx, now=NOW, kind="commit", body={"version": "2"}, campaign="p@2")
        second = ledger.append(tx, now=NOW, kind="approval", body={})
        assert ledger.head(tx) == second.head
    with pytest.raises(ZeroDivisionError), store.write() as tx:  # noqa: PT012  the block is the test
        ledger.append(tx, now=NOW, kind="choice", body={})
        _ = 1 / 0
    with store.read() as tx:
        assert list(ledger.entries(tx)) == [first, second]
        assert list(ledger.entries(tx, after=1)) == [second]
        assert list(ledger.entries(tx, campaign="p@2")) == [first]


def test_the_empty_ledger_begins_at_genesis(store) -> None:
    with store.read() as tx:
        assert ledger.head(tx) == GENESIS
        assert list(ledger.entries(tx)) == []
    write(store, 0)


def test_one_and_many_make_the_same_chain(store) -> None:
    write(store, 2500)
    with store.write() as tx:
        ledger.append(tx, now=NOW, kind="feed", body={})
    write(store, 1)
    assert checked(store) == 2502


def test_entries_about_one_person(store) -> None:
    with store.write() as tx:
        for digit in "aba":
            ledger.append(tx, now=NOW, kind="outcome", body={}, subject=digit * 64)
    with store.read() as tx:
        assert [e.seq for e in ledger.entries(tx, subject="a" * 64)] == [1, 3]


_COPY = (
    "INTO entry SELECT {seq}, at, kind, campaign, subject, body, {prev}, 'x' FROM entry"
    " WHERE seq = 5"
)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET body = '{}' WHERE seq = 3",
        "UPDATE entry SET seq = 99 WHERE seq = 5",
        "DELETE FROM entry WHERE seq = 3",
        "DELETE FROM entry",
        f"INSERT OR REPLACE {_COPY.format(seq=5, prev='prev')}",
        f"INSERT {_COPY.format(seq=7, prev='hash')}",
        f"INSERT {_COPY.format(seq=6, prev='prev')}",
    ],
)
def test_p5_the_database_itself_refuses_to_change_the_past(store, statement: str) -> None:
    write(store, 5)
    with pytest.raises(DatabaseError, match="append-only"), store.write() as tx:
        tx.connection().exec_driver_sql(statement)
    assert checked(store) == 5


def test_p5_an_edit_behind_the_triggers_is_found_and_named(store) -> None:
    write(store, 5, kind="approval")
    with store.write() as tx:
        run = tx.connection().exec_driver_sql
        run("DROP TRIGGER entry_no_update")
        run("""UPDATE entry SET body = '{"n":7}' WHERE seq = 3""")
    with store.read() as tx, pytest.raises(BrokenChainError) as caught:
        list(check_chain(ledger.entries(tx)))
    assert str(caught.value) == "entry 3 (approval): its hash does not match its content"


def test_an_act_that_cannot_be_sealed_stops_everything(store) -> None:
    bad = [Act(kind="choice", body={}), Act(kind="choice", body={"at": NOW})]
    with pytest.raises(ValueError, match="JSON has no datetime"), store.write() as tx:
        ledger.append_many(tx, now=NOW, acts=bad)
    assert checked(store) == 0


@pytest.mark.slow
def test_many_acts_are_never_held_all_at_once(store) -> None:
    write(store, 1500)
    tracemalloc.start()
    write(store, 12_000)
    assert checked(store) == 13_500
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3 * 2**20  # 12,000 entries as objects are more than 12 MB


_WRITER = """if True:
    import sys
    from datetime import UTC, datetime
    from pathlib import Path
    from notifier.evidence.chain import Act
    from notifier.store import ledger
    from notifier.store.engine import open_store
    store = open_store("sqlite:///var/notifier.db", Path(sys.argv[1]))
    for number in range(int(sys.argv[3])):
        with store.write() as tx:
            now = datetime.now(UTC)
            ledger.append(tx, now=now, kind="intent", body={"who": sys.argv[2], "n": number})
            acts = (Act(kind="outcome", body={"who": sys.argv[2], "n": number}) for _ in range(3))
            ledger.append_many(tx, now=now, acts=acts)
        print(number, flush=True)
"""


def writer(home: Path, name: str, rounds: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _WRITER, str(home), name, str(rounds)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_processes_that_append_at_once_make_one_chain(store, tmp_path) -> None:
    running = [writer(tmp_path, name, 60) for name in ("a", "b", "c")]
    for process in running:
        process.communicate()
    assert [process.returncode for process in running] == [0, 0, 0]
    assert checked(store) == 3 * 60 * 4
    with store.read() as tx:
        bodies = [entry.body for entry in ledger.entries(tx)]
    assert sum('"who":"b"' in body for body in bodies) == 240


def test_p15_kill_9_loses_nothing_that_was_said_and_breaks_nothing(store, tmp_path) -> None:
    said = 0
    for attempt in range(4):
        process = writer(tmp_path, str(attempt), 1_000_000)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.05 + attempt * 0.037)
        process.send_signal(signal.SIGKILL)
        said += 1 + len(process.stdout.read().splitlines())
        assert process.wait() == -signal.SIGKILL
        process.stdout.close()
        stored = checked(store)
        assert stored % 4 == 0  # a transaction is there as a whole or not at all
        assert said <= stored // 4 <= said + attempt + 1  # committed, but killed before saying so


def test_checkpoints_follow_the_chain(store, tmp_path, signer) -> None:
    folder = tmp_path / "var" / "checkpoints"
    write(store, 3)
    with store.read() as tx:
        first = ledger.take_checkpoint(tx, folder, signer, now=NOW)
        assert first.seq == 3
        assert ledger.take_checkpoint(tx, folder, signer, now=NOW) == first
    write(store, 4)
    with store.read() as tx:
        assert ledger.take_checkpoint(tx, folder, signer, now=NOW).seq == 7
        assert ledger.disagreement(tx, newest_checkpoint(folder)) == ""
        report = verify_live(ledger.entries(tx), checkpoints=folder, fingerprint=signer.fingerprint)
    assert report.holds
    assert (report.entries, report.checkpoints) == (7, 2)


def test_what_was_tampered_with_is_not_signed(store, tmp_path, signer) -> None:
    folder = tmp_path / "var" / "checkpoints"
    write(store, 3)
    with store.write() as tx:
        tx.connection().exec_driver_sql("DROP TRIGGER entry_no_update")
        tx.connection().exec_driver_sql("UPDATE entry SET kind = 'choice' WHERE seq = 2")
    with store.read() as tx, pytest.raises(EvidenceError, match=r"entry 2 \(choice\)"):
        ledger.take_checkpoint(tx, folder, signer, now=NOW)
    assert read_checkpoints(folder) == []


def test_a_restored_database_is_recognised_until_a_person_decides(tmp_path, signer) -> None:
    folder = tmp_path / "var" / "checkpoints"
    store = open_store(URL, tmp_path)
    migrate(store)
    write(store, 3)
    with store.read() as tx:
        kept = ledger.take_checkpoint(tx, folder, signer, now=NOW)
    store.close()
    shutil.copy(store.path, tmp_path / "yesterday.db")
    store = open_store(URL, tmp_path)
    write(store, 2, kind="intent")
    with store.read() as tx:
        lost = ledger.take_checkpoint(tx, folder, signer, now=NOW)
    store.close()

    shutil.copy(tmp_path / "yesterday.db", store.path)
    store = open_store(URL, tmp_path)
    newest = newest_checkpoint(folder)
    with store.read() as tx:
        assert "the database ends at entry 3" in ledger.disagreement(tx, newest)
        with pytest.raises(EvidenceError, match="restored from an older copy"):
            ledger.take_checkpoint(tx, folder, signer, now=NOW)
    write(store, 4, kind="outcome")  # going on regardless does not hide it
    with store.read() as tx:
        assert "entry 5 is not the one" in ledger.disagreement(tx, newest)

    with store.write() as tx:
        away = ledger.accept_restored(tx, folder, now=NOW, actor="Ed", reason="disk failure")
    assert away == [lost]
    set_aside(folder, away)
    with store.read() as tx:
        assert ledger.disagreement(tx, newest_checkpoint(folder)) == ""
        assert ledger.take_checkpoint(tx, folder, signer, now=NOW).seq == 8
        last = list(ledger.entries(tx))[-1]
    assert (last.kind, lost.hash in last.body) == ("restored", True)
    assert kept in read_checkpoints(folder)
    store.close()
