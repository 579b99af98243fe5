"""One pass over a chain: everything that a verification needs to know of the entries."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from notifier.evidence.chain import (
    GENESIS,
    MAX_LINE_BYTES,
    BrokenChainError,
    check_chain,
    parse_line,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from notifier.evidence.chain import Entry, Head
    from notifier.evidence.checkpoint import Checkpoint


@dataclass(kw_only=True, slots=True)
class Walk:
    """What was seen on the way; ``problems`` is empty where the chain holds."""

    head: Head = GENESIS
    first_bad: int | None = None
    problems: list[str] = field(default_factory=list)
    checkpoints: int = 0
    texts: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """For each ``file`` that an entry's body names, every ``sha256`` that stands beside it."""
    about: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    """For each subject asked for, the numbers of its entries."""

    def fault(self, seq: int, problem: str) -> None:
        """Note what is wrong with an entry."""
        self.first_bad = seq if self.first_bad is None else min(seq, self.first_bad)
        self.problems.append(problem)


def walk(
    entries: Iterable[Entry],
    *,
    checkpoints: Iterable[Checkpoint] = (),
    subjects: Collection[str] = (),
) -> Walk:
    """Check the chain from its beginning, entry by entry, against checkpoints that are believed.

    Stops at the first entry that does not fit the one before; never raises for what it finds.
    """
    seen, due = Walk(), _by_number(checkpoints)
    signed = 0
    try:
        for entry in check_chain(entries):
            seen.head = entry.head
            _note_text(seen, entry)
            if entry.subject and entry.subject in subjects:
                seen.about[entry.subject].append(entry.seq)
            for checkpoint in due.pop(entry.seq, ()):
                if checkpoint.hash == entry.hash:
                    seen.checkpoints += 1
                    signed = entry.seq
                else:
                    seen.fault(entry.seq, _made_anew(entry, checkpoint, signed))
    except BrokenChainError as error:
        seen.fault(error.seq, error.message)
        return seen
    for checkpoint in (late for number in sorted(due) for late in due[number]):
        seen.fault(seen.head.seq + 1, missing(seen.head, checkpoint.seq, checkpoint.name))
    return seen


def _by_number(checkpoints: Iterable[Checkpoint]) -> dict[int, list[Checkpoint]]:
    due: dict[int, list[Checkpoint]] = defaultdict(list)
    for checkpoint in checkpoints:
        if checkpoint.head != GENESIS:
            due[checkpoint.seq].append(checkpoint)
    return due


def _made_anew(entry: Entry, checkpoint: Checkpoint, signed: int) -> str:
    since = f"after entry {signed}" if signed else "from its beginning on"
    return (
        f"{entry.name}: it is not the entry that {checkpoint.name} signs; the chain was made anew"
        f" {since}"
    )


def missing(head: Head, expected: int, source: str) -> str:
    """Return what to say of a chain that ends too early."""
    first = head.seq + 1
    span = f"entry {first} is" if first == expected else f"entries {first} to {expected} are"
    return f"{span} missing: the chain ends at entry {head.seq}, {source} goes further"


def _note_text(seen: Walk, entry: Entry) -> None:
    if '"file":' not in entry.body:  # most of a million entries speak of no text
        return
    body = json.loads(entry.body)
    file, digest = body.get("file"), body.get("sha256")
    if isinstance(file, str) and isinstance(digest, str):
        seen.texts[file].add(digest)


def read_entries(path: Path) -> Iterator[Entry]:
    """Yield the entries of an exported file, streamed.

    :raises BrokenChainError: at the first line that is not an entry
    :raises OSError: the file cannot be read
    """
    with path.open("rb") as file:
        number = 0
        while text := file.readline(MAX_LINE_BYTES + 1):
            number += 1
            if not text.endswith(b"\n"):
                raise BrokenChainError(
                    number, f"entry {number}: line {number} has no end; it was cut or is too long"
                )
            yield parse_line(text[:-1], number)
