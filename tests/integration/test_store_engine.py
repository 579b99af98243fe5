"""The database: durable, locked properly, and clear about what went wrong (P15)."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import select

from notifier.errors import InputError, OutsideError, SettingsError
from notifier.store.engine import Store, migrate, open_store, require_current
from notifier.store.migrations import revisions
from notifier.store.tables import FeedRow, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

URL = "sqlite:///var/notifier.db"
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def feed(site: str = "meetings", revision: int = 1) -> FeedRow:
    return FeedRow(site=site, revision=revision, sha256="0" * 64, published_at=NOW)


@pytest.fixture
def store(tmp_path) -> Iterator[Store]:
    made = open_store(URL, tmp_path, busy_seconds=0.3)
    migrate(made)
    yield made
    made.close()


def sites(store: Store) -> list[str]:
    with store.read() as tx:
        return list(tx.exec(select(FeedRow.site).order_by(FeedRow.site)))


def test_a_path_is_relative_to_the_home_and_private(store, tmp_path) -> None:
    with store.write() as tx:
        tx.add(feed())
    assert store.path == tmp_path / "var" / "notifier.db"
    for path in (tmp_path / "var").iterdir():
        assert path.stat().st_mode & 0o777 == 0o600, path


def test_the_promised_settings_hold_on_each_connection(store) -> None:
    with store.write() as tx:
        run = tx.connection().exec_driver_sql
        assert run("PRAGMA journal_mode").scalar() == "wal"
        assert run("PRAGMA synchronous").scalar() == 2  # FULL
        assert run("PRAGMA foreign_keys").scalar() == 1
    with store.read() as tx:
        assert tx.connection().exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_an_error_rolls_everything_back(store) -> None:
    with pytest.raises(ZeroDivisionError), store.write() as tx:  # noqa: PT012  the block is the test
        tx.add(feed())
        tx.flush()
        _ = 1 / 0
    assert sites(store) == []


def test_a_reader_keeps_its_snapshot(store) -> None:
    with store.read() as tx:
        assert tx.exec(select(FeedRow)).all() == []
        with store.write() as other:
            other.add(feed())
        assert tx.exec(select(FeedRow)).all() == []
    assert sites(store) == ["meetings"]


def test_a_reader_cannot_write_but_may_use_temporary_tables(store) -> None:
    with store.read() as tx:
        run = tx.connection().exec_driver_sql
        run("CREATE TEMP TABLE shape (id INTEGER)")
        run("INSERT INTO shape VALUES (1)")
        assert run("SELECT count(*) FROM shape").scalar() == 1
    with pytest.raises(OperationalError, match="readonly"), store.read() as tx:
        tx.connection().exec_driver_sql("DELETE FROM feed")
    with store.read() as tx:  # the temporary table went with its transaction
        tx.connection().exec_driver_sql("CREATE TEMP TABLE shape (id INTEGER)")


def test_rows_have_aware_instants(store) -> None:
    with store.write() as tx:
        tx.add(feed())
    with store.read() as tx:
        assert tx.exec(select(FeedRow.published_at)).one() == NOW


def test_a_program_fault_stays_one(store) -> None:
    with store.write() as tx:
        tx.add(feed())
    with pytest.raises(IntegrityError), store.write() as tx:
        tx.add(feed())


def test_p13_errors_show_nobodys_data(store) -> None:
    with pytest.raises(IntegrityError) as caught, store.write() as tx:
        tx.connection().exec_driver_sql("INSERT INTO feed (site) VALUES (?)", ("ada@example.com",))
    assert "ada@example.com" not in str(caught.value)


def test_threads_read_then_write_without_losing_anything(store, tmp_path) -> None:
    patient = open_store(URL, tmp_path)
    with patient.write() as tx:
        tx.add(feed(revision=0))
    failures: list[BaseException] = []

    def add() -> None:
        try:
            for _ in range(10):
                with patient.write() as tx:
                    row = tx.exec(select(FeedRow)).one()
                    row.revision += 1
                    tx.add(row)
        except BaseException as error:  # noqa: BLE001  whatever it is, the test must see it
            failures.append(error)

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with patient.read() as tx:
        assert tx.exec(select(FeedRow.revision)).one() == 80
    patient.close()


def test_p15_a_database_locked_by_another_process_says_so(store) -> None:
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    locked = r"locked by another process for 0\.3 seconds"
    with pytest.raises(OutsideError, match=locked) as caught, store.write():
        pass
    assert caught.value.code == "database_locked"
    assert sites(store) == []  # readers are not locked out
    other.close()
    with store.write() as tx:
        tx.add(feed())
    assert sites(store) == ["meetings"]


def test_a_lock_that_is_released_is_waited_for(store, tmp_path) -> None:
    patient = open_store(URL, tmp_path, busy_seconds=20)
    other = sqlite3.connect(store.path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.5, other.execute, ("ROLLBACK",))
    release.start()
    began = time.monotonic()
    with patient.write() as tx:
        tx.add(feed())
    assert time.monotonic() - began > 0.3
    release.join()
    other.close()
    patient.close()
    assert sites(store) == ["meetings"]


def test_p15_a_full_disk_says_so_and_keeps_what_was(store) -> None:
    with store.write() as tx:
        tx.add(feed())
    with store.write() as tx:
        # SQLite's own limit gives the very error of a full disk; it stays with the connection.
        tx.connection().exec_driver_sql("PRAGMA max_page_count = 1")
    with pytest.raises(OutsideError, match="the disk is full") as caught, store.write() as tx:
        tx.add_all([feed(f"site-{number}") for number in range(2000)])
    assert "Free space" in caught.value.next_step
    assert sites(store) == ["meetings"]


@pytest.mark.parametrize("data", [b"this is a letter, not a database\n" * 200, b"\x00" * 4096])
def test_a_file_that_is_no_database(tmp_path, data: bytes) -> None:
    (tmp_path / "x.db").write_bytes(data)
    with pytest.raises(OutsideError, match=r"x\.db is (not an SQLite database|damaged)"):
        open_store("sqlite:///x.db", tmp_path)
    assert (tmp_path / "x.db").read_bytes() == data


def test_a_folder_is_no_database(tmp_path) -> None:
    (tmp_path / "x.db").mkdir()
    with pytest.raises(OutsideError, match="is not a file"):
        open_store("sqlite:///x.db", tmp_path)


def test_a_place_where_nothing_can_be_made(tmp_path) -> None:
    store = open_store("sqlite:////proc/notifier/x.db", tmp_path)
    with pytest.raises(OutsideError, match="cannot be made"):
        migrate(store)


def test_a_missing_database_is_not_made_by_accident(tmp_path) -> None:
    store = open_store(URL, tmp_path)
    for use in (store.read, store.write):
        with pytest.raises(InputError, match="There is no database") as caught, use():
            pass
        assert "notifier init" in caught.value.next_step
    with pytest.raises(InputError, match="There is no database"):
        require_current(store)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("postgresql+psycopg://u:secret@h/d", "PostgreSQL, which this version does not support"),
        ("mysql://u:secret@h/d", "not supported"),
        ("secret nonsense", "not a database URL"),
        ("sqlite://", "does not name one SQLite file"),
        ("sqlite:///:memory:", "does not name one SQLite file"),
        ("sqlite:///x.db?mode=memory", "does not name one SQLite file"),
    ],
)
def test_a_url_that_cannot_be_used(tmp_path, url: str, says: str) -> None:
    with pytest.raises(SettingsError, match=says) as caught:
        open_store(url, tmp_path)
    assert "secret" not in str(caught.value)


def test_a_path_with_odd_characters(tmp_path) -> None:
    home = tmp_path / "a b?c#d%20é"
    store = open_store("sqlite:///var/my db.db", home)
    migrate(store)
    require_current(store)
    store.close()
    assert (home / "var" / "my db.db").is_file()


def test_models_and_migrated_schema_agree(store) -> None:
    with store.write() as tx:
        options = {"render_as_batch": True, "compare_type": True}
        context = MigrationContext.configure(tx.connection(), opts=options)
        assert compare_metadata(context, Table.metadata) == []


def test_check_constraints_and_names_agree_too(store) -> None:
    """Alembic does not compare CHECKs; the DDL of both must have the same ones."""
    with store.write() as tx:
        run = tx.connection().exec_driver_sql
        migrated = _checks(str(row[0]) for row in run("SELECT sql FROM sqlite_master") if row[0])
        run("DROP TRIGGER entry_no_delete")
        Table.metadata.drop_all(tx.connection())
        Table.metadata.create_all(tx.connection())
        made = _checks(str(row[0]) for row in run("SELECT sql FROM sqlite_master") if row[0])
        tx.rollback()
    assert migrated == made
    assert len(made) > 4


def _checks(statements: Iterator[str]) -> set[str]:
    rows = (row.strip(" \t,") for text in statements for row in text.splitlines())
    return {row for row in rows if row.startswith("CONSTRAINT")}


def test_migrate_is_idempotent(tmp_path) -> None:
    store = open_store(URL, tmp_path)
    assert migrate(store) == revisions()
    assert migrate(store) == []
    require_current(store)
    store.close()


def test_a_database_without_tables_needs_init(tmp_path) -> None:
    store = open_store(URL, tmp_path)
    store.create_file()
    with pytest.raises(InputError, match="older schema") as caught:
        require_current(store)
    assert "notifier init" in caught.value.next_step
    store.close()


def test_a_newer_database_is_refused_and_left_alone(store) -> None:
    with store.write() as tx:
        tx.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9000'")
    for use in (require_current, migrate):
        with pytest.raises(InputError, match="newer version of notifier"):
            use(store)


def test_a_migration_killed_half_way_leaves_nothing(tmp_path) -> None:
    """kill -9 inside the migration: the next one starts from nothing and succeeds."""
    program = """if True:
        import os, signal, sys
        from pathlib import Path
        from sqlalchemy import event
        from notifier.store.engine import migrate, open_store
        store = open_store("sqlite:///var/notifier.db", Path(sys.argv[1]))
        @event.listens_for(store.writer, "before_cursor_execute")
        def kill(connection, cursor, statement, *rest):
            if "CREATE TABLE person" in statement:
                os.kill(os.getpid(), signal.SIGKILL)
        migrate(store)
    """
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False)
    assert done.returncode == -9
    store = open_store(URL, tmp_path)
    with store.read() as tx:
        assert tx.connection().exec_driver_sql("SELECT name FROM sqlite_master").all() == []
    assert migrate(store) == revisions()
    require_current(store)
    store.close()


def test_p15_a_restored_file_left_half_written_opens_as_it_was(store, tmp_path) -> None:
    """A backup is no WAL: whoever is killed at its first writing leaves a journal beside it."""
    with store.write() as tx:
        tx.add_all(feed(f"site{n:04}") for n in range(500))
    backup = tmp_path / "restored" / "var" / "notifier.db"
    backup.parent.mkdir(parents=True)
    with closing(sqlite3.connect(store.path, isolation_level=None)) as connection:
        connection.execute("VACUUM INTO ?", (str(tmp_path / "copy.db"),))
    with closing(sqlite3.connect(tmp_path / "copy.db", isolation_level=None)) as killed:
        killed.execute("PRAGMA cache_size = 5")
        killed.execute("BEGIN IMMEDIATE")
        killed.execute("UPDATE feed SET sha256 = 'half'")
        for name in ("", "-journal"):  # as the disk has them at this moment
            shutil.copy(tmp_path / f"copy.db{name}", f"{backup}{name}")
        killed.execute("ROLLBACK")
    assert b"half" in backup.read_bytes()
    again = open_store(URL, tmp_path / "restored")
    require_current(again)
    assert sites(again) == sites(store)
    with again.read() as tx:
        assert set(tx.exec(select(FeedRow.sha256))) == {"0" * 64}
    again.close()


def test_two_processes_may_migrate_at_once(tmp_path) -> None:
    program = """if True:
        import sys
        from pathlib import Path
        from notifier.store.engine import migrate, open_store, require_current
        store = open_store("sqlite:///var/notifier.db", Path(sys.argv[1]))
        print(len(migrate(store)))
        require_current(store)
    """
    command = [sys.executable, "-W", "error", "-c", program, str(tmp_path)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = sorted(process.communicate()[0].strip() for process in running)
    assert [process.returncode for process in running] == [0, 0]
    assert said == ["0", str(len(revisions()))]
