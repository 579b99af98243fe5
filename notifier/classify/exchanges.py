"""Every entry of the short list of words that may be exchanged, found by the words of a text."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifier.classify.entries import ANY_NUMBER
from notifier.classify.folds import DURATIONS, exchanged, is_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from notifier.classify.entries import Equivalence
    from notifier.classify.folds import Keys


@dataclass(frozen=True, kw_only=True, slots=True)
class Exchanges:
    """The entries in their order, with two indexes; a text is held against few of them."""

    entries: tuple[Equivalence, ...]
    openers: Mapping[str, tuple[int, ...]]
    """By the first word of a form: the places of the entries that have it."""
    words: frozenset[str]
    """Every word of every form."""

    def among(self, words: AbstractSet[str]) -> tuple[Equivalence, ...]:
        """Return the entries of which a form may stand among the words, in their order."""
        found = {place for word in words for place in self.openers.get(word, ())}
        if any(map(is_number, words)):
            found.update(self.openers.get(ANY_NUMBER, ()))
        entries = (self.entries[place] for place in sorted(found))
        return tuple(entry for entry in entries if any(needed <= words for needed in entry.needed))

    def may_explain(self, words: Iterable[str]) -> bool:
        """Return whether exchanges and figures may account for words that only one text has.

        A word of no form that is neither a number nor a unit of time stays where it stands,
        whatever is exchanged; so two texts of which one lacks it never become the same.
        """
        return all(word in self.words or word in DURATIONS or is_number(word) for word in words)

    def reads_alike(self, old: Keys, new: Keys) -> bool:
        """Return whether one exchange, or several one after another, makes two runs the same."""
        relevant = self.among({*old, *new})
        if any(exchanged(old, entry) == exchanged(new, entry) for entry in relevant):
            return True
        for entry in relevant:
            old, new = exchanged(old, entry), exchanged(new, entry)
            if old == new:
                return True
        return False


def exchanges_of(entries: tuple[Equivalence, ...]) -> Exchanges:
    """Return the entries with their indexes."""
    openers: dict[str, list[int]] = defaultdict(list)
    for place, entry in enumerate(entries):
        for word in entry.openers:
            openers[word].append(place)
    return Exchanges(
        entries=entries,
        openers={word: tuple(places) for word, places in openers.items()},
        words=frozenset(word for entry in entries for form in entry.forms for word in form),
    )
