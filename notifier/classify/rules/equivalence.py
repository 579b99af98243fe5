"""Words that may be exchanged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.proof import by_hunk
from notifier.classify.rule import RuleKind

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.classify.reading import Hunk
    from notifier.diff.model import Change
_LONGEST = 80
"""Differing words in one run; no more can be an exchange, and every entry is tried on them."""


class Exchange:
    """The words stand in the short list of words that may be exchanged.

    True: "for example" → "e.g.". Near miss: "e.g." → "i.e.", and anything merely of one kind.
    """

    name = "equivalence"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:
        """Return a proof over every exchange that the lexicon allows, or nothing."""
        exchanges = context.lexicon.exchanges

        def accounts(hunk: Hunk) -> bool:
            if len(hunk.old) + len(hunk.new) > _LONGEST:
                return False
            differing = {*hunk.old_keys} ^ {*hunk.new_keys}
            return exchanges.may_explain(differing) and exchanges.reads_alike(*hunk.windows())

        return by_hunk(self.name, "Words that mean the same here.", change, accounts)


rule = Exchange()
