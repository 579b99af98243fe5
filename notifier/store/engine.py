"""The database: SQLite, opened so that what was said is stored and nobody trips over another.

Writers begin with ``BEGIN IMMEDIATE``: with deferred transactions, reading and then writing failed
in 155 of 200 runs, with immediate ones in none. Readers get a snapshot and cannot write.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import QueuePool
from sqlmodel import Session

from notifier.errors import InputError, NotifierError, OutsideError, SettingsError
from notifier.store.migrations import migrate, require_current

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Engine


__all__ = ["BUSY_SECONDS", "Session", "Store", "migrate", "open_store", "require_current"]

BUSY_SECONDS = 30.0
_READERS, _MORE_READERS = 4, 60


class Store:
    """The home's database. Safe to use from threads; make one per process.

    ``writer`` and ``reader`` are engines; everybody but ``migrate`` uses ``write`` and ``read``.
    """

    def __init__(self, path: Path, *, busy_seconds: float = BUSY_SECONDS) -> None:
        self.path = path
        self.busy_seconds = busy_seconds
        # One writing connection: threads queue here in turn instead of polling SQLite's lock.
        self.writer = self._engine("rw", "BEGIN IMMEDIATE", pool_size=1, max_overflow=0)
        self.reader = self._engine("ro", "BEGIN", pool_size=_READERS, max_overflow=_MORE_READERS)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Give the one writing transaction: committed at the end, rolled back on any error.

        When the block is left without an error, everything in it is on disk.

        :raises OutsideError: locked for too long, disk full, damaged, not writable
        """
        with self._errors(), Session(self.writer, expire_on_commit=False) as session:
            session.connection()  # takes the lock now, not at the first write
            yield session
            session.commit()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Give a consistent snapshot; nothing but temporary tables can be written.

        :raises OutsideError: the database cannot be read
        """
        with self._errors(reading=True), Session(self.reader, expire_on_commit=False) as session:
            session.connection()
            yield session

    def forget(self) -> bool:
        """Write the whole file anew and empty its log: neither then holds what was deleted.

        ``secure_delete`` alone does not see to that: where a full page is split, the rows that move
        to another page stay behind in the gap as well, and only the copy that moved is overwritten
        later. The write-ahead log keeps old pages. Takes time in proportion to the file and as much
        free space; other writers wait. False while another process reads: its snapshot needs the
        log, which is emptied when the last one closes the database.

        :raises OutsideError: the database cannot be written; the file is as it was
        """
        with self._errors():
            connection = self.writer.raw_connection()
            try:
                cursor = connection.cursor()
                cursor.execute("VACUUM")
                (busy, *_) = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                connection.close()
        return not busy

    def close(self) -> None:
        """Close every connection."""
        self.reader.dispose()
        self.writer.dispose()

    def create_file(self) -> None:
        """Make the database's file, readable by its owner alone, where there is none.

        :raises OutsideError: it cannot be made
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # SQLite gives its -wal and -shm files the mode of this one.
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        except OSError as error:
            raise OutsideError(
                f"The database {self.path} cannot be made: {error.strerror}. Nothing was done.",
                code="database",
                next_step="Check the folder's permissions and the free space.",
            ) from error

    def _engine(self, mode: str, begin: str, *, pool_size: int, max_overflow: int) -> Engine:
        uri = f"{self.path.absolute().as_uri()}?mode={mode}"

        def connect() -> sqlite3.Connection:
            # isolation_level None: the driver must not emit a BEGIN of its own.
            connection = sqlite3.connect(
                uri,
                uri=True,
                isolation_level=None,
                check_same_thread=False,
                timeout=self.busy_seconds,
            )
            try:
                _prepare(connection, writing=mode == "rw")
            except sqlite3.Error:
                connection.close()
                raise
            return connection

        engine = create_engine(
            "sqlite://",
            creator=connect,
            poolclass=QueuePool,
            pool_size=pool_size,
            max_overflow=max_overflow,
            pool_timeout=self.busy_seconds,
            hide_parameters=True,  # errors must not show people's data
        )

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            connection.exec_driver_sql(begin)

        return engine

    @contextmanager
    def _errors(self, *, reading: bool = False) -> Iterator[None]:
        try:
            yield
        except PoolTimeoutError as error:
            raise _locked(self.path, self.busy_seconds) from error
        except DBAPIError as error:
            raise self._translated(error.orig, reading=reading) or error from error
        except sqlite3.Error as error:
            raise self._translated(error, reading=reading) or error from error

    def _translated(self, error: BaseException | None, *, reading: bool) -> NotifierError | None:
        """Return what a person can act on; None where it is a fault of the program."""
        code = getattr(error, "sqlite_errorcode", None)
        if code is None or (reading and code == sqlite3.SQLITE_READONLY):
            return None
        if code & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            return _locked(self.path, self.busy_seconds)
        if code & 0xFF == sqlite3.SQLITE_CANTOPEN and not self.path.exists():
            return _missing(self.path)
        what = _OUTSIDE.get(code & 0xFF)
        if what is None:
            return None
        return OutsideError(
            f"The database {self.path} {what[0]}. The step was not done; nothing half of it is"
            " stored.",
            code="database",
            next_step=what[1],
        )


_DAMAGED = "Keep the file as it is, restore a backup, then run `notifier evidence verify`."
_OUTSIDE: dict[int, tuple[str, str]] = {
    sqlite3.SQLITE_FULL: ("has no room left: the disk is full", "Free space, then run it again."),
    sqlite3.SQLITE_NOTADB: ("is not an SQLite database", _DAMAGED),
    sqlite3.SQLITE_CORRUPT: ("is damaged", _DAMAGED),
    sqlite3.SQLITE_IOERR: (
        "could not be read or written (input/output error)",
        "Check the disk and the free space, then run it again.",
    ),
    sqlite3.SQLITE_READONLY: (
        "cannot be written",
        "Check the permissions of the file and of its folder.",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "cannot be opened",
        "Check the permissions of the file and of its folder, and the number of open files.",
    ),
    sqlite3.SQLITE_PERM: ("may not be opened", "Check the permissions of the file."),
    sqlite3.SQLITE_NOMEM: ("needs more memory than there is", "Free memory, then run it again."),
}


def _locked(path: Path, seconds: float) -> OutsideError:
    return OutsideError(
        f"The database {path} was locked by another process for {seconds:g} seconds. The step was"
        " not done.",
        code="database_locked",
        next_step="Wait for the other command to end, or find it (`fuser` names it); then repeat.",
    )


def _missing(path: Path) -> InputError:
    return InputError(
        f"There is no database at {path}. Nothing was done.",
        code="no_database",
        next_step="Run `notifier init` to make it, or restore it from a backup.",
    )


def _prepare(connection: sqlite3.Connection, *, writing: bool) -> None:
    """Set what SQLite forgets with each connection."""
    pragmas: list[Any] = ["foreign_keys=ON", "trusted_schema=OFF"]
    if writing:
        # FULL: with NORMAL ten power cuts left 10,332 messages in doubt. fullfsync is for macOS,
        # where fsync alone does not reach the disk.
        # secure_delete: what is erased or replaced is overwritten, not only unlinked.
        pragmas += ["synchronous=FULL", "fullfsync=ON", "secure_delete=ON"]
        if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            connection.execute("PRAGMA journal_mode=WAL")
    for pragma in pragmas:
        connection.execute(f"PRAGMA {pragma}")


def open_store(url: str, home: Path, *, busy_seconds: float = BUSY_SECONDS) -> Store:
    """Open the database that ``[database] url`` names; a relative path is relative to the home.

    A file that does not exist is not made here but by ``migrate``: a home whose disk is not
    mounted must not get an empty database. Close the store when done.

    :raises SettingsError: the URL names no SQLite file
    :raises OutsideError: there is something at the path that cannot be opened as a database
    """
    path = home / _path(url)
    if path.exists() and not path.is_file():
        raise OutsideError(
            f"The database {path} is not a file. Nothing was done.",
            code="database",
            next_step="Name a file in [database] url.",
        )
    store = Store(path, busy_seconds=busy_seconds)
    if path.is_file():
        try:
            if path.with_name(f"{path.name}-journal").exists():
                # Killed while a restored file (VACUUM INTO makes no WAL) was first written to: only
                # a writer can take the half of it back, and readers fail until then.
                with store.write():
                    pass
            with store.read() as tx:
                tx.connection().exec_driver_sql("SELECT count(*) FROM sqlite_master")
        except BaseException:
            store.close()
            raise
    return store


def _path(url: str) -> str:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        # The URL itself may hold a password and is not repeated.
        raise _bad_url("[database] url is not a database URL") from error
    if parsed.drivername.startswith("postgresql"):
        raise _bad_url("[database] url names PostgreSQL, which this version does not support yet")
    if parsed.drivername not in {"sqlite", "sqlite+pysqlite"}:
        raise _bad_url(f"[database] url names {parsed.drivername!r}, which is not supported")
    if not parsed.database or parsed.database == ":memory:" or parsed.query or parsed.host:
        raise _bad_url("[database] url does not name one SQLite file")
    return parsed.database


def _bad_url(what: str) -> SettingsError:
    return SettingsError(
        f"{what}. Nothing was done.", next_step='Use url = "sqlite:///var/notifier.db".'
    )
