"""Headings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.place import body_speaks, keeps_scope
from notifier.classify.proof import proof, whole
from notifier.classify.reading import read
from notifier.classify.rule import RuleKind
from notifier.classify.titles import promises_nothing, same_title, says_nothing
from notifier.policy.model import UnitKind

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.diff.model import Change
    from notifier.policy.model import Unit


class Heading:
    """A heading, typed as such by the parser, says the same, or says nothing of any practice.

    True: "How we use data" → "How do we use your data?"; "Overview" was added, and the text below
    it stands under the same headings as before; "Voiceprints" was added with a new text below it,
    which is judged by itself. Near miss: "Data you choose to give" → "Data you give"; "Voiceprints"
    was added above what stood there before.
    """

    name = "heading"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:
        """Return a proof over the words of a heading, or nothing."""
        units = change.old_units + change.new_units
        if not units or any(unit.kind is not UnitKind.HEADING for unit in units):
            return None
        reading = read(change)
        if reading.two_sided:
            if not same_title(reading.old_text, reading.new_text, context.lexicon):
                return None
            covers = tuple(hunk.index for hunk in reading.hunks)
            return proof(self.name, "A heading that names the same.", change, covers)
        sides = (context.old, context.new) if reading.old else (context.new, context.old)

        def free(unit: Unit) -> bool:
            named = promises_nothing(unit.text) and body_speaks(unit, *sides, context.lexicon)
            return (says_nothing(unit.text) or named) and keeps_scope(unit, *sides)

        if not all(map(free, units)):
            return None
        return whole(
            self.name, "A heading; what it states stands below and is judged there.", change
        )


rule = Heading()
