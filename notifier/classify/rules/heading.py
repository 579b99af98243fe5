"""Headings and tables of contents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.proof import whole
from notifier.classify.reading import read
from notifier.classify.rule import RuleKind
from notifier.classify.titles import states_nothing
from notifier.policy.model import UnitKind

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.diff.model import Change


class Heading:
    """A heading, typed as such by the parser, that states nothing itself.

    True: "How we use data" → "How do we use your data?". Near miss: "We do not sell data",
    "Children under 13" → "Children under 16".
    """

    name = "heading"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:
        """Return a proof over a heading, or nothing."""
        units = change.old_units + change.new_units
        if not units or any(unit.kind is not UnitKind.HEADING for unit in units):
            return None
        reading = read(change)
        if not states_nothing(reading, context):
            return None
        return whole(self.name, "A heading; it states no practice of its own.", change)


rule = Heading()
