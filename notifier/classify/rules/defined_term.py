"""Exchanges of a term that the document defines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.folds import exchanged, stands_in
from notifier.classify.model import Finding
from notifier.classify.proof import quote
from notifier.classify.reading import read
from notifier.classify.rule import RuleKind

if TYPE_CHECKING:
    from notifier.classify.context import Context, Side
    from notifier.classify.reading import Hunk
    from notifier.classify.text import Token
    from notifier.diff.model import Change

Words = tuple[str, ...]
_LONGEST = 80
"""Differing words in one run; no more can be an exchange."""


class DefinedTerm:
    """A defined term gave way to words that mean the same elsewhere, and is not defined the same.

    True: "Personal Data" → "Personal Information" where the text says that Personal Data identifies
    you, and that Personal Information may identify you. Near miss: the same where the two
    definitions say the same, or where the text defines neither.
    """

    name = "defined-term"
    kind = RuleKind.VETO

    def check(self, change: Change, context: Context) -> Finding | None:
        """Return a finding where an exchange touches a term that means something else now."""
        reading = read(change)
        if not (reading.two_sided and (context.old.definitions or context.new.definitions)):
            return None
        if not any(_redefines(hunk, context) for hunk in reading.hunks):
            return None
        return Finding(
            rule=self.name,
            says="The text defines one of these words, and does not define the other the same.",
            old=quote(reading.old_text),
            new=quote(reading.new_text),
        )


def _redefines(hunk: Hunk, context: Context) -> bool:
    if len(hunk.old) + len(hunk.new) > _LONGEST:
        return False
    old = _touched(hunk, hunk.old, context.old)
    new = _touched(hunk, hunk.new, context.new)
    return old != new and _exchanges(hunk, context)


def _exchanges(hunk: Hunk, context: Context) -> bool:
    """Return whether the words may be exchanged wherever no definition says otherwise."""
    old, new = hunk.windows()
    return any(
        exchanged(old, entry) == exchanged(new, entry)
        for entry in context.lexicon.equivalences
        if stands_in(entry, old) or stands_in(entry, new)
    )


def _touched(hunk: Hunk, run: tuple[Token, ...], side: Side) -> set[frozenset[Words]]:
    """Return what the text says of each defined term in which a differing word stands."""
    words = tuple(token.key for token in hunk.before + run + hunk.after)
    first, last = len(hunk.before), len(hunk.before) + len(run)
    return {
        frozenset(_without(passage, term) for passage in passages)
        for term, passages in side.definitions.items()
        for place in range(len(words) - len(term) + 1)
        if words[place : place + len(term)] == term and place < last and place + len(term) > first
    }


def _without(passage: Words, term: Words) -> Words:
    """Return the words of a definition with a mark for its term."""
    kept: list[str] = []
    place = 0
    while place < len(passage):
        here = passage[place : place + len(term)] == term
        kept.append("=" if here else passage[place])
        place += len(term) if here else 1
    return tuple(kept)


rule = DefinedTerm()
