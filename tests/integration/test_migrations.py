"""P15: a migration that is killed leaves the old schema or the new one, and never half of it."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from notifier.store.engine import migrate, open_store, require_current
from notifier.store.migrations import revisions

OLD = Path(__file__).resolve().parent.parent / "data" / "home-0001" / "database.sql"
URL = "sqlite:///notifier.db"
KILLED = """if True:
    import os, shutil, signal, sys
    from pathlib import Path
    import alembic.autogenerate, alembic.command, alembic.context  # once, before the forks
    from sqlalchemy import event
    from notifier.store.engine import migrate, open_store

    def be_killed(folder, number):
        store, steps = open_store("sqlite:///notifier.db", folder), iter(range(number))
        def step(*_):
            if next(steps, None) is None:
                os.kill(os.getpid(), signal.SIGKILL)
        event.listen(store.writer, "before_cursor_execute", step)
        event.listen(store.writer, "commit", step)
        migrate(store)
        store.close()

    old = Path(sys.argv[1])
    for number in range(1000):
        folder = old.with_name(f"killed-{number:03}")
        shutil.copytree(old, folder)
        child = os.fork()
        if not child:
            be_killed(folder, number)
            os._exit(0)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if code != -signal.SIGKILL:
            sys.exit(code)
"""
"""Migrates copies of a database: one is killed before the first statement, the next before the
second, and so on, the last but one before the commit; the last one is not."""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Return a folder with a database of the first schema, in the middle of a campaign."""
    folder = tmp_path / "old"
    folder.mkdir()
    with closing(sqlite3.connect(folder / "notifier.db")) as database:
        database.executescript(OLD.read_text())
    return folder


def content(folder: Path) -> list[list[str]]:
    """Return schema and rows, as SQL; Alembic may write the constraints of a table in any order."""
    with closing(sqlite3.connect(folder / "notifier.db")) as database:
        return [sorted(re.split(r",?\s*\n", statement)) for statement in database.iterdump()]


def migrated(folder: Path) -> list[str]:
    """Return which migrations ran."""
    store = open_store(URL, folder)
    try:
        done = migrate(store)
        require_current(store)
        return done
    finally:
        store.close()


@pytest.mark.slow
def test_p15_killed_before_any_statement_of_a_migration_nothing_is_half_done(old: Path) -> None:
    before = content(old)
    done = subprocess.run([sys.executable, "-W", "error", "-c", KILLED, str(old)], check=False)
    assert done.returncode == 0
    *killed, whole = sorted(old.parent.glob("killed-*"))
    assert len(killed) > 10
    after = content(whole)
    assert migrated(whole) == []
    assert [folder.name for folder in killed if content(folder) != before] == []
    for folder in killed[::9]:
        assert migrated(folder) == revisions()[1:]
        assert content(folder) == after, folder.name


def test_p4_a_message_in_doubt_keeps_the_name_that_its_bytes_greet(old: Path) -> None:
    """The program of the first schema took the name from the person at every attempt."""
    with closing(sqlite3.connect(old / "notifier.db")) as database:
        database.execute(
            "UPDATE message SET state = 'unknown', reason = 'process_died', sha256 = 'x',"
            " recipient = 'p2@example.com' WHERE person_id = 'p2'"
        )
        database.commit()
    migrated(old)
    with closing(sqlite3.connect(old / "notifier.db")) as database:
        found = dict(database.execute("SELECT person_id, greeting FROM message"))
    assert found == {"p0": "", "p1": "", "p2": "Person 2", "p3": "", "p4": ""}
