"""Text that also stands elsewhere in the document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.place import introduced, keeps_scope, same_place
from notifier.classify.proof import whole
from notifier.classify.reading import read
from notifier.classify.rule import RuleKind
from notifier.classify.text import fold

if TYPE_CHECKING:
    from notifier.classify.context import Context, Side
    from notifier.classify.model import Finding
    from notifier.diff.model import Change
    from notifier.policy.model import Unit

_ENOUGH = 5


class Elsewhere:
    """An added sentence already stood in the old text, or a removed one still stands in the new.

    True: a sentence that stood twice under its heading now stands there once. Near miss: the same
    sentence under another heading or lead-in, where it promises something else.
    """

    name = "stands-elsewhere"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:
        """Return a proof over a one-sided change whose words all stand in the other document."""
        reading = read(change)
        if reading.two_sided:
            return None
        units = change.old_units or change.new_units
        sides = (context.old, context.new) if reading.old else (context.new, context.old)
        if not units or not all(
            _stands(unit, *sides) and keeps_scope(unit, *sides) for unit in units
        ):
            return None
        return whole(
            self.name, "The same words stand in the same section of the other version.", change
        )


def _stands(unit: Unit, mine: Side, other: Side) -> bool:
    text = fold(unit.text)
    return len(text.split()) >= _ENOUGH and any(
        same_place(unit, twin) and introduced(unit, mine) == introduced(twin, other)
        for twin in other.units.get(text, ())
    )


rule = Elsewhere()
