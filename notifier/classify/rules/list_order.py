"""The order of a list inside a sentence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from notifier.classify.proof import whole
from notifier.classify.reading import read
from notifier.classify.rule import RuleKind
from notifier.classify.text import fold, keys
from notifier.classify.words import NEGATIONS, bag

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.classify.reading import Reading
    from notifier.classify.text import Token
    from notifier.diff.model import Change

_SPLIT = re.compile(r"\s{0,4}(?:,\s{0,4}(?:and|or)\s{1,4}|,|;|\s(?:and|or)\s)\s{0,4}")
_CONJUNCTION = re.compile(r"\b(and|or)\b")
_BINDING = bag(
    "with for to by from in on under if unless except only not no who which that when where "
    "as than through without at into their its his her is are will may can must"
)
_OPENERS = bag(
    "your our the collect collects share shares with to include includes including as of "
    "from for by sell use uses process and receive via about : trade rent not store stores "
    "disclose"
)
_PARTICLES = bag("in on up out of for at")
_STATES = bag(
    "aggregate aggregated anonymous anonymised anonymized encrypted hashed pseudonymised "
    "pseudonymized deidentified identified limited certain precise approximate public sensitive "
    "all any some only non your our the"
)
"""Words before a list that may or may not hold for each of its items."""
_LONGEST_ITEM = 5
_LONGEST_TEXT = 2_000


class ListOrder:
    """The same plain items of one list, in another order.

    True: "name, e-mail address and phone number" → "phone number, name and e-mail address". Near
    miss: "your name with processors and your health data with nobody", whose parts belong together.
    """

    name = "list-order"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:  # noqa: ARG002 - every rule has it
        """Return a proof over the whole change, or nothing."""
        reading = read(change)
        old, new = reading.old, reading.new
        if not reading.two_sided or len(old) != len(new) or not reading.hunks:
            return None
        if sorted(t.key for t in old) != sorted(t.key for t in new):
            return None
        if max(len(reading.old_text), len(reading.new_text)) > _LONGEST_TEXT:
            return None
        same = _same_list(reading.old_text, reading.new_text) or _same_run(reading)
        return whole(self.name, "The same items in another order.", change) if same else None


def _same_run(reading: Reading) -> bool:
    """Return whether one list inside the sentence differs in its order alone."""
    first, last = reading.hunks[0], reading.hunks[-1]
    if not all((first.before, first.old or last.old, first.new or last.new)):
        return False
    runs = []
    for side, text in ((reading.old, reading.old_text), (reading.new, reading.new_text)):
        ours = [
            token
            for hunk in reading.hunks
            for token in (hunk.old if side is reading.old else hunk.new)
        ]
        if not ours:
            return False
        runs.append((side.index(ours[0]), side.index(ours[-1]) + 1, side, text))
    start = min(run[0] for run in runs)
    tail = min(len(side) - end for _, end, side, _ in runs)
    lists = [_items(side[start : len(side) - tail], text) for _, _, side, text in runs]
    return bool(lists[0]) and lists[0] == lists[1] and len(lists[0][0]) > 1


def _items(
    run: tuple[Token, ...], text: str
) -> tuple[tuple[tuple[str, ...], ...], tuple[str, ...]]:
    """Return the items of a list, sorted, and its conjunctions; nothing if one is not plain."""
    items: list[tuple[str, ...]] = []
    words: list[str] = []
    joins: list[str] = []
    for place, token in enumerate(run):
        if place and "," in text[run[place - 1].end : token.start] and words:
            items.append(tuple(words))
            words = []
        if token.key in {"and", "or"}:
            joins.append(token.key)
            items += [tuple(words)] if words else []
            words = []
        else:
            words.append(token.key)
    items += [tuple(words)] if words else []
    starts = {item[0] == "to" for item in items}
    bare = [item[1:] if starts == {True} else item for item in items]
    if len(starts) != 1 or not all(_plain_run(item, infinitive=starts == {True}) for item in bare):
        return (), ()
    return tuple(sorted(bare)), tuple(joins)


def _plain_run(item: tuple[str, ...], *, infinitive: bool) -> bool:
    binding = _BINDING - _PARTICLES if infinitive else _BINDING
    return 0 < len(item) <= _LONGEST_ITEM and not (binding | NEGATIONS | _STATES) & set(item)


def _same_list(old: str, new: str) -> bool:
    old_parts, new_parts = _SPLIT.split(old.strip(" .")), _SPLIT.split(new.strip(" ."))
    if len(old_parts) != len(new_parts) or len(old_parts) < 2:  # noqa: PLR2004 - a list has two items
        return False
    opener = _common_opener(old_parts[0], new_parts[0])
    if opener is None:
        return False
    old_items = [fold(part) for part in old_parts]
    new_items = [fold(part) for part in new_parts]
    old_items[0] = " ".join(keys(old_items[0])[opener:])
    new_items[0] = " ".join(keys(new_items[0])[opener:])
    if sorted(_CONJUNCTION.findall(old.casefold())) != sorted(_CONJUNCTION.findall(new.casefold())):
        return False
    return sorted(old_items) == sorted(new_items) and all(map(_plain_item, old_items))


def _common_opener(old: str, new: str) -> int | None:
    old_keys, new_keys = keys(old), keys(new)
    count = 0
    while count < min(len(old_keys), len(new_keys)) and old_keys[count] == new_keys[count]:
        count += 1
    if count and old_keys[count - 1] not in _OPENERS:
        return None
    return count


def _plain_item(item: str) -> bool:
    words = item.split()
    return 0 < len(words) <= _LONGEST_ITEM and not (_BINDING | NEGATIONS) & set(words)


rule = ListOrder()
