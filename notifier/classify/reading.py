"""Two sides of one change, read together: tokens, and the hunks in which they differ."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import TYPE_CHECKING

from notifier.classify.once import once
from notifier.classify.text import Token, plain, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notifier.diff.model import Change
    from notifier.policy.model import Unit

Keys = tuple[str, ...]
_MATCH_BUDGET = 60_000
"""Pairs of equal words that difflib may look at; beyond, the whole middle is one hunk."""
_WINDOW = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Hunk:
    """One run of words that differ, with up to three equal words on either side."""

    index: int
    old: tuple[Token, ...]
    new: tuple[Token, ...]
    before: tuple[Token, ...]
    after: tuple[Token, ...]
    old_keys: tuple[str, ...]
    """The folded old words."""
    new_keys: tuple[str, ...]
    old_window: tuple[str, ...]
    """The folded old words with their equal neighbours."""
    new_window: tuple[str, ...]
    old_place: range
    """Where among the words of the old side the old words stand."""
    new_place: range

    def windows(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the folded words of both sides with their equal neighbours."""
        return self.old_window, self.new_window


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """A change as the rules see it."""

    old_text: str
    new_text: str
    old: tuple[Token, ...]
    new: tuple[Token, ...]
    old_keys: tuple[str, ...]
    """The folded words of the old side."""
    new_keys: tuple[str, ...]
    hunks: tuple[Hunk, ...]
    deleted: tuple[Token, ...]
    """The words that only the old side has."""
    inserted: tuple[Token, ...]
    """The words that only the new side has."""
    old_words: frozenset[str]
    """The folded words of the old side, without order."""
    new_words: frozenset[str]
    words: frozenset[str]
    """The folded words of both sides."""

    @property
    def two_sided(self) -> bool:
        """Return whether both an old and a new text stand there."""
        return bool(self.old) and bool(self.new)


def side(units: tuple[Unit, ...], raw: str) -> str:
    """Return what a reader sees of one side of a change."""
    if units:
        return " ".join(_words(unit) for unit in units if unit.text)
    return plain(raw)


def _words(unit: Unit) -> str:
    """Return a unit's text, with a number in front that may be a quantity: "1.5 years later"."""
    quantity = unit.text[:1].islower() and any(char.isdigit() for char in unit.marker)
    return f"{unit.marker} {unit.text}" if quantity else unit.text


@once
def read(change: Change) -> Reading:
    """Return the change's two sides, aligned word by word; bounded whatever the text."""
    return read_pair(side(change.old_units, change.old), side(change.new_units, change.new))


@lru_cache(maxsize=512)
def read_pair(old_text: str, new_text: str) -> Reading:
    """Return two texts aligned word by word."""
    old, new = tokens(old_text), tokens(new_text)
    old_keys, new_keys = tuple(t.key for t in old), tuple(t.key for t in new)
    hunks = tuple(_hunks(old, new, old_keys, new_keys))
    old_words, new_words = frozenset(old_keys), frozenset(new_keys)
    return Reading(
        old_text=old_text,
        new_text=new_text,
        old=old,
        new=new,
        old_keys=old_keys,
        new_keys=new_keys,
        hunks=hunks,
        deleted=tuple(token for hunk in hunks for token in hunk.old),
        inserted=tuple(token for hunk in hunks for token in hunk.new),
        old_words=old_words,
        new_words=new_words,
        words=old_words | new_words,
    )


def _hunks(
    old: tuple[Token, ...], new: tuple[Token, ...], old_keys: Keys, new_keys: Keys
) -> Iterator[Hunk]:
    blocks = _differences(old_keys, new_keys)
    for number, (i, j, k, m) in enumerate(blocks):
        floor = blocks[number - 1][1] if number else 0
        ceiling = blocks[number + 1][0] if number + 1 < len(blocks) else len(old)
        start, end = max(floor, i - _WINDOW), min(ceiling, j + _WINDOW)
        before, after = old_keys[start:i], old_keys[j:end]
        yield Hunk(
            index=number,
            old=old[i:j],
            new=new[k:m],
            before=old[start:i],
            after=old[j:end],
            old_keys=old_keys[i:j],
            new_keys=new_keys[k:m],
            old_window=old_keys[start:end],
            new_window=before + new_keys[k:m] + after,
            old_place=range(i, j),
            new_place=range(k, m),
        )


def _differences(old: Keys, new: Keys) -> list[tuple[int, int, int, int]]:
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    middle_old, middle_new = old[head : len(old) - tail], new[head : len(new) - tail]
    if not middle_old and not middle_new:
        return []
    counts = Counter(middle_new)
    whole = (head, len(old) - tail, head, len(new) - tail)
    if not middle_old or not middle_new:
        return [whole]
    if sum(counts[key] for key in middle_old) > _MATCH_BUDGET:
        return [whole]
    matcher = SequenceMatcher(None, middle_old, middle_new, autojunk=False)
    return [
        (head + i, head + j, head + k, head + m)
        for op, i, j, k, m in matcher.get_opcodes()
        if op != "equal"
    ]
