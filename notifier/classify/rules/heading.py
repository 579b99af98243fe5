"""Headings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.place import keeps_scope
from notifier.classify.proof import proof, whole
from notifier.classify.reading import read
from notifier.classify.rule import RuleKind
from notifier.classify.titles import same_title, says_nothing
from notifier.policy.model import UnitKind

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.diff.model import Change


class Heading:
    """A heading, typed as such by the parser, says the same, or says nothing of any practice.

    True: "How we use data" → "How do we use your data?"; "Overview" was added, and the text below
    it stands under the same headings as before. Near miss: "Data you choose to give" → "Data you
    give"; "Voiceprints" was added.
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
        if not all(says_nothing(unit.text) and keeps_scope(unit, *sides) for unit in units):
            return None
        return whole(self.name, "A heading; it states no practice of its own.", change)


rule = Heading()
