"""Entries of a table of contents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.context import split_number
from notifier.classify.proof import whole
from notifier.classify.reading import read
from notifier.classify.rule import RuleKind
from notifier.classify.text import fold
from notifier.classify.titles import states_nothing
from notifier.policy.model import UnitKind

if TYPE_CHECKING:
    from notifier.classify.context import Context, Side
    from notifier.classify.model import Finding
    from notifier.diff.model import Change


class ContentsEntry:
    """The line repeats a heading of its own document: an entry of the table of contents.

    True: "Your rights" was added to the list above the text, and is a heading below. Near miss: a
    list item that no heading repeats.
    """

    name = "contents-entry"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:
        """Return a proof over an entry of the table of contents, or nothing."""
        reading = read(change)
        units = change.old_units + change.new_units
        if not units or any(unit.kind is UnitKind.ROW for unit in units):
            return None
        if not states_nothing(reading, context):
            return None
        sides = ((reading.old_text, context.old), (reading.new_text, context.new))
        if not all(_is_heading(text, side) for text, side in sides if text.strip()):
            return None
        return whole(self.name, "An entry of the table of contents.", change)


def _is_heading(text: str, side: Side) -> bool:
    own = split_number(text)[1]
    candidates = {*side.units.get(fold(text), ()), *side.units.get(own, ())}
    return any(unit.kind is UnitKind.HEADING for unit in candidates) or own in set(
        side.headings.values()
    )


rule = ContentsEntry()
