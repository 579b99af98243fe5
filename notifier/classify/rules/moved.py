"""Moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.place import same_place
from notifier.classify.proof import PLACE, proof
from notifier.classify.reading import read
from notifier.classify.rule import RuleKind
from notifier.classify.words import ANAPHORA
from notifier.diff.model import ChangeKind
from notifier.policy.model import UnitKind

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
_FREE = {UnitKind.SENTENCE, UnitKind.HEADING}


class Moved:
    """The same words stand in another place and still speak of the same thing.

    True: a section moved behind another, a sentence that stands on its own went to another
    paragraph. Near miss: "email addresses" moved from the list "We collect" to the list "We share".
    """

    name = "moved"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:  # noqa: ARG002 - every rule has it
        """Return a proof over the new place (words that differ need their own), or nothing."""
        reading = read(change)
        if change.kind not in _KINDS or not reading.two_sided:
            return None
        if change.kind is ChangeKind.MOVED and not _same_sense(change):
            return None
        return proof(
            self.name, "The words stand in another place, in the same sense.", change, (PLACE,)
        )


def _same_sense(change: Change) -> bool:
    pairs = list(zip(change.old_units, change.new_units, strict=False))
    if not pairs or len(change.old_units) != len(change.new_units):
        return False
    if all(same_place(old, new) for old, new in pairs):
        return True
    first = read(change).old[:3]
    return all(old.kind in _FREE and new.kind in _FREE for old, new in pairs) and not (
        ANAPHORA & {token.key for token in first}
    )


rule = Moved()
