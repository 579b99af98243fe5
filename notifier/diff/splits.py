"""One sentence became several, or several became one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.diff.words import bare_words
from notifier.policy.model import UnitKind

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Sequence

    from notifier.diff.sides import Side

_CONTAINED = 0.8
"""Share of a piece's words that must come from what the whole has left over."""
_COVERED = 0.85
"""Share of the whole's words that all its pieces together must cover."""
_FEWEST = 3
"""Words of a piece; less says too little about where it came from."""
_MOST = 6
"""Pieces looked for on either side."""


def grow(whole: Counter[str], side: Side, seed: int, is_free: Callable[[int], bool]) -> range:
    """Return the neighbours of ``seed`` that, with it, hold the words of ``whole``.

    Only free neighbours whose words are what the whole has left over are taken; where all pieces
    together do not cover it, the seed stands alone.
    """
    left = whole - side.bag(seed)
    first, last = seed, seed
    for step in (1, -1):
        at = seed + step
        while 0 <= at < len(side.units) and abs(at - seed) <= _MOST and is_free(at):
            words = side.bag(at)
            if side.units[at].kind is UnitKind.HEADING or words.total() < _FEWEST:
                break
            if (left & words).total() < _CONTAINED * words.total():
                break
            left -= words
            first, last = min(first, at), max(last, at)
            at += step
    if left.total() > (1 - _COVERED) * whole.total():
        return range(seed, seed + 1)
    return range(first, last + 1)


def same_words(left: Sequence[str], right: Sequence[str]) -> bool:
    """Tell whether two groups of texts say the same words in the same order, marks aside."""
    return bare_words(" ".join(left)) == bare_words(" ".join(right))
