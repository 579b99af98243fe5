"""Both texts as paragraphs of marked runs, such that each side can be had exactly.

A paragraph's end is a mark like any other: it may have come, gone or moved. Taking away what went
leaves the new text, paragraph by paragraph; taking away what came leaves the old one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

from notifier.diff.flow import Piece, Side, flow
from notifier.diff.model import WordOp
from notifier.diff.shown import reading, reading_words, runs_on

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from notifier.diff.model import Diff
    from notifier.policy.model import Unit

END = "\n"
"""The text of a paragraph's end."""


class Op(StrEnum):
    """What a run is to the two texts."""

    EQUAL = "equal"
    DELETE = "delete"
    INSERT = "insert"
    MOVE_FROM = "move_from"
    MOVE_TO = "move_to"


OLD = frozenset({Op.EQUAL, Op.DELETE, Op.MOVE_FROM})
NEW = frozenset({Op.EQUAL, Op.INSERT, Op.MOVE_TO})
_OPS = {WordOp.EQUAL: Op.EQUAL, WordOp.DELETE: Op.DELETE, WordOp.INSERT: Op.INSERT}
_CAME = {Side.OLD: Op.DELETE, Side.NEW: Op.INSERT}


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """A run of words, or a paragraph's end."""

    op: Op
    text: str
    unit: Unit | None = None
    """For a paragraph's end: the unit that the paragraph begins with; the new text's if both."""
    old_unit: Unit | None = None
    """For an end that both texts have: that of the old text."""
    move: str = ""
    """The change whose move this is part of."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Paragraph:
    """Marked runs, and what became of the paragraph's end."""

    runs: tuple[Run, ...]
    end: Run


def paragraphs(diff: Diff) -> list[Paragraph]:
    """Return both texts as one list of paragraphs.

    :raises AssertionError: one of the texts cannot be had from it exactly, which is a bug
    """
    runs = _runs(flow(diff))
    for ops, document in ((OLD, diff.old), (NEW, diff.new)):
        found = "".join(run.text for run in runs if run.op in ops)
        if found.removesuffix(END) != text_of(document.units):
            raise AssertionError("the tracked changes do not hold the text exactly")
    result: list[Paragraph] = []
    held: list[Run] = []
    for run in runs:
        if run.text == END:
            result.append(Paragraph(runs=tuple(held), end=run))
            held = []
        else:
            held.append(run)
    return result


def text_of(units: Sequence[Unit]) -> str:
    """Return what stands in the document for a text: a line a paragraph, link targets named."""
    return reading([unit for unit in units if unit.text or unit.marker or unit.links], links=True)


def _runs(pieces: Sequence[Piece]) -> list[Run]:
    """Return all runs; the last is a paragraph's end that both texts have."""
    lines = {Side.OLD: _Line(), Side.NEW: _Line()}
    runs: list[Run] = []
    for piece in pieces:
        joints = {
            side: line.joint(units)
            for side, line, units in (
                (Side.OLD, lines[Side.OLD], piece.old),
                (Side.NEW, lines[Side.NEW], piece.new),
            )
            if units
        }
        if piece.side is Side.BOTH and joints[Side.OLD].text == joints[Side.NEW].text:
            runs.append(replace(joints[Side.NEW], old_unit=joints[Side.OLD].unit))
        else:
            # What parts a moved passage from the one before it does not move itself
            runs += [replace(run, op=_CAME[side]) for side, run in joints.items()]
        runs += _words(piece)
    units = [lines[side].first for side in (Side.NEW, Side.OLD)]
    runs.append(Run(op=Op.EQUAL, text=END, unit=units[0] or units[1], old_unit=units[1]))
    return list(_slid([run for run in runs if run.text]))


class _Line:
    """Where one text stands: the line that is being written."""

    def __init__(self) -> None:
        self.first: Unit | None = None
        self._last: Unit | None = None

    def joint(self, units: Sequence[Unit]) -> Run:
        """Return what parts the units from those before, and go on behind them."""
        text = "" if self._last is None else " " if runs_on(self._last, units[0]) else END
        run = Run(op=Op.EQUAL, text=text, unit=self.first)
        starts = _line_starts(units)
        if text != " " or len(starts) > 1:
            self.first = starts[-1]
        self._last = units[-1]
        return run


def _line_starts(units: Sequence[Unit]) -> list[Unit]:
    """Return the unit that each line begins with."""
    return [
        unit for index, unit in enumerate(units) if not (index and runs_on(units[index - 1], unit))
    ]


def _words(piece: Piece) -> Iterator[Run]:
    """Yield a piece's own runs, its inner paragraph ends apart."""
    move = piece.change.id if piece.moved else ""
    starts = {Side.OLD: _line_starts(piece.old), Side.NEW: _line_starts(piece.new)}
    at = {Side.OLD: 0, Side.NEW: 0}
    for op, text in _marked(piece):
        sides = [side for side, ops in ((Side.OLD, OLD), (Side.NEW, NEW)) if op in ops]
        for part in re.split(f"({END})", text):
            if part == END:
                units = [starts[side][at[side]] for side in sides]
                for side in sides:
                    at[side] += 1
                yield Run(op=op, text=END, unit=units[-1], old_unit=units[0], move=move)
            elif part:
                yield Run(op=op, text=part, move=move)


def _marked(piece: Piece) -> Iterator[tuple[Op, str]]:
    """Yield what each run of words is.

    What moved and was edited is a move of the words that stayed; those that went are struck out
    where it stood, and those that came are marked where it stands, so that no mark lies in another.
    """
    if piece.moved:
        own, side = (Op.MOVE_FROM, OLD) if piece.side is Side.OLD else (Op.MOVE_TO, NEW)
        change = piece.change
        for word in reading_words(change.old_units, change.new_units, links=True):
            if _OPS[word.op] in side:
                yield (own if word.op is WordOp.EQUAL else _OPS[word.op]), word.text
        return
    for word in reading_words(piece.old, piece.new, links=True):
        yield _OPS[word.op], word.text


def _slid(runs: Sequence[Run]) -> Iterator[Run]:
    """Let whole paragraphs bring their own end along, as Word writes them.

    ``A ⏎[came: ⏎ B]`` and ``A [came: ⏎ B]⏎`` are one text; in the second, taking ``B`` away would
    leave ``A`` with the style of ``B``. The last end of a document cannot be taken away, so what
    stands before it stays as it is.
    """
    gap: list[Run] = []
    for index, run in enumerate(runs):
        if run.op is not Op.EQUAL:
            gap.append(run)
            continue
        old = [one for one in gap if one.op in OLD]
        new = [one for one in gap if one.op in NEW]
        whole = all(not side or side[0].text == END for side in (old, new))
        if gap and whole and run.text == END and index + 1 < len(runs):
            yield from _with_ends(old, new, run)
        elif old and new and old[0].text == new[0].text == END:
            yield Run(op=Op.EQUAL, text=END, unit=new[0].unit, old_unit=old[0].unit)
            yield from (*old[1:], *new[1:], run)
        else:
            yield from (*gap, run)
        gap = []


def _with_ends(old: Sequence[Run], new: Sequence[Run], end: Run) -> Iterator[Run]:
    """Yield the end that both have, then each side's runs with the first end moved behind them."""
    yield replace(
        end,
        unit=new[0].unit if new else end.unit,
        old_unit=old[0].unit if old else end.old_unit,
    )
    for side, last in ((old, end.old_unit), (new, end.unit)):
        for before, run in pairwise([*side, Run(op=Op.EQUAL, text=END, unit=last)]):
            if run.text != END:
                yield run
                continue
            yield replace(run, op=_end_op(before), move=before.move)


def _end_op(before: Run) -> Op:
    """Return what a paragraph's end is that goes with the words before it."""
    if not before.move:
        return before.op
    return Op.MOVE_FROM if before.op in OLD else Op.MOVE_TO
