"""Changes that no unit has alone: a list in another order, a paragraph cut in two or joined."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from notifier.diff.model import ChangeKind
from notifier.policy.model import UnitKind

if TYPE_CHECKING:
    from notifier.diff.draft import Draft, Ends
    from notifier.diff.sides import Side

_BLANK_LINE = re.compile(rb"\n[ \t>]*\r?\n|\r[ \t>]*\r")
_LISTS = {UnitKind.ITEM, UnitKind.ROW}
_LAYOUT_BREAKS = 8
_LAYOUT_SHARE = 0.3
"""More paragraph breaks than both came or went: the file was laid out anew, nobody cut a text."""


@dataclass(kw_only=True, slots=True)
class Regrouping:
    """Groups of units that are one change, by their first new unit."""

    starts: dict[int, ChangeKind] = field(default_factory=dict)
    ends: dict[int, Ends] = field(default_factory=dict)
    edited: set[int] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)

    def add(self, kind: ChangeKind, ends: Ends, *, edited: bool = False) -> None:
        """Keep a group."""
        first = ends[1][0]
        self.starts[first] = kind
        self.ends[first] = ends
        if edited:
            self.edited.add(first)


def regroup(draft: Draft) -> Regrouping:
    """Return lists whose items changed places, and paragraphs that were cut or joined.

    What is in a group is no longer counted as moved.
    """
    found = Regrouping()
    _reordered(draft, found)
    _paragraphs(draft, found)
    return found


def _lists(side: Side) -> list[range]:
    """Return runs of items under one lead-in, and runs of rows."""
    found: list[range] = []
    start = 0
    units = side.units
    for at in range(1, len(units) + 1):
        if at < len(units) and units[at].kind in _LISTS:
            one, two = units[at - 1], units[at]
            if one.kind is two.kind and one.lead_in == two.lead_in:
                continue
        if units and units[start].kind in _LISTS and at - start > 1:
            found.append(range(start, at))
        start = at
    return found


def _reordered(draft: Draft, found: Regrouping) -> None:
    if not draft.moved:
        return
    home = {i: number for number, each in enumerate(_lists(draft.pairing.old)) for i in each}
    for each in _lists(draft.pairing.new):
        pairs = [(draft.pairing.to_old[j], j) for j in each if j in draft.pairing.to_old]
        pairs = [(i, j) for i, j in pairs if i in home]
        if not any(i in draft.moved for i, _ in pairs):
            continue
        for number in {home[i] for i, _ in pairs}:
            _one_list(draft, [(i, j) for i, j in pairs if home[i] == number], found)


def _one_list(draft: Draft, pairs: list[tuple[int, int]], found: Regrouping) -> None:
    """Name the stretch between the first displaced item and the last one, if nothing else is in."""
    olds = sorted(i for i, _ in pairs)
    displaced = [at for at, (i, _) in enumerate(pairs) if olds[at] != i]
    if not displaced:
        return
    first, last = displaced[0], displaced[-1]
    inside = pairs[first : last + 1]
    ends = (olds[first], olds[last] + 1), (inside[0][1], inside[-1][1] + 1)
    whole = len(inside) == ends[0][1] - ends[0][0] == ends[1][1] - ends[1][0]
    groups = draft.pairing.splits.keys() | {draft.pairing.to_old[j] for j in draft.pairing.merges}
    if whole and all(draft.same_words(i, j) and i not in groups for i, j in inside):
        found.add(ChangeKind.REORDERED, ends)
        draft.moved -= {i for i, _ in inside}


class _Breaks:
    """Whether a blank line stands behind a unit; looked at where it is asked for."""

    def __init__(self, side: Side) -> None:
        self._source, self._units = side.document.source, side.units

    def gap(self, at: int) -> bytes:
        """Return what stands between a unit and the next one."""
        return self._source[self._units[at].span.end : self._units[at + 1].span.start]

    def __getitem__(self, at: int) -> bool:
        return at + 1 >= len(self._units) or _BLANK_LINE.search(self.gap(at)) is not None


def _paragraphs(draft: Draft, found: Regrouping) -> None:
    """Find neighbours that stayed neighbours while the break between them came or went."""
    pairing = draft.pairing
    if not pairing.old.units or not pairing.new.units:
        return
    taken = {j for ends in found.ends.values() for j in range(*ends[1])}
    old_breaks, new_breaks = _Breaks(pairing.old), _Breaks(pairing.new)
    cuts, neighbours = [], 0
    for i, j in sorted(pairing.to_new.items()):
        if pairing.to_new.get(i + 1) != j + 1:
            continue
        neighbours += 1
        if (
            old_breaks.gap(i) != new_breaks.gap(j)
            and old_breaks[i] != new_breaks[j]
            and _is_free(draft, i, j, taken)
            and _is_free(draft, i + 1, j + 1, taken)
        ):
            cuts.append((i, j))
    if len(cuts) > max(_LAYOUT_BREAKS, _LAYOUT_SHARE * neighbours):
        return
    done = -1
    for i, j in cuts:
        if i < done:
            continue  # within the group of the cut above
        breaks = (old_breaks, new_breaks)
        ends, edited = _stretch(draft, (i, j), taken, breaks)
        kind = ChangeKind.SPLIT if new_breaks[j] else ChangeKind.MERGED
        found.add(kind, ends, edited=edited)
        done = ends[0][1]
        taken.update(range(*ends[1]))


def _is_free(draft: Draft, i: int, j: int, taken: set[int]) -> bool:
    """Tell whether a pair is a sentence in its place and no part of another group."""
    pairing = draft.pairing
    return (
        i not in draft.moved
        and j not in taken
        and i not in pairing.splits
        and j not in pairing.merges
        and pairing.old.units[i].kind is pairing.new.units[j].kind is UnitKind.SENTENCE
        and draft.same_number(i, j)
    )


def _stretch(
    draft: Draft, at: tuple[int, int], taken: set[int], breaks: tuple[_Breaks, _Breaks]
) -> tuple[Ends, bool]:
    """Return the paragraph around a break: the sentences that stayed word for word.

    A changed sentence beside the break is taken in, one further off is left to itself.
    """
    i, j = at
    joined = breaks[0] if breaks[1][j] else breaks[1]
    shift = 0 if joined is breaks[0] else j - i

    def goes_on(a: int, gap: int) -> bool:
        b = a + j - i
        return (
            not joined[gap + shift]
            and draft.pairing.to_new.get(a) == b
            and _is_free(draft, a, b, taken)
            and draft.same_words(a, b)
        )

    first, last = i, i + 1
    while first > 0 and draft.same_words(first, first + j - i) and goes_on(first - 1, first - 1):
        first -= 1
    while draft.same_words(last, last + j - i) and goes_on(last + 1, last):
        last += 1
    same = all(draft.same_words(a, a + j - i) for a in range(first, last + 1))
    return ((first, last + 1), (first + j - i, last + 1 + j - i)), not same
