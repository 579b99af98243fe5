"""Take people and their collections into the database; the same file twice changes nothing."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from sqlmodel import Session, col, select

from notifier.sources.people import COLLECTIONS, PEOPLE, BadRow, Batch, Catalog, PolicyFacts
from notifier.store.tables import CollectionRow, PersonRow, VersionRow

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

    from notifier.settings import Settings
    from notifier.sources.people import Record
    from notifier.store.engine import Store

_SHOWN: Final = 1_000
_SALT_BYTES: Final = 32
_CHANGING: Final = PEOPLE[1:]

_TAKE_PERSON: Final = f"""
INSERT INTO person ({", ".join(PEOPLE)}, salt)
VALUES ({", ".join("?" * len(PEOPLE))}, ?)
ON CONFLICT (person_id) DO UPDATE
SET {", ".join(f"{name} = excluded.{name}" for name in _CHANGING)}
WHERE person.status <> 'erased' AND ({", ".join(f"person.{name}" for name in _CHANGING)})
   <> ({", ".join(f"excluded.{name}" for name in _CHANGING)})
"""
_TAKE_COLLECTION: Final = f"""
INSERT INTO collection ({", ".join(COLLECTIONS)})
VALUES ({", ".join("?" * len(COLLECTIONS))})
ON CONFLICT DO NOTHING
"""
_ANY_ERASED: Final = "SELECT EXISTS (SELECT 1 FROM person WHERE erased_mark <> '')"
_ERASED: Final = """
SELECT erased_mark FROM person
WHERE erased_mark <> '' AND erased_mark IN (SELECT value FROM json_each(?))
"""
_READMIT: Final = """
UPDATE person SET erased_mark = ''
WHERE erased_mark <> '' AND erased_mark IN (SELECT value FROM json_each(?))
"""
_PSEUDONYMS: Final = """
SELECT person_id FROM person
WHERE status = 'erased' AND person_id IN (SELECT value FROM json_each(?))
"""
_NOT_KNOWN: Final = """
SELECT given.value FROM (SELECT DISTINCT value FROM json_each(?)) AS given
LEFT JOIN person ON person.person_id = given.value
WHERE person.person_id IS NULL OR person.status = 'erased'
"""
_WAS_ERASED: Final = "the person was erased; nothing is stored of them again"
_TAKEN_AGAIN: Final = f"{_WAS_ERASED} (--readmit takes them as somebody new)"
_UNKNOWN: Final = "person_id is not known: import the people first"

Mark = Callable[[str], str]
"""A person's id in, the mark by which they are recognised once erased out."""


@dataclass(kw_only=True, slots=True)
class ImportResult:
    """What became of a file's rows: ``read == taken + unchanged + refused``, unless it was strict.

    A strict import with a bad row takes nothing: then ``taken`` and ``unchanged`` are 0.
    """

    read: int = 0
    taken: int = 0
    """New or changed."""
    unchanged: int = 0
    refused: int = 0
    bad: list[BadRow] = field(default_factory=list)
    """The first thousand refused rows; ``report`` of the import gets every one."""
    undated: int = 0
    """Collections with neither version nor date, which count as under the oldest version."""


def catalog(tx: Session, settings: Settings) -> Catalog:
    """Return what collections may name: the settings' sites and categories, committed versions."""
    versions: dict[str, set[str]] = {}
    rows = tx.exec(
        select(VersionRow.policy, VersionRow.version).where(col(VersionRow.status) != "draft")
    )
    for policy, version in rows:
        versions.setdefault(policy, set()).add(version)
    return Catalog(
        policies={
            name: PolicyFacts(
                sites=frozenset(policy.sites),
                zone=policy.zone,
                versions=frozenset(versions.get(name, ())),
            )
            for name, policy in settings.policies.items()
        },
        sites=frozenset(settings.sites),
        categories=frozenset(settings.people.categories),
    )


def import_people(
    store: Store,
    batches: Iterable[Batch],
    *,
    strict: bool = False,
    report: Callable[[BadRow], None] | None = None,
    mark: Mark,
    readmit: bool = False,
) -> ImportResult:
    """Take people in: new ones, and what changed of known ones.

    Good rows are taken batch by batch, each in a transaction of its own; with ``strict`` all or
    none. Of a person who stands twice in a file the later row counts. An erased person is not
    revived: such a row is bad, unless ``readmit`` takes them as somebody new, with no history.

    :raises OutsideError: the database cannot be written; earlier batches are taken
    """
    take = partial(_take_people, mark=mark, readmit=readmit)
    return _import(store, batches, take, strict=strict, report=report)


def import_collections(
    store: Store,
    batches: Iterable[Batch],
    *,
    strict: bool = False,
    report: Callable[[BadRow], None] | None = None,
    mark: Mark,
) -> ImportResult:
    """Take collections in, as ``import_people`` does; their people must be known already.

    :raises OutsideError: the database cannot be written; earlier batches are taken
    """
    take = partial(_take_collections, mark=mark)
    return _import(store, batches, take, strict=strict, report=report, undated=_undated)


def find_person(tx: Session, person_id: str) -> PersonRow | None:
    """Return one person, or nothing."""
    return tx.get(PersonRow, person_id)


def find_erased(tx: Session, mark: str) -> PersonRow | None:
    """Return what is left of an erased person who has this mark, or nothing."""
    return tx.exec(
        select(PersonRow).where(PersonRow.erased_mark != "", PersonRow.erased_mark == mark)
    ).first()


def person_ids(tx: Session) -> Iterator[str]:
    """Yield every person's id, sorted."""
    yield from tx.exec(select(PersonRow.person_id).order_by(col(PersonRow.person_id)))


def collections_of(tx: Session, person_id: str) -> Sequence[CollectionRow]:
    """Return everything collected of a person, by site, category and policy."""
    return tx.exec(
        select(CollectionRow)
        .where(CollectionRow.person_id == person_id)
        .order_by(
            col(CollectionRow.site),
            col(CollectionRow.category),
            col(CollectionRow.policy),
            col(CollectionRow.version),
            col(CollectionRow.collected_at),
        )
    ).all()


def _import(
    store: Store,
    batches: Iterable[Batch],
    take: Callable[[sqlite3.Connection, Batch], int],
    *,
    strict: bool,
    report: Callable[[BadRow], None] | None,
    undated: Callable[[Batch], int] = lambda _: 0,
) -> ImportResult:
    result = ImportResult()
    try:
        with _transactions(store, whole=strict) as transaction:
            for batch in batches:
                with transaction() as tx:
                    taken = take(_raw(tx), batch)
                _count(result, batch, taken, report)
                result.undated += undated(batch)
            if strict and result.refused:
                raise _Nothing  # noqa: TRY301  leaves the one transaction so that it rolls back
    except _Nothing:
        result.taken = result.unchanged = result.undated = 0
    return result


class _Nothing(Exception):  # noqa: N818  a signal, never seen outside
    """A strict import met a bad row."""


@contextmanager
def _transactions(store: Store, *, whole: bool) -> Iterator[Callable[[], Any]]:
    """Give one transaction a batch, or the same one for all."""
    if not whole:
        yield store.write
        return
    with store.write() as tx:

        @contextmanager
        def same() -> Iterator[Session]:
            yield tx

        yield same


def _count(
    result: ImportResult, batch: Batch, taken: int, report: Callable[[BadRow], None] | None
) -> None:
    good, bad = len(batch.rows), batch.bad
    result.read += good + len(bad)
    result.taken += taken
    result.unchanged += good - taken
    result.refused += len(bad)
    result.bad += bad[: max(0, _SHOWN - len(result.bad))]
    for row in bad if report else ():
        report(row)  # type: ignore[misc]  # the loop is empty without it


def _undated(batch: Batch) -> int:
    return sum(row[-2:] == ("", "") for row in batch.rows)


def _take_people(connection: sqlite3.Connection, batch: Batch, *, mark: Mark, readmit: bool) -> int:
    ids = [str(row[0]) for row in batch.rows]
    pseudonyms = connection.execute(_PSEUDONYMS, (json.dumps(ids),))
    refused = {person: _WAS_ERASED for (person,) in pseudonyms}
    erased = _erased(connection, ids, mark)
    if erased and readmit:
        connection.execute(_READMIT, (json.dumps(list(erased.values())),))
    elif erased:
        refused |= dict.fromkeys(erased, _TAKEN_AGAIN)
    _refuse(batch, refused)
    salts = os.urandom(_SALT_BYTES * len(batch.rows)).hex()
    step = 2 * _SALT_BYTES
    rows = (
        (*row, salts[at : at + step])
        for row, at in zip(batch.rows, range(0, len(salts), step), strict=True)
    )
    return connection.executemany(_TAKE_PERSON, rows).rowcount if batch.rows else 0


def _take_collections(connection: sqlite3.Connection, batch: Batch, *, mark: Mark) -> int:
    ids = json.dumps([row[0] for row in batch.rows])
    unknown = [str(person) for (person,) in connection.execute(_NOT_KNOWN, (ids,))]
    erased = _erased(connection, unknown, mark)
    _refuse(batch, {person: _WAS_ERASED if person in erased else _UNKNOWN for person in unknown})
    return connection.executemany(_TAKE_COLLECTION, batch.rows).rowcount if batch.rows else 0


def _erased(connection: sqlite3.Connection, ids: Sequence[str], mark: Mark) -> dict[str, str]:
    """Return those of these people who were erased, with their marks."""
    (anybody,) = connection.execute(_ANY_ERASED).fetchone()
    if not anybody or not ids:
        return {}
    marks = {mark(person): person for person in ids}
    found = connection.execute(_ERASED, (json.dumps(list(marks)),))
    return {marks[one]: one for (one,) in found}


def _refuse(batch: Batch, people: dict[str, str]) -> None:
    """Move the rows of some people to the bad ones."""
    if not people:
        return
    kept: list[tuple[Record, int]] = []
    for row, number in zip(batch.rows, batch.numbers, strict=True):
        reason = people.get(str(row[0]))
        if reason is None:
            kept.append((row, number))
        else:
            batch.bad.append(BadRow(number=number, reason=reason))
    batch.rows = [row for row, _ in kept]
    batch.numbers = [number for _, number in kept]
    batch.bad.sort(key=lambda bad: bad.number)


def _raw(tx: Session) -> sqlite3.Connection:
    """Return the driver's connection: rows, not objects, a million times."""
    connection: Any = tx.connection().connection.driver_connection
    return connection  # type: ignore[no-any-return]  # SQLAlchemy types it as any driver
