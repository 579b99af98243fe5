"""Take in people and collections from files; every import is an entry of the ledger."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal, TextIO

from notifier.errors import OutsideError
from notifier.pipeline.erase import erasure_mark
from notifier.sources.people import read_collections, read_people
from notifier.store import ledger
from notifier.store.people import catalog, import_collections, import_people

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from notifier.home import Home
    from notifier.sources.rows import BadRow
    from notifier.store.people import ImportResult

What = Literal["people", "collections"]


def take_in(
    home: Home,
    what: What,
    file: Path,
    *,
    strict: bool = False,
    errors: Path | None = None,
    readmit: bool = False,
) -> ImportResult:
    """Import a CSV or JSONL file; good rows are taken, bad ones reported with number and reason.

    ``errors`` gets every bad row, one JSON object a line. ``readmit`` takes erased people who are
    in a people file as somebody new.

    :raises InputError: the file cannot be read, or its columns are wrong; nothing was taken
    :raises OutsideError: the database or the errors file cannot be written
    """
    mark = erasure_mark(home)
    with _report(errors) as report:
        if what == "people":
            result = import_people(
                home.store,
                read_people(file),
                strict=strict,
                report=report,
                mark=mark,
                readmit=readmit,
            )
        else:
            with home.store.read() as tx:
                known = catalog(tx, home.settings)
            batches = read_collections(file, known)
            result = import_collections(
                home.store, batches, strict=strict, report=report, mark=mark
            )
    with home.store.write() as tx:
        body = {
            "what": what,
            "read": result.read,
            "taken": result.taken,
            "unchanged": result.unchanged,
            "refused": result.refused,
        }
        ledger.append(tx, now=home.now(), kind="import", body=body)
    return result


@contextmanager
def _report(errors: Path | None) -> Iterator[Callable[[BadRow], None] | None]:
    if errors is None:
        yield None
        return
    try:
        with errors.open("w", encoding="utf-8") as file:
            yield _writer(file)
    except OSError as error:
        raise OutsideError(
            f"{errors} could not be written: {error.strerror}. Good rows may have been taken.",
            next_step="Choose another --errors file and import again; nothing is taken twice.",
        ) from error


def _writer(file: TextIO) -> Callable[[BadRow], None]:
    def write(row: BadRow) -> None:
        file.write(json.dumps({"row": row.number, "reason": row.reason}) + "\n")

    return write
