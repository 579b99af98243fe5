"""The schema's history: numbered, forward only; ``notifier init`` brings a database up to date."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.exc import OperationalError

from notifier.errors import InputError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from notifier.store.engine import Store

FOLDER = Path(__file__).resolve().parent
VERSION_TABLE = "alembic_version"


def migrate(store: Store) -> list[str]:
    """Bring the database to this program's schema and return the migrations that ran, in order.

    Makes the file where there is none. All that is missing runs in one transaction: after a crash
    the schema is the old one or the new one. A current database is left as it is.

    :raises InputError: the database was written by a newer program
    :raises OutsideError: it cannot be opened or written
    """
    # Imported late: only `init` needs Alembic, and it is slow to import.
    from alembic import command  # noqa: PLC0415  as said above
    from alembic.config import Config  # noqa: PLC0415  as said above

    store.create_file()
    with store.write() as tx:
        connection = tx.connection()
        before = _revision(connection)
        _refuse_newer(store, before)
        config = Config()
        config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return [name for name in revisions() if name.split("_")[0] > before]


def require_current(store: Store) -> None:
    """Make sure that the database has this program's schema.

    :raises InputError: there is none yet, it is older (``notifier init`` mends both) or newer
    :raises OutsideError: it cannot be read
    """
    if not store.path.exists():
        raise _not_current(f"There is no database at {store.path}")
    with store.read() as tx:
        present = _revision(tx.connection())
    _refuse_newer(store, present)
    if present != _newest():
        raise _not_current(f"The database {store.path} has an older schema ({present or 'none'})")


def revisions() -> list[str]:
    """Return the names of all migrations, oldest first, such as ``0001_first_tables``."""
    return sorted(path.stem for path in (FOLDER / "versions").glob("[0-9]*_*.py"))


def _newest() -> str:
    return revisions()[-1].split("_")[0]


def _revision(connection: Connection) -> str:
    """Return the number of the last migration that ran, or nothing for an empty database."""
    try:
        return str(connection.exec_driver_sql(f"SELECT version_num FROM {VERSION_TABLE}").scalar())
    except OperationalError as error:
        if "no such table" in str(error.orig):
            return ""
        raise


def _refuse_newer(store: Store, revision: str) -> None:
    if revision > _newest():
        raise InputError(
            f"The database {store.path} was written by a newer version of notifier (schema"
            f" {revision}, this one knows {_newest()}). Nothing was done.",
            code="newer_database",
            next_step="Run the newer version, or restore a backup from before the upgrade.",
        )


def _not_current(what: str) -> InputError:
    return InputError(
        f"{what}. Nothing was done.",
        code="no_database",
        next_step="Run `notifier init` in the home; it keeps what is there and adds what is new.",
    )
