"""Moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.place import introduced, same_place
from notifier.classify.proof import PLACE, proof
from notifier.classify.reading import read
from notifier.classify.rule import RuleKind
from notifier.classify.words import ANAPHORA, bag
from notifier.diff.model import ChangeKind

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.diff.model import Change

_KINDS = {
    ChangeKind.MOVED,
    ChangeKind.REORDERED,
    ChangeKind.SPLIT,
    ChangeKind.MERGED,
    ChangeKind.RENUMBERED,
}
_PLACES = bag(
    "above below following foregoing preceding previous aforementioned former latter next"
)
"""Words by which a sentence speaks of what stands around it; "item 4 above" names it itself."""


class Moved:
    """The same words stand in another place, under the same headings and lead-in.

    True: a section moved behind another together with its heading; a sentence went to another
    paragraph of its section. Near miss: "email addresses" moved from the list "We collect" to the
    list "We share"; a right moved into the section "Business customers"; "The above applies" moved.
    """

    name = "moved"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:
        """Return a proof over the new place (words that differ need their own), or nothing."""
        reading = read(change)
        if change.kind not in _KINDS or not reading.two_sided:
            return None
        if change.kind is ChangeKind.MOVED and not _same_sense(change, context):
            return None
        return proof(
            self.name, "The words stand in another place, in the same sense.", change, (PLACE,)
        )


def _same_sense(change: Change, context: Context) -> bool:
    pairs = list(zip(change.old_units, change.new_units, strict=False))
    if not pairs or len(change.old_units) != len(change.new_units):
        return False
    old = read(change).old
    around = bool(ANAPHORA & {token.key for token in old[:3]}) or any(
        token.key in _PLACES and not (place and old[place - 1].kind == "number")
        for place, token in enumerate(old)
    )
    return not around and all(
        same_place(one, two) and introduced(one, context.old) == introduced(two, context.new)
        for one, two in pairs
    )


rule = Moved()
