"""Everything between the changes too, so that both files can be put together again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from notifier.diff.align import Steps
from notifier.diff.model import Change, ChangeKind, Diff
from notifier.diff.words import check_words, operations, runs_of
from notifier.policy.model import Document, Span

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(kw_only=True, slots=True)
class _Tile:
    change: Change
    old: Span | None
    new: Span | None


def full(diff: Diff) -> tuple[Change, ...]:
    """Return changes and equal units in reading order, their spans tiling both files.

    White space and markup between units go to the equal unit before or after them, else into an
    equal piece of their own. ``renamed`` overlaps other changes and stays as it is.

    :raises AssertionError: the pieces do not rebuild a file byte for byte, which is a bug
    """
    tiles = [
        _Tile(change=change, old=change.old_span, new=change.new_span)
        for change in (*diff.changes, *diff.equal)
        if change.kind is not ChangeKind.RENAMED
    ]
    extra = _spread(tiles, diff.old, "old") + _spread(tiles, diff.new, "new")
    steps = Steps()
    pieces = [_settle(tile, diff, steps) for tile in (*tiles, *extra)]
    renamed = [change for change in diff.changes if change.kind is ChangeKind.RENAMED]
    result = (*_in_reading_order(pieces), *renamed)
    check_tiling(result, diff)
    return result


def check_tiling(changes: Sequence[Change], diff: Diff) -> None:
    """Assert that the pieces rebuild both files.

    :raises AssertionError: they do not
    """
    solid = [change for change in changes if change.kind is not ChangeKind.RENAMED]
    old = sorted((c.old_span.start, c.old_span.end, c.old) for c in solid if c.old_span)
    new = sorted((c.new_span.start, c.new_span.end, c.new) for c in solid if c.new_span)
    if "".join(text for _, _, text in old).encode() != diff.old.source:
        raise AssertionError("the pieces of a diff do not rebuild the old file")
    if "".join(text for _, _, text in new).encode() != diff.new.source:
        raise AssertionError("the pieces of a diff do not rebuild the new file")


def _span(tile: _Tile, side: str) -> Span | None:
    return tile.old if side == "old" else tile.new


def _widen(tile: _Tile, side: str, *, start: int, end: int) -> None:
    if side == "old":
        tile.old = Span(start=start, end=end)
    else:
        tile.new = Span(start=start, end=end)


def _spread(tiles: list[_Tile], document: Document, side: str) -> list[_Tile]:
    """Give every gap of one side to an equal neighbour; return pieces for those without one."""
    placed = [(span, tile) for tile in tiles if (span := _span(tile, side))]
    placed.sort(key=lambda item: item[0].start)
    extra: list[_Tile] = []
    before: _Tile | None = None
    at = 0
    for span, tile in [*placed, (Span(start=len(document.source), end=len(document.source)), None)]:
        if span.start > at:
            taker = next(
                (t for t in (before, tile) if t and t.change.kind is ChangeKind.EQUAL), None
            )
            mine = _span(taker, side) if taker else None
            if taker and mine:
                _widen(taker, side, start=min(at, mine.start), end=max(span.start, mine.end))
            else:
                extra.append(_own_piece(at, span.start, side))
        before, at = tile, span.end
    return extra


def _own_piece(start: int, end: int, side: str) -> _Tile:
    span = Span(start=start, end=end)
    change = Change(id=f"g-{side}-{start}", kind=ChangeKind.EQUAL)
    return _Tile(
        change=change, old=span if side == "old" else None, new=span if side == "new" else None
    )


def _settle(tile: _Tile, diff: Diff, steps: Steps) -> Change:
    if tile.old == tile.change.old_span and tile.new == tile.change.new_span:
        return tile.change
    old = diff.old.source[tile.old.start : tile.old.end].decode() if tile.old else ""
    new = diff.new.source[tile.new.start : tile.new.end].decode() if tile.new else ""
    words = runs_of(operations(old, new, steps=steps), join=not tile.change.names)
    check_words(words, old, new)
    return replace(tile.change, old=old, new=new, old_span=tile.old, new_span=tile.new, words=words)


def _in_reading_order(pieces: list[Change]) -> list[Change]:
    """Order by place in the new text; what was removed follows what stood before it."""
    anchored = sorted(
        (c for c in pieces if c.new_span), key=lambda c: c.new_span.start if c.new_span else 0
    )
    gone = sorted(
        (c for c in pieces if not c.new_span), key=lambda c: c.old_span.start if c.old_span else 0
    )
    ends = sorted(
        (c.old_span.end, position)
        for position, c in enumerate(anchored)
        if c.old_span and c.kind is not ChangeKind.MOVED
    )
    slots: dict[int, list[Change]] = {}
    index, slot = 0, -1
    for change in gone:
        start = change.old_span.start if change.old_span else 0
        while index < len(ends) and ends[index][0] <= start:
            slot = max(slot, ends[index][1])
            index += 1
        slots.setdefault(slot, []).append(change)
    result = slots.get(-1, [])
    for position, change in enumerate(anchored):
        result += [change, *slots.get(position, [])]
    return result
