"""Lines without a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.proof import whole
from notifier.classify.reading import read
from notifier.classify.rule import RuleKind
from notifier.policy.model import UnitKind

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.diff.model import Change


_SAYING = {UnitKind.ITEM, UnitKind.ROW}
"""Where a mark stands for a word: "* ..." is an item more, and a dash in a cell says no."""


class NoWords:
    """Neither side holds a word, a number or a sign that means anything.

    True: "* * *" was added. Near miss: "✓" was added to a table of who receives data; "…" was added
    to a list, which says that there is more.
    """

    name = "no-words"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:  # noqa: ARG002 - every rule has it
        """Return a proof over the whole change, or nothing."""
        reading = read(change)
        letters = any(char.isalnum() for char in reading.old_text + reading.new_text)
        if letters or reading.old or reading.new:
            return None
        if any(unit.kind in _SAYING and unit.text for unit in change.old_units + change.new_units):
            return None
        return whole(
            self.name, "Only a separator or a mark differs; there is no word in it.", change
        )


rule = NoWords()
