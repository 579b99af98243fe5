"""A heading written in one line with its text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.context import split_number
from notifier.classify.proof import by_hunk
from notifier.classify.rule import RuleKind
from notifier.classify.words import NEGATIONS

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.classify.reading import Hunk
    from notifier.diff.model import Change

_LONGEST = 12


class JoinedHeading:
    """The words that come or go in front are the heading above the text.

    True: "We use cookies." under "Cookies" → "Cookies We use cookies." Near miss: "Only we use
    cookies.", and words that are a heading elsewhere.
    """

    name = "joined-heading"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:  # noqa: ARG002 - every rule has it
        """Return a proof over a heading in front, or nothing."""
        titles = {
            split_number(title)[1]
            for unit in change.old_units + change.new_units
            for title in unit.path[-1:]
        }

        def accounts(hunk: Hunk) -> bool:
            if hunk.before or hunk.index or bool(hunk.old) == bool(hunk.new):
                return False
            words = " ".join(hunk.old_keys or hunk.new_keys)
            if len(words.split()) > _LONGEST or NEGATIONS & set(words.split()):
                return False
            return words in titles

        return by_hunk(self.name, "The heading stands in one line with its text.", change, accounts)


rule = JoinedHeading()
