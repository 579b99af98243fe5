"""Sentences that only point at a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.pointing import PAGES, only_points
from notifier.classify.proof import LINKS, proof, required, whole
from notifier.classify.reading import read
from notifier.classify.rule import RuleKind
from notifier.classify.words import is_guarded

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.classify.text import Token
    from notifier.diff.model import Change


class MerePointer:
    """The sentence sends the reader to a page, and every word of it does only that.

    True: "For more information, see our Help Center." was added. Near miss: "To opt out, visit our
    Help Center."; "See our partners page"; "For more information on how we share your data, see
    our Cookie Policy."; another country or number on one of two sides.
    """

    name = "mere-pointer"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:
        """Return a proof over the whole change, or nothing."""
        reading = read(change)
        sides = [side for side in (reading.old, reading.new) if side]
        if not sides or not all(only_points(side, context.lexicon) for side in sides):
            return None
        if reading.two_sided and any(
            _weighs(token, context) for token in reading.deleted + reading.inserted
        ):
            return None
        says = "It only says where to read on."
        if not reading.two_sided:
            return whole(self.name, says, change)
        # Where a page is another one, its link must be accounted for by itself.
        return proof(self.name, says, change, tuple(sorted(required(change) - {LINKS})))


def _weighs(token: Token, context: Context) -> bool:
    """Return whether a word says more than where and how to look: which page, whose, how much."""
    place = any(hit.ground == "transfer" for hit in context.lexicon.hits((token.key,)))
    guarded = is_guarded(token.key) and token.key not in _MORE
    return place or guarded or token.key in PAGES or token.kind == "url" or token.is_name


_MORE = frozenset({"more", "further", "additional"})


rule = MerePointer()
