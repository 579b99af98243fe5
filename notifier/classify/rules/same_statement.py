"""The same statement in another shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.proof import proof
from notifier.classify.reading import read
from notifier.classify.rule import RuleKind
from notifier.classify.statements import same_statement

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.diff.model import Change


class SameStatement:
    """One simple sentence says the same in another shape, and no word is left over.

    True: "Your data may be transferred" → "We may transfer your data"; "When you call, we answer" →
    "We answer when you call"; "not without your consent" → "only with your consent". Near miss:
    "Your mail is read by our partners" → "We read your mail".
    """

    name = "same-statement"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:
        """Return a proof over every differing word, or nothing."""
        reading = read(change)
        if not reading.two_sided or not reading.hunks:
            return None
        old, new = (reading.old_text, reading.old), (reading.new_text, reading.new)
        if not same_statement(old, new, context.lexicon.exchanges):
            return None
        covers = tuple(hunk.index for hunk in reading.hunks)
        return proof(self.name, "The same statement in another shape.", change, covers)


rule = SameStatement()
