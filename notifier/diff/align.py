"""Align two sequences of hashable keys: a longest common subsequence, at a bounded cost."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

Pair = tuple[int, int]

_LARGEST = 120_000_000
"""Cells of one box, a bit each while it is aligned: 15 MB."""


@dataclass(kw_only=True, slots=True)
class Steps:
    """How much may still be aligned in full; shared by all alignments of one comparison."""

    left: int = 3_000_000_000
    """Cells; some three seconds."""
    used: int = 0
    """Cells looked at so far: what the cost of an alignment is counted in."""

    def take(self, cells: int) -> bool:
        """Take so many cells, if they are there."""
        if cells > self.left:
            return False
        self.left -= cells
        self.used += cells
        return True


def align(
    old: Sequence[Hashable], new: Sequence[Hashable], *, steps: Steps | None = None
) -> list[Pair]:
    """Return ascending pairs of equal elements: a longest common subsequence.

    Common head and tail are taken first; the middle is aligned exactly while it is small enough,
    else elements that are unique on both sides divide it. Where nothing divides it, or the steps
    are used up, each element is paired with the next equal one: the time stays near linear on any
    input.
    """
    steps = steps or Steps()
    pairs: list[Pair] = []
    stack = [(0, len(old), 0, len(new))]
    while stack:
        a, b, c, d = stack.pop()
        while a < b and c < d and old[a] == new[c]:
            pairs.append((a, c))
            a, c = a + 1, c + 1
        while a < b and c < d and old[b - 1] == new[d - 1]:
            b, d = b - 1, d - 1
            pairs.append((b, d))
        if a < b and c < d:
            stack += _divide(old, new, (a, b, c, d), pairs, steps)
    pairs.sort()
    return pairs


Box = tuple[int, int, int, int]


def _divide(
    old: Sequence[Hashable],
    new: Sequence[Hashable],
    box: Box,
    pairs: list[Pair],
    steps: Steps,
) -> list[Box]:
    """Pair what can be paired in a box; return the smaller boxes that are left to look at."""
    a, b, c, d = box
    theirs = set(new[c:d])
    rows = [i for i in range(a, b) if old[i] in theirs]
    if not rows:
        return []
    mine = {old[i] for i in rows}
    columns = [j for j in range(c, d) if new[j] in mine]
    cells = len(rows) * len(columns)
    if cells <= _LARGEST and steps.take(cells):
        left, right = [old[i] for i in rows], [new[j] for j in columns]
        pairs += [(rows[x], columns[y]) for x, y in longest_common(left, right)]
        return []
    anchors = _unique_anchors(old[a:b], new[c:d])
    if anchors:
        return _boxes(box, [(a + x, c + y) for x, y in anchors], pairs)
    return _greedy(old[a:b], new[c:d], (a, c), pairs)


def longest_common(left: Sequence[Hashable], right: Sequence[Hashable]) -> list[Pair]:
    """Return ascending pairs of a longest common subsequence, in few runs.

    Bit-parallel (Hyyrö, "Bit-parallel LCS-length computation revisited", 2004): a row of the table
    is one integer whose zero bits are where the length grows.
    """
    masks: dict[Hashable, int] = {}
    bit = 1
    for key in right:
        masks[key] = masks.get(key, 0) | bit
        bit <<= 1
    full = bit - 1
    row, rows = full, [full]
    for key in left:
        meet = row & masks.get(key, 0)
        row = ((row + meet) | (row - meet)) & full
        rows.append(row)
    pairs: list[Pair] = []
    i, j = len(left), len(right)
    while i:
        j = (~rows[i] & ((1 << j) - 1)).bit_length()
        if not j:
            break
        spot = 1 << (j - 1)
        while i > 1 and not rows[i - 1] & spot:
            i -= 1
        i, j = i - 1, j - 1
        pairs.append((i, j))
    pairs.reverse()
    return _closed_up(pairs, left, right)


def _closed_up(
    pairs: list[Pair], left: Sequence[Hashable], right: Sequence[Hashable]
) -> list[Pair]:
    """Shift pairs that stand alone to the run behind them where the same words stand there."""
    for at in range(len(pairs) - 2, -1, -1):
        i, j = pairs[at]
        x, y = pairs[at + 1][0] - 1, pairs[at + 1][1] - 1
        if (x, y) == (i, j) or left[x] != right[y]:
            continue
        if not at or pairs[at - 1] != (i - 1, j - 1):
            pairs[at] = (x, y)
    return pairs


def _boxes(box: Box, anchors: list[Pair], pairs: list[Pair]) -> list[Box]:
    a, b, c, d = box
    boxes = []
    for x, y in anchors:
        pairs.append((x, y))
        boxes.append((a, x, c, y))
        a, c = x + 1, y + 1
    boxes.append((a, b, c, d))
    return boxes


def _unique_anchors(left: Sequence[Hashable], right: Sequence[Hashable]) -> list[Pair]:
    mine, counts = Counter(left), Counter(right)
    place = {key: index for index, key in enumerate(right) if counts[key] == 1}
    found = [
        (index, place[key]) for index, key in enumerate(left) if mine[key] == 1 and key in place
    ]
    return [found[index] for index in increasing([second for _, second in found])]


def _greedy(
    left: Sequence[Hashable], right: Sequence[Hashable], origin: Pair, pairs: list[Pair]
) -> list[Box]:
    """Pair each element with the next equal one: linear, good enough for a few repeated keys."""
    places: dict[Hashable, list[int]] = {}
    for index, key in enumerate(right):
        places.setdefault(key, []).append(index)
    at = 0
    for index, key in enumerate(left):
        options = places.get(key, [])
        spot = bisect_left(options, at)
        if spot < len(options):
            pairs.append((origin[0] + index, origin[1] + options[spot]))
            at = options[spot] + 1
    return []


def increasing(values: Sequence[int]) -> list[int]:
    """Return the indices of a longest strictly increasing subsequence."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for index, value in enumerate(values):
        at = bisect_left(tails, value)
        before.append(ends[at - 1] if at else -1)
        if at == len(tails):
            tails.append(value)
            ends.append(index)
        else:
            tails[at], ends[at] = value, index
    return _walk_back(before, ends[-1] if ends else -1)


def heaviest_increasing(values: Sequence[int], weights: Sequence[int]) -> list[int]:
    """Return the indices of the strictly increasing subsequence of the greatest total weight.

    ``values`` are distinct. A Fenwick tree of prefix maxima: n log n.
    """
    rank = {value: index + 1 for index, value in enumerate(sorted(values))}
    size = len(values)
    best: list[tuple[int, int]] = [(0, -1)] * (size + 1)
    before: list[int] = []
    top = (0, -1)
    for index, value in enumerate(values):
        total, previous = 0, -1
        at = rank[value] - 1
        while at > 0:
            if best[at][0] > total:
                total, previous = best[at]
            at -= at & -at
        before.append(previous)
        total += weights[index]
        at = rank[value]
        while at <= size:
            if best[at][0] < total:
                best[at] = (total, index)
            at += at & -at
        if total > top[0]:
            top = (total, index)
    return _walk_back(before, top[1])


def _walk_back(before: list[int], at: int) -> list[int]:
    found = []
    while at >= 0:
        found.append(at)
        at = before[at]
    return found[::-1]
