"""Read a file of records in batches: plain lines by one pattern, all others with all care."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol

from notifier.sources import fields
from notifier.sources.rows import (
    BadRow,
    Lines,
    check_columns,
    csv_record,
    is_jsonl,
    json_record,
    open_rows,
    read_header,
    shown,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

BATCH_ROWS = 10_000

Record = tuple[str | bool, ...]


@dataclass(kw_only=True, slots=True)
class Batch:
    """Some rows of a file, in its order."""

    rows: list[Record] = field(default_factory=list)
    """Good ones: the values to be stored, in the order of the file's kind."""
    numbers: list[int] = field(default_factory=list)
    """The line on which each of ``rows`` begins."""
    bad: list[BadRow] = field(default_factory=list)


class Reader(Protocol):
    """Turns one record into stored values."""

    def plain(self, header: Sequence[str]) -> Callable[[str], Record | None]:
        """Return a fast reading of a plain CSV line; it gives up with ``None``."""

    def record(self, values: Mapping[str, str]) -> Record:
        """Return the values of one record; ``ValueError`` with the reasons where one is wrong."""


def read_rows(
    path: Path, reader: Reader, known: Sequence[str], mandatory: Sequence[str]
) -> Iterator[Batch]:
    """Yield the records of a file in batches; the header is checked at once.

    :raises InputError: the file cannot be used at all
    """
    file = open_rows(path)
    try:
        jsonl = is_jsonl(path, file)
        lines = Lines(file)
        header: list[str] = []
        if not jsonl:
            header = read_header(path, lines)
            check_columns(path, header, known, mandatory)
    except BaseException:
        file.close()
        raise
    return _batches(file, lines, _Slow(reader=reader, header=header, known=known))


def _batches(file: BinaryIO, lines: Lines, slow: _Slow) -> Iterator[Batch]:
    """Read every line: by one regular expression where it is plain, else with all care."""
    plain = slow.reader.plain(slow.header) if slow.header else None
    with file:
        batch = Batch()
        for line in lines:
            record = plain(line) if plain and line is not None else None
            if record is not None:
                batch.rows.append(record)
                batch.numbers.append(lines.number)
            else:
                slow.read(batch, lines, line)
            if len(batch.rows) + len(batch.bad) >= BATCH_ROWS:
                yield batch
                batch = Batch()
        yield batch


@dataclass(frozen=True, kw_only=True, slots=True)
class _Slow:
    """Reads one record of any kind, or says what is wrong with it."""

    reader: Reader
    header: Sequence[str]
    """Empty for JSON lines."""
    known: Sequence[str]

    def read(self, batch: Batch, lines: Lines, line: str | None) -> None:
        if line is not None and not line.strip():
            return
        number = lines.number
        try:
            record = self.reader.record(self._values(lines, line))
        except (ValueError, TypeError) as error:
            batch.bad.append(BadRow(number=number, reason=str(error)))
        else:
            batch.rows.append(record)
            batch.numbers.append(number)

    def _values(self, lines: Lines, line: str | None) -> dict[str, str]:
        if line is None:
            raise ValueError("the line is longer than a million bytes")
        if not self.header:
            return self._json_values(line)
        found = csv_record(lines, line)
        if len(found) != len(self.header):
            raise ValueError(f"it has {len(found)} fields, the header has {len(self.header)}")
        return dict(zip(self.header, found, strict=True))

    def _json_values(self, line: str) -> dict[str, str]:
        found = json_record(line)
        unknown = [name for name in found if name not in self.known]
        if unknown:
            raise ValueError(f"unknown keys {', '.join(map(shown, unknown))}")
        return {name: fields.text_of(value, name) for name, value in found.items()}


_ID: Final = r"[A-Za-z0-9._:@/+-]{1,255}"
_TEXT: Final = r"(?! )[^\",\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]{0,1000}(?<! )"
_WORD: Final = r"[A-Za-z0-9_+/.-]{0,64}"
_PLAIN: Final = {
    "person_id": _ID,
    "email": f"(?:{fields.ADDRESS})?",
    "name": _TEXT,
    "governed_by": _TEXT,
    "guardian_email": f"(?:{fields.ADDRESS})?",
    "collected_at": r"[0-9T:Z-]{0,20}",
}
"""What a plain field looks like, by column; all others are words."""


def line_pattern(
    header: Sequence[str], columns: Sequence[str]
) -> tuple[re.Pattern[str], list[int]]:
    """Return a pattern for a plain line, and the group number of each column.

    A column that the header does not have is found in a last group, which is always empty.
    """
    pattern = ",".join(f"({_PLAIN.get(name, _WORD)})" for name in header) + "()"
    places = [header.index(name) if name in header else len(header) for name in columns]
    return re.compile(pattern), places


class Checks:
    """Checks the values of one record and collects what is wrong, so that all is said at once."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self.reasons: list[str] = []

    def text(self, check: Callable[..., str], name: str, *more: object) -> str:
        """Return a checked value; an empty one where it was refused."""
        try:
            return check(self._values.get(name, ""), name, *more)
        except ValueError as error:
            self.reasons.append(str(error))
            return ""

    def flag(self, name: str) -> bool:
        """Return a yes or no."""
        try:
            return fields.flag(self._values.get(name, ""), name)
        except ValueError as error:
            self.reasons.append(str(error))
            return False

    def done(self) -> None:
        """Refuse the record where anything was wrong with it."""
        if self.reasons:
            raise ValueError("; ".join(self.reasons))
