"""Two sides of one change, read together: tokens, and the hunks in which they differ."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import TYPE_CHECKING

from notifier.classify.text import Token, plain, tokens

if TYPE_CHECKING:
    from notifier.diff.model import Change
    from notifier.policy.model import Unit

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

    @property
    def old_keys(self) -> tuple[str, ...]:
        """Return the folded old words."""
        return tuple(token.key for token in self.old)

    @property
    def new_keys(self) -> tuple[str, ...]:
        """Return the folded new words."""
        return tuple(token.key for token in self.new)

    def windows(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the folded words of both sides with their equal neighbours."""
        before = tuple(token.key for token in self.before)
        after = tuple(token.key for token in self.after)
        return before + self.old_keys + after, before + self.new_keys + after


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """A change as the rules see it."""

    old_text: str
    new_text: str
    old: tuple[Token, ...]
    new: tuple[Token, ...]
    hunks: tuple[Hunk, ...]

    @property
    def two_sided(self) -> bool:
        """Return whether both an old and a new text stand there."""
        return bool(self.old) and bool(self.new)

    @property
    def deleted(self) -> tuple[Token, ...]:
        """Return the words that only the old side has."""
        return tuple(token for hunk in self.hunks for token in hunk.old)

    @property
    def inserted(self) -> tuple[Token, ...]:
        """Return the words that only the new side has."""
        return tuple(token for hunk in self.hunks for token in hunk.new)


def side(units: tuple[Unit, ...], raw: str) -> str:
    """Return what a reader sees of one side of a change."""
    if units:
        return " ".join(_words(unit) for unit in units if unit.text)
    return plain(raw)


def _words(unit: Unit) -> str:
    """Return a unit's text, with a number in front that may be a quantity: "1.5 years later"."""
    quantity = unit.text[:1].islower() and any(char.isdigit() for char in unit.marker)
    return f"{unit.marker} {unit.text}" if quantity else unit.text


def read(change: Change) -> Reading:
    """Return the change's two sides, aligned word by word; bounded whatever the text."""
    last = _READ.get("last")
    if last is not None and last[0] is change:
        return last[1]
    found = read_pair(side(change.old_units, change.old), side(change.new_units, change.new))
    _READ["last"] = (change, found)
    return found


_READ: dict[str, tuple[Change, Reading]] = {}
"""The change that was read last: every rule asks for it in turn. Taken and set in one step each, so
that threads at worst read a change twice."""


@lru_cache(maxsize=512)
def read_pair(old_text: str, new_text: str) -> Reading:
    """Return two texts aligned word by word."""
    old, new = tokens(old_text), tokens(new_text)
    return Reading(old_text=old_text, new_text=new_text, old=old, new=new, hunks=_hunks(old, new))


def _hunks(old: tuple[Token, ...], new: tuple[Token, ...]) -> tuple[Hunk, ...]:
    old_keys = [token.key for token in old]
    new_keys = [token.key for token in new]
    blocks = _differences(old_keys, new_keys)
    found = []
    for number, (i, j, k, m) in enumerate(blocks):
        floor = blocks[number - 1][1] if number else 0
        ceiling = blocks[number + 1][0] if number + 1 < len(blocks) else len(old)
        found.append(
            Hunk(
                index=number,
                old=old[i:j],
                new=new[k:m],
                before=old[max(floor, i - _WINDOW) : i],
                after=old[j : min(ceiling, j + _WINDOW)],
            )
        )
    return tuple(found)


def _differences(old: list[str], new: list[str]) -> list[tuple[int, int, int, int]]:
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
