"""Both texts as one stream: what stayed, what went where it stood, what came where it stands."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from notifier.diff.keys import is_silent
from notifier.diff.model import Change, ChangeKind, Diff
from notifier.diff.shown import runs_on
from notifier.diff.tiling import full as tile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notifier.policy.model import Document, Span, Unit


class Side(StrEnum):
    """In which of the two texts a piece stands at this place."""

    BOTH = "both"
    OLD = "old"
    NEW = "new"


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A change, or unchanged units, at one place of the stream."""

    change: Change
    side: Side
    old: tuple[Unit, ...] = ()
    """The units that stand here in the old text; empty where ``side`` is ``new``."""
    new: tuple[Unit, ...] = ()

    @property
    def moved(self) -> bool:
        """Say whether this is one of the two ends of a move."""
        return self.side is not Side.BOTH and bool(self.change.old_span and self.change.new_span)


def flow(diff: Diff) -> list[Piece]:
    """Return the pieces in the order in which they are read.

    Read for their ``new`` units they give every speaking unit of the new text in its order, read
    for their ``old`` ones those of the old text: a move stands at both its places, once a side.
    ``renamed`` overlaps other pieces and is left out.

    :raises AssertionError: the pieces miss or repeat a unit, which is a bug
    """
    units = {Side.OLD: _Speaking(diff.old), Side.NEW: _Speaking(diff.new)}
    staying: list[Piece] = []
    leaving: list[Piece] = []
    at = 0
    for change in tile(diff):
        if change.kind is ChangeKind.RENAMED:
            continue
        old = change.old_units or units[Side.OLD].within(change.old_span)
        new = change.new_units or units[Side.NEW].within(change.new_span)
        if change.old_span and change.new_span:
            # What stands before something older than itself has moved, whatever it is called
            if change.kind is ChangeKind.MOVED or change.old_span.start < at:
                staying.append(Piece(change=change, side=Side.NEW, new=new))
                leaving.append(Piece(change=change, side=Side.OLD, old=old))
                continue
            at = change.old_span.end
        side = Side.BOTH
        if not (old and new):
            side = Side.OLD if old else Side.NEW
        if old or new:
            staying.append(Piece(change=change, side=side, old=old, new=new))
    pieces = _in_place(staying, leaving)
    _check(pieces, units)
    return pieces


def lines(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Return the pieces by the paragraph, heading, list item or row in which they are read."""
    found: list[list[Piece]] = []
    for piece in pieces:
        if found and _goes_on(found[-1][-1], piece):
            found[-1].append(piece)
        else:
            found.append([piece])
    return found


def _goes_on(before: Piece, piece: Piece) -> bool:
    pairs = ((before.new, piece.new), (before.old, piece.old))
    return any(a and b and runs_on(a[-1], b[0]) for a, b in pairs)


class _Speaking:
    """The units of a document that say something, found by place."""

    def __init__(self, document: Document) -> None:
        self.units = [unit for unit in document.units if not is_silent(unit)]
        self._starts = [unit.span.start for unit in self.units]

    def within(self, span: Span | None) -> tuple[Unit, ...]:
        """Return the units that begin inside a span."""
        if span is None:
            return ()
        begin = bisect_left(self._starts, span.start)
        return tuple(self.units[begin : bisect_left(self._starts, span.end)])


def _in_place(staying: Sequence[Piece], leaving: Sequence[Piece]) -> list[Piece]:
    """Put what stands only in the old text after what stood before it there."""
    kept = [piece for piece in staying if piece.side is not Side.OLD]
    gone = [*(piece for piece in staying if piece.side is Side.OLD), *leaving]
    ends = [(p.change.old_span.end, n) for n, p in enumerate(kept) if p.old and p.change.old_span]
    slots: dict[int, list[Piece]] = {}
    for piece in sorted(gone, key=_old_start):
        index = bisect_right(ends, (_old_start(piece), len(kept)))
        slots.setdefault(ends[index - 1][1] if index else -1, []).append(piece)
    result = slots.get(-1, [])
    for number, piece in enumerate(kept):
        result += [piece, *slots.get(number, [])]
    return result


def _old_start(piece: Piece) -> int:
    return piece.change.old_span.start if piece.change.old_span else 0


def _check(pieces: Sequence[Piece], units: dict[Side, _Speaking]) -> None:
    if [unit for piece in pieces for unit in piece.old] != units[Side.OLD].units:
        raise AssertionError("the stream of a diff does not hold the old text")
    if [unit for piece in pieces for unit in piece.new] != units[Side.NEW].units:
        raise AssertionError("the stream of a diff does not hold the new text")
