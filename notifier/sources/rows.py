"""Stream the records of a CSV or JSONL file: constant memory, and one bad record stops nobody."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from notifier.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

MAX_RECORD_BYTES = 1 << 20
"""A longer record is a bad row; a file that is one endless line cannot fill the memory."""
_MAX_RECORD_LINES = 100
"""Of one quoted CSV record: an unclosed quote costs its own row, not the rest of the file."""
_CHUNK_BYTES = 1 << 20
_COLUMN_LIKE = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,39}")


@dataclass(frozen=True, kw_only=True, slots=True)
class BadRow:
    """A record that was not taken: the line on which it begins (from 1), and why."""

    number: int
    reason: str


class Lines:
    """The lines of a file as text, numbered, with room to put read-ahead lines back.

    Bytes that are not UTF-8 come through as lone surrogates, which every check refuses; a line
    that is too long comes through as ``None``.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._chunks = _lines(file)
        self._ready: list[str | None] = []
        self._at = 0
        self.number = 0
        """Of the line that was taken last."""

    def __iter__(self) -> Iterator[str | None]:
        """Yield the lines that are left; ``take`` and ``put_back`` may be used in between."""
        while True:
            while self._at < len(self._ready):
                line = self._ready[self._at]
                self._at += 1
                self.number += 1
                yield line
            ready = next(self._chunks, None)
            if ready is None:
                return
            self._ready, self._at = ready, 0

    def take(self) -> str | None:
        """Return the next line without its end.

        :raises StopIteration: there is none
        """
        while self._at >= len(self._ready):
            self._ready, self._at = next(self._chunks), 0
        line = self._ready[self._at]
        self._at += 1
        self.number += 1
        return line

    def put_back(self, lines: Sequence[str | None]) -> None:
        """Undo the last ``len(lines)`` takes."""
        self._ready[: self._at] = lines
        self._at = 0
        self.number -= len(lines)


def open_rows(path: Path) -> BinaryIO:
    """Open a file of rows.

    :raises InputError: missing, unreadable, or not a regular file
    """
    try:
        if not path.is_file() and path.exists():
            raise _unusable(path, "is not a regular file")
        return path.open("rb")
    except OSError as error:
        raise _unusable(path, f"cannot be read: {error.strerror}") from error


def is_jsonl(path: Path, file: BinaryIO) -> bool:
    """Say whether a file holds JSON lines: by its ending, else by its first byte."""
    ending = path.suffix.lower()
    if ending in {".jsonl", ".ndjson", ".json"}:
        return True
    if ending in {".csv", ".tsv"}:
        return False
    start = file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()
    file.seek(0)
    return start.startswith(b"{")


def read_header(path: Path, lines: Lines) -> list[str]:
    """Return the column names of a CSV file's first line.

    :raises InputError: the file is empty or not text
    """
    try:
        line = lines.take()
    except StopIteration as error:
        raise _unusable(path, "is empty") from error
    if line is None or not line.replace("\t", " ").isprintable():
        raise _unusable(path, "is not UTF-8 text with a header line")
    return [name.strip() for name in next(csv.reader([line]), [])]


def csv_record(lines: Lines, first: str) -> list[str]:
    """Return the fields of the record whose first line was just taken.

    Takes the further lines of a quoted record; where it does not close, they are put back.

    :raises ValueError: it is not valid CSV
    """
    taken: list[str | None] = []

    def feed() -> Iterator[str]:
        yield first + "\n"
        while len(taken) < _MAX_RECORD_LINES:
            try:
                line = lines.take()
            except StopIteration:
                return
            taken.append(line)
            if line is None:
                return
            yield line + "\n"

    try:
        return next(csv.reader(feed(), strict=True))
    except csv.Error as error:
        lines.put_back(taken)
        # Behind the dash Python's own programmers are addressed.
        raise ValueError(f"the row is not valid CSV: {str(error).split(' - ')[0]}") from error


def json_record(line: str) -> dict[str, Any]:
    """Return the object on one line.

    :raises ValueError: it is not a JSON object, or a key stands twice
    """
    try:
        value = json.loads(line, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"the line is not valid JSON: {error}") from error
    if not isinstance(value, dict):
        raise ValueError("the line is not a JSON object")  # noqa: TRY004  a bad row, no bug
    return value


def check_columns(
    path: Path, names: Sequence[str], known: Sequence[str], mandatory: Sequence[str]
) -> None:
    """Refuse a header that is not of the contract.

    :raises InputError: names the columns that are unknown, missing or there twice; nothing of a
        line that is no header, since it holds somebody's data
    """
    if not set(names) & set(known):
        raise _bad_header(path, "the first line names no column that is known", known)
    unknown = [name for name in names if name not in known]
    missing = [name for name in mandatory if name not in names]
    twice = sorted({name for name in names if names.count(name) > 1})
    problems = [
        f"{what} {', '.join(map(shown, found))}"
        for what, found in (
            ("unknown columns", unknown),
            ("missing columns", missing),
            ("columns that stand twice", twice),
        )
        if found
    ]
    if problems:
        raise _bad_header(path, f"the header has {'; '.join(problems)}", known)


def shown(word: str) -> str:
    """Return a word of a file for a message, unless it may be somebody's address or name."""
    return repr(word) if _COLUMN_LIKE.fullmatch(word) else "(one that is not shown)"


def _bad_header(path: Path, problem: str, known: Sequence[str]) -> InputError:
    return InputError(
        f"{path}: {problem}. Nothing was imported.",
        code="bad_header",
        next_step=f"Use commas between columns, and these names: {', '.join(known)}.",
    )


def _lines(file: BinaryIO) -> Iterator[list[str | None]]:
    """Yield the lines of a file in lists, one list a chunk."""
    rest, skipping = b"", False
    for chunk in _chunks(file):
        head, newline, tail = chunk.rpartition(b"\n")
        if not newline:
            skipping = skipping or len(rest) + len(chunk) > MAX_RECORD_BYTES
            rest = b"" if skipping else rest + chunk
            continue
        if skipping:
            _, newline, head = head.partition(b"\n")
            yield [None, *(_split(head) if newline else ())]
        else:
            yield _split(rest + head)
        rest, skipping = tail, False
    if skipping:
        yield [None]
    elif rest:
        yield _split(rest)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    first = file.read(_CHUNK_BYTES)
    yield first.removeprefix(b"\xef\xbb\xbf")
    while chunk := file.read(_CHUNK_BYTES):
        yield chunk


def _split(text: bytes) -> list[str | None]:
    lines = text.decode("utf-8", "surrogateescape").split("\n")
    if "\r" in lines[0] or "\r" in lines[-1]:
        return [line.removesuffix("\r") for line in lines]
    return list(lines)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a key stands twice")
    return value


def _unusable(path: Path, problem: str) -> InputError:
    return InputError(
        f"{path} {problem}. Nothing was imported.",
        code="bad_file",
        next_step="Give a CSV file (UTF-8, comma-separated, with a header) or JSON lines.",
    )
