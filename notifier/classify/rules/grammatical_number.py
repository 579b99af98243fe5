"""Singular and plural."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.inflect import inflections
from notifier.classify.proof import by_hunk
from notifier.classify.rule import RuleKind
from notifier.classify.words import bag, is_guarded

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.classify.reading import Hunk
    from notifier.diff.model import Change

_SAME = bag(
    "site website webpage page app application platform cookie beacon pixel link form setting "
    "newsletter notification question comment inquiry enquiry faq browser device address number "
    "identifier preference section article example"
)
"""Things of which one and many are the same promise: "on our site", "your phone number". Not
people, nor what is read, uploaded, kept or paid: "your friend", "the photo", "custom"."""


class GrammaticalNumber:
    """Singular and plural of a word of which one and many are the same promise.

    True: "on our site" → "on our sites". Near miss: "with our partner" → "with our partners", "your
    doctor" → "your doctors", "customs" → "custom".
    """

    name = "singular-plural"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:  # noqa: ARG002 - every rule has it
        """Return a proof over every such word, or nothing."""

        def accounts(hunk: Hunk) -> bool:
            if len(hunk.old) != 1 or len(hunk.new) != 1:
                return False
            old, new = hunk.old[0], hunk.new[0]
            if old.is_name or new.is_name or is_guarded(old.key) or is_guarded(new.key):
                return False
            short, long = sorted((old.key, new.key), key=len)
            return short in _SAME and long != short and long in inflections(short, verb=False)

        return by_hunk(self.name, "Singular and plural of the same word.", change, accounts)


rule = GrammaticalNumber()
