"""What stands where something else stood: paired by its place where its words say too little."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifier.diff.words import LITTLE_WORDS
from notifier.policy.model import UnitKind

if TYPE_CHECKING:
    from notifier.diff.pairing import Pairing
    from notifier.diff.sides import Side

_HALF = 0.5
"""Share of words in common that is enough anywhere between two paired neighbours."""
_SOME = 0.33
"""The same for units that stand at the same place of as many."""
_MOST = 40
"""Units of one gap looked at; more is a passage written anew."""
_CELL = " | "


@dataclass(kw_only=True, slots=True)
class Gaps:
    """Between which matched neighbours an unmatched unit stands."""

    old: dict[int, int]
    new: dict[int, int]
    by_gap: dict[int, list[int]]
    """The new units of each gap."""


def gaps_of(pairing: Pairing) -> Gaps:
    """Name a gap by the old index of the matched unit above it."""
    above, old_gaps = -1, {}
    for i in range(len(pairing.old.units)):
        if i in pairing.to_new:
            above = i
        else:
            old_gaps[i] = above
    above, new_gaps = -1, {}
    by_gap: defaultdict[int, list[int]] = defaultdict(list)
    for j in range(len(pairing.new.units)):
        if j in pairing.to_old:
            above = pairing.to_old[j]
        else:
            new_gaps[j] = above
            by_gap[above].append(j)
    return Gaps(old=old_gaps, new=new_gaps, by_gap=dict(by_gap))


def join_rows(pairing: Pairing) -> None:
    """Pair the rows of a table that are about the same: the first cell is what a row is about.

    Only where that cell stands once in the section on either side, and holds words.
    """
    places = _first_cells(pairing.new, {n: n for n in range(len(pairing.new.sections))})
    for key, olds in _first_cells(pairing.old, pairing.sections).items():
        news = places.get(key, [])
        if len(olds) == len(news) == 1:
            pairing.join(olds[0], news[0])


def _first_cells(side: Side, sections: dict[int, int]) -> dict[tuple[int, str], list[int]]:
    """Return the rows by what their first cell says, and by the section of the new text."""
    found: defaultdict[tuple[int, str], list[int]] = defaultdict(list)
    for index, unit in enumerate(side.units):
        section = sections.get(side.section_of[index])
        if unit.kind is not UnitKind.ROW or section is None:
            continue
        cell = side.match_keys[index].split(_CELL, 1)[0].casefold()
        if sum(char.isalpha() for char in cell) > 1:
            found[section, cell].append(index)
    return found


def join_in_place(pairing: Pairing) -> None:
    """Pair what is left between the same two neighbours and has words in common.

    Rare words decide elsewhere; here the place does: ``Kept for a while`` at the place of ``Kept
    for 24 months`` is that item, changed. A heading at the place of another is the same heading if
    the sections under them are one.
    """
    gaps = gaps_of(pairing)
    old_by_gap: defaultdict[int, list[int]] = defaultdict(list)
    for i, gap in gaps.old.items():
        old_by_gap[gap].append(i)
    merged = {i for group in pairing.merges.values() for i in group}
    split = {j for group in pairing.splits.values() for j in group}
    for gap, olds in old_by_gap.items():
        mine = [i for i in olds if i not in merged]
        theirs = [j for j in gaps.by_gap.get(gap, []) if j not in split]
        if 0 < len(mine) <= _MOST and 0 < len(theirs) <= _MOST:
            _join_gap(pairing, mine, theirs)


def _join_gap(pairing: Pairing, olds: list[int], news: list[int]) -> None:
    """Join the most alike first, and none that would cross one that is joined."""
    even = len(olds) == len(news)
    likely = []
    for a, i in enumerate(olds):
        for b, j in enumerate(news):
            share = _share(pairing, i, j)
            if share >= (_SOME if even and a == b else _HALF):
                likely.append((-share, abs(a - b), i, j))
    joined: list[tuple[int, int]] = []
    for _, _, i, j in sorted(likely):
        if all((i < x and j < y) or (i > x and j > y) for x, y in joined):
            pairing.join(i, j)
            joined.append((i, j))


def _share(pairing: Pairing, i: int, j: int) -> float:
    """Return the plain share of words in common, 0 to 1; 0 where nothing but little words is."""
    old, new = pairing.old, pairing.new
    if old.units[i].kind is not new.units[j].kind:
        return 0.0
    if old.units[i].kind is UnitKind.HEADING:
        return float(pairing.sections.get(old.section_of[i]) == new.section_of[j])
    mine, theirs = old.bag(i), new.bag(j)
    if 2 * min(len(mine), len(theirs)) < _SOME * (len(mine) + len(theirs)):
        return 0.0
    common: Counter[str] = mine & theirs
    if LITTLE_WORDS.issuperset(common):
        return 0.0
    return 2 * common.total() / (mine.total() + theirs.total())
