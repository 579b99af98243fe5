"""Singular and plural."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.inflect import inflections
from notifier.classify.model import Ground
from notifier.classify.proof import by_hunk
from notifier.classify.rule import RuleKind
from notifier.classify.words import is_guarded

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.classify.reading import Hunk
    from notifier.diff.model import Change

_SHORTEST = 4
_COUNTLESS = frozenset({Ground.DATA, Ground.TRACKING})
"""Grounds on which one and many are the same promise: "phone number", "cookies"."""


class GrammaticalNumber:
    """Singular and plural of one word that names no ground, or only a kind of data or of cookie.

    True: "on our site" → "on our sites". Near miss: "with our partner" → "with our partners".
    """

    name = "singular-plural"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:
        """Return a proof over every such word, or nothing."""

        def accounts(hunk: Hunk) -> bool:
            if len(hunk.old) != 1 or len(hunk.new) != 1:
                return False
            old, new = hunk.old[0], hunk.new[0]
            if old.is_name or new.is_name or is_guarded(old.key) or is_guarded(new.key):
                return False
            short, long = sorted((old.key, new.key), key=len)
            if len(short) < _SHORTEST or short not in context.lexicon.known:
                return False
            plural = long != short and long in inflections(short, verb=False)
            named = {hit.ground for key in (short, long) for hit in context.lexicon.hits((key,))}
            return plural and named <= _COUNTLESS

        return by_hunk(self.name, "Singular and plural of the same word.", change, accounts)


rule = GrammaticalNumber()
