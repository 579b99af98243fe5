"""Align two sequences of hashable keys: difflib where it is cheap, anchors where it is not."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

Pair = tuple[int, int]

_SMALL = 20_000
"""Equal element pairs that difflib may look at in one box; it is cubic where keys repeat."""


@dataclass(kw_only=True, slots=True)
class Steps:
    """How much difflib may still do; shared by all alignments of one comparison."""

    left: int = 20_000_000
    """Element pairs looked at; some four seconds."""


def align(
    old: Sequence[Hashable], new: Sequence[Hashable], *, steps: Steps | None = None
) -> list[Pair]:
    """Return ascending pairs of equal elements: a long common subsequence.

    Common head and tail are taken first, then difflib (``autojunk=False``) where the elements
    repeat little enough, else elements that are unique on both sides divide the rest. Where nothing
    divides it, or the steps are used up, each element is paired with the next equal one: the time
    stays near linear on any input.
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
    return sorted(pairs)


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
    left, right = old[a:b], new[c:d]
    counts = Counter(right)
    looks = sum(counts[key] for key in left)
    if not looks:
        return []
    if looks <= _SMALL and steps.left > 0:
        blocks = SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks()
        steps.left -= 2 * (looks + len(left)) * len(blocks)
        pairs += [
            (a + block.a + step, c + block.b + step)
            for block in blocks
            for step in range(block.size)
        ]
        return []
    anchors = _unique_anchors(left, right, counts)
    if anchors:
        return _boxes(box, [(a + x, c + y) for x, y in anchors], pairs)
    return _greedy(left, right, (a, c), pairs)


def _boxes(box: Box, anchors: list[Pair], pairs: list[Pair]) -> list[Box]:
    a, b, c, d = box
    boxes = []
    for x, y in anchors:
        pairs.append((x, y))
        boxes.append((a, x, c, y))
        a, c = x + 1, y + 1
    boxes.append((a, b, c, d))
    return boxes


def _unique_anchors(
    left: Sequence[Hashable], right: Sequence[Hashable], counts: Counter[Hashable]
) -> list[Pair]:
    mine = Counter(left)
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
