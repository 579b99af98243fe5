"""Aligned changes between two documents, as frozen values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from notifier.policy.model import Document, Span, Unit


class ChangeKind(StrEnum):
    """What happened to a unit. The names are part of the outer contract."""

    ADDED = "added"
    REMOVED = "removed"
    MODIFIED = "modified"
    MOVED = "moved"
    """In another place; ``edited`` says whether its words changed as well."""
    SPLIT = "split"
    MERGED = "merged"
    REORDERED = "reordered"
    RENAMED = "renamed"
    """One name replaced throughout; overlaps the units it stands in, other kinds never overlap."""
    RENUMBERED = "renumbered"
    EQUAL = "equal"
    """Only in ``Diff.equal``, for ``--full``."""


class WordOp(StrEnum):
    """What a run of words is to the two sides."""

    EQUAL = "equal"
    DELETE = "delete"
    INSERT = "insert"


@dataclass(frozen=True, kw_only=True, slots=True)
class Word:
    """A run of words, white space included.

    The texts of ``equal`` and ``delete`` runs concatenate exactly to the change's ``old``;
    those of ``equal`` and ``insert`` runs exactly to its ``new``.
    """

    op: WordOp
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Definition:
    """A term that a changed passage defines or defined."""

    term: str
    used: tuple[Span, ...]
    """The other units of the new text that use it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One atomic change: what stood in the old text, what stands in the new one."""

    id: str
    """Stable for the same two texts: derived from kind, place and words."""
    kind: ChangeKind
    old: str = ""
    """Exact text of ``old_span`` (markup included); empty for an addition."""
    new: str = ""
    old_span: Span | None = None
    new_span: Span | None = None
    edited: bool = False
    heading: str = ""
    """The nearest heading, in the new text where there is one, else in the old."""
    words: tuple[Word, ...] = ()
    old_units: tuple[Unit, ...] = ()
    """The parsed units on either side: one each, but for splits and merges."""
    new_units: tuple[Unit, ...] = ()
    occurrences: tuple[tuple[Span, Span], ...] = ()
    """For ``renamed``: every place where the old name became the new one."""
    not_replaced: tuple[Span, ...] = ()
    """For ``renamed``: places in the new text where the old name still stands."""
    names: tuple[str, ...] = ()
    """New names (of ``renamed`` changes) that are all that differs in words in the units here.

    An ``equal``, ``moved``, ``renumbered``, ``split``, ``merged`` or ``reordered`` change that is
    not ``edited`` shows them in its ``words``.
    """
    defines: tuple[Definition, ...] = ()
    """Terms that the changed words define: what they change stands wherever these are used."""


class Deferred(Sequence[Change]):
    """Changes that are made when they are first looked at: most readers never do."""

    def __init__(self, make: Callable[[], tuple[Change, ...]]) -> None:
        self._make = make

    @cached_property
    def _changes(self) -> tuple[Change, ...]:
        return self._make()

    def __len__(self) -> int:
        return len(self._changes)

    @overload
    def __getitem__(self, index: int) -> Change: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Change]: ...
    def __getitem__(self, index: int | slice) -> Change | Sequence[Change]:
        return self._changes[index]


@dataclass(frozen=True, kw_only=True, slots=True)
class Diff:
    """Everything that differs between two documents.

    ``changes`` are in reading order of the new text, removals where they stood. ``ignored`` counts
    differences that no reader can see and are therefore no change: ``whitespace``, ``wrapping``,
    ``markup``, ``typography``.
    """

    old: Document
    new: Document
    changes: tuple[Change, ...]
    equal: Sequence[Change] = ()
    """The units that say the same, for ``full``; made when they are first asked for."""
    ignored: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    """Plain sentences: a fallback that was taken, hidden characters found."""
