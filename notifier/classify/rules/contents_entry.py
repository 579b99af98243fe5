"""Entries of a table of contents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.context import split_number
from notifier.classify.proof import whole
from notifier.classify.reading import read
from notifier.classify.rule import RuleKind
from notifier.classify.text import fold, keys
from notifier.classify.titles import states_nothing
from notifier.policy.model import UnitKind

if TYPE_CHECKING:
    from notifier.classify.context import Context, Side
    from notifier.classify.model import Finding
    from notifier.diff.model import Change


_SAYS = "An entry of the table of contents."
_LONGEST = 16


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
        sides = ((reading.old_text, context.old), (reading.new_text, context.new))
        texts = [(text, side) for text, side in sides if text.strip()]
        one = states_nothing(reading, context) and all(_is_heading(*pair) for pair in texts)
        several = context.whole_documents and all(_all_headings(*pair) for pair in texts)
        return whole(self.name, _SAYS, change) if one or several else None


def _all_headings(text: str, side: Side) -> bool:
    """Return whether the words are nothing but headings of their document, one after another."""
    words, place, entries = keys(text), 0, 0
    sizes = range(_LONGEST, 0, -1)
    while place < len(words):
        size = next((n for n in sizes if words[place : place + n] in side.titles), 0)
        if size:
            entries, place = entries + 1, place + size
        elif words[place].replace(".", "").isdigit():
            place += 1
        else:
            return False
    return entries > 1


def _is_heading(text: str, side: Side) -> bool:
    own = split_number(text)[1]
    candidates = {*side.units.get(fold(text), ()), *side.units.get(own, ())}
    return any(unit.kind is UnitKind.HEADING for unit in candidates) or own in set(
        side.headings.values()
    )


rule = ContentsEntry()
