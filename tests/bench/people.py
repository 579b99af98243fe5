"""The import of people, against the shortest program that fills the same table."""

from __future__ import annotations

import csv
from itertools import count
from typing import TYPE_CHECKING

from notifier.sources.people import PEOPLE as COLUMNS
from notifier.sources.people import read_people
from notifier.store.engine import migrate, open_store
from notifier.store.people import import_people

from .measure import Row, compare

if TYPE_CHECKING:
    from pathlib import Path

    from notifier.store.engine import Store

PEOPLE = 20_000
PLAIN = (
    f"INSERT INTO person ({', '.join(COLUMNS)}, salt) VALUES ({', '.join('?' * len(COLUMNS))}, '')"
)


def write(path: Path) -> None:
    """Write a file of people, as a company would hand it in."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        for n in range(PEOPLE):
            rows.writerow(
                (
                    f"p{n:06}", f"person.{n}@mail.example", f"Ada, Countess {n}", "en", "UTC",
                    ("US", "DE", "US-CO", "")[n % 4], "active", "false", "customer", "", "",
                    "false",
                )
            )  # fmt: skip


def measure(folder: Path) -> Row:
    """Check, normalise and store; the baseline believes everything."""
    file, numbers = folder / "people.csv", count()
    write(file)

    def empty() -> Store:
        store = open_store(f"sqlite:///people{next(numbers)}.db", folder)
        migrate(store)
        return store

    stores = iter([empty() for _ in range(6)])
    taken = set()

    def ours() -> None:
        taken.add(import_people(next(stores), read_people(file), mark=str).taken)

    def plain() -> None:
        with next(stores).write() as tx, file.open(encoding="utf-8", newline="") as lines:
            rows = csv.reader(lines)
            next(rows)
            driver = tx.connection().connection.driver_connection
            taken.add(
                driver.executemany(
                    PLAIN,
                    ([*row[:7], row[7] == "true", *row[8:11], row[11] == "true"] for row in rows),
                ).rowcount
            )

    row = compare(f"import of {PEOPLE} people", ours, "csv.reader and executemany", plain)
    if taken != {PEOPLE}:
        raise AssertionError(f"they did not do the same: {taken}")
    return row
