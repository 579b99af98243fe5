"""Entries of a table of contents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.contents import in_contents
from notifier.classify.proof import whole
from notifier.classify.rule import RuleKind

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.diff.model import Change
    from notifier.policy.model import Unit


class ContentsEntry:
    """The line stands in the table of contents of its own document and names a heading below.

    True: "Your rights" was added to the list of headings above the text. Near miss: "Location" was
    added to the list "We collect:", though a heading elsewhere says "Location" too.
    """

    name = "contents-entry"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:
        """Return a proof over entries of a table of contents, or nothing."""
        units = (*change.old_units, *change.new_units)
        if not context.whole_documents or not units or not all(map(_stays_here, units)):
            return None
        if all(in_contents(unit, context.old) for unit in change.old_units) and all(
            in_contents(unit, context.new) for unit in change.new_units
        ):
            return whole(self.name, "An entry of the table of contents.", change)
        return None


def _stays_here(unit: Unit) -> bool:
    """Return whether the entry leads to a place in a text, if anywhere, and to no other page."""
    return all("#" in link for link in unit.links)


rule = ContentsEntry()
