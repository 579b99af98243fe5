"""Above and below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.proof import by_hunk
from notifier.classify.reading import read
from notifier.classify.rule import RuleKind
from notifier.classify.words import NEGATIONS, bag

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.classify.reading import Hunk
    from notifier.diff.model import Change

_WAYS = bag("above below")
_TEXTS = bag(
    "table tables section sections list lists heading described listed mentioned outlined noted "
    "defined identified stated explained categories paragraph chart set forth"
)
_SCOPES = NEGATIONS | bag(
    "except exception exceptions unless apply applies applied rights right conditions condition "
    "cases case subject limits limited only"
)
"""Words of a sentence that says what holds, where the place is a reference."""


class AboveBelow:
    """The place of a table or section is said otherwise: above, below, or not at all.

    True: "the table above" → "the table below". Near miss: "above the age of 16" → "below the age
    of 16"; "the exceptions listed above apply", where the place says which.
    """

    name = "above-below"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:  # noqa: ARG002 - every rule has it
        """Return a proof over every such word, or nothing."""
        reading = read(change)
        if {token.key for token in reading.old + reading.new} & _SCOPES:
            return None

        def accounts(hunk: Hunk) -> bool:
            run = hunk.old_keys + hunk.new_keys
            if not run or not set(run) <= _WAYS or len(hunk.old) > 1 or len(hunk.new) > 1:
                return False
            return bool(hunk.before) and hunk.before[-1].key in _TEXTS

        says = "It only says where in the text something stands."
        return by_hunk(self.name, says, change, accounts)


rule = AboveBelow()
