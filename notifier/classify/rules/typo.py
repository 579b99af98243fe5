"""Slips of the pen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.distance import distance
from notifier.classify.proof import by_hunk
from notifier.classify.rule import RuleKind
from notifier.classify.words import GUARDED, MODALS, NEGATIONS, NUMBER_WORDS, UNITS

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.classify.reading import Hunk
    from notifier.classify.text import Token
    from notifier.diff.model import Change

_NEVER = NEGATIONS | MODALS | UNITS | frozenset(NUMBER_WORDS)
_SHORTEST = 4
_LONG = 7
_LONG_FIRST = 6
_SWAPPED = 3
_UNMISTAKABLE = 7
_PREFIXES = ("un", "non", "re", "de", "dis", "in", "im", "ir", "mis", "pre", "sub", "anti")


class Typo:
    """One word of the two is no word at all, and one slip turns it into the other.

    True: "adress" → "address". Near miss: "carrier" → "courier" and whatever else are two words of
    English, and any name.
    """

    name = "typo"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:
        """Return a proof over every mended or made slip, or nothing."""

        def accounts(hunk: Hunk) -> bool:
            if len(hunk.old) != 1 or len(hunk.new) != 1:
                return False
            old, new = hunk.old[0], hunk.new[0]
            return self._slip(old, new, context) or self._slip(new, old, context)

        return by_hunk(self.name, "A spelling slip; the word is the same.", change, accounts)

    def _slip(self, wrong: Token, right: Token, context: Context) -> bool:
        if {wrong.kind, right.kind} != {"word"} or not (wrong.key + right.key).isalpha():
            return False
        headless = wrong.key == right.key[1:]
        if (wrong.key[0] != right.key[0] and not headless) or not _long_enough(wrong, right):
            return False
        if wrong.is_name or right.is_name or wrong.key in GUARDED:
            return False
        if _is_word(wrong.key, context) or not context.lexicon.is_word(right.key):
            return False
        steps = distance(wrong.key, right.key, limit=2)
        if right.key in _NEVER:
            # "wihtout" is no word and can only mean "without"; "nto" might be many things.
            return steps == 1 and min(len(wrong.key), len(right.key)) >= _UNMISTAKABLE
        return steps == 1 or (steps == 2 and min(len(wrong.key), len(right.key)) >= _LONG)  # noqa: PLR2004 - two slips


def _long_enough(wrong: Token, right: Token) -> bool:
    shortest = min(len(wrong.key), len(right.key))
    if wrong.text[:1].isupper() or right.text[:1].isupper():
        # At the start of a sentence a short capitalised word may be a name.
        return shortest >= _LONG_FIRST
    swapped = shortest == _SWAPPED and sorted(wrong.key) == sorted(right.key)
    return shortest >= _SHORTEST or swapped


def _is_word(key: str, context: Context) -> bool:
    if context.lexicon.is_word(key):
        return True
    # A form that both documents use, or one uses again and again, is a term and no slip.
    old, new = context.old.vocabulary.get(key, 0), context.new.vocabulary.get(key, 0)
    if (old and new) or max(old, new) > 2:  # noqa: PLR2004 - the same slip twice still happens
        return True
    return any(
        key.startswith(prefix) and context.lexicon.is_word(key.removeprefix(prefix))
        for prefix in _PREFIXES
    )


rule = Typo()
