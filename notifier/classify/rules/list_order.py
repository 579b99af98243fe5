"""The order of a list inside a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.model import Ground
from notifier.classify.proof import whole
from notifier.classify.reading import read
from notifier.classify.rule import RuleKind
from notifier.classify.words import NEGATIONS, bag

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.lexicon import Lexicon
    from notifier.classify.model import Finding
    from notifier.classify.reading import Reading
    from notifier.classify.text import Token
    from notifier.diff.model import Change

_OPENERS = bag(
    "your our the collect collects collecting store stores include includes including as of use "
    "uses process and receive via about like contains contain keep see"
)
"""Words before a list that say nothing of its first item alone."""
_ARTICLES = bag("your our the a an")
_CLOSERS = bag(
    "for to with when if in on at from by that which who is are may will can so as because before "
    "after while"
)
"""Words behind a list, with which something else begins."""
_ORDERED = bag("respectively order first then failing afterwards finally sequence unlike each")
_KINDS = frozenset({Ground.DATA, Ground.TRACKING})
"""Grounds whose phrases are kinds of data, and nobody who does anything."""
_LONGEST_TEXT = 2_000


class ListOrder:
    """The same kinds of data in one list, in another order.

    True: "name, e-mail address and phone number" → "phone number, name and e-mail address". Near
    miss: "your name with processors and your health data with nobody", whose parts belong together;
    "encrypted name and address", of which one word tells both; anything with "respectively".
    """

    name = "list-order"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:
        """Return a proof over the whole change, or nothing."""
        reading = read(change)
        old, new = reading.old, reading.new
        if not reading.two_sided or len(old) != len(new) or not reading.hunks:
            return None
        words = [token.key for token in old]
        if sorted(words) != sorted(t.key for t in new) or set(words) & (NEGATIONS | _ORDERED):
            return None
        if max(len(reading.old_text), len(reading.new_text)) > _LONGEST_TEXT:
            return None
        same = _same_list(reading, context.lexicon)
        return whole(self.name, "The same items in another order.", change) if same else None


def _same_list(reading: Reading, lexicon: Lexicon) -> bool:
    """Return whether what differs is one list, of the same items with the same conjunctions."""
    lists = [
        _items(_around(side, other), text)
        for side, other, text in (
            (reading.old, reading.new, reading.old_text),
            (reading.new, reading.old, reading.new_text),
        )
    ]
    items = lists[0][0]
    return len(items) > 1 and lists[0] == lists[1] and all(_is_kind(i, lexicon) for i in items)


def _around(side: tuple[Token, ...], other: tuple[Token, ...]) -> tuple[Token, ...]:
    """Return the words that differ, out to where the list that holds them begins and ends."""
    differ = [place for place, (a, b) in enumerate(zip(side, other, strict=True)) if a.key != b.key]
    start, end = differ[0], differ[-1] + 1
    while start and side[start - 1].key not in _OPENERS:
        start -= 1
    while end < len(side) and side[end].key not in _CLOSERS:
        end += 1
    return side[start:end]


def _items(
    run: tuple[Token, ...], text: str
) -> tuple[tuple[tuple[str, ...], ...], tuple[str, ...]]:
    """Return the items of a list, sorted, and its conjunctions; nothing across a stop."""
    items: list[tuple[str, ...]] = []
    words: list[str] = []
    joins: list[str] = []
    for place, token in enumerate(run):
        gap = text[run[place - 1].end : token.start] if place else ""
        if any(mark in gap for mark in ".;:()!?"):
            return (), ()
        if token.key in {"and", "or"} or "," in gap:
            items += [tuple(words)] if words else []
            words = []
        if token.key in {"and", "or"}:
            joins.append(token.key)
        else:
            words.append(token.key)
    items += [tuple(words)] if words else []
    return tuple(sorted(items)), tuple(joins)


def _is_kind(item: tuple[str, ...], lexicon: Lexicon) -> bool:
    """Return whether an item is one phrase for a kind of data, from its first word to its last."""
    bare = item[1:] if item[:1] and item[0] in _ARTICLES else item
    return any(
        hit.ground in _KINDS and (hit.start, hit.end) == (0, len(bare))
        for hit in lexicon.hits(bare)
    )


rule = ListOrder()
