"""Headings and lead-ins that came to stand above another text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.model import Finding
from notifier.classify.place import keeps_scope
from notifier.classify.proof import quote
from notifier.classify.reading import read
from notifier.classify.rule import RuleKind
from notifier.diff.model import ChangeKind

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.diff.model import Change

_STAYING = {ChangeKind.MODIFIED, ChangeKind.RENAMED}


class ScopeChanged:
    """What stands below a moved heading or lead-in stood below other words before.

    True: the headings "In France" and "Elsewhere" changed places above unchanged texts; so did "We
    do:" and "We do not:". Near miss: a section moved together with its heading.
    """

    name = "scope"
    kind = RuleKind.VETO

    def check(self, change: Change, context: Context) -> Finding | None:
        """Return a finding where such words govern another text now, or nothing."""
        reading = read(change)
        if change.kind in _STAYING or not reading.two_sided or _keep_theirs(change, context):
            return None
        return Finding(
            rule=self.name,
            says="What stands below these words stood below others before.",
            old=quote(reading.old_text),
            new=quote(reading.new_text),
        )


def _keep_theirs(change: Change, context: Context) -> bool:
    old, new = change.old_units, change.new_units
    pairs = zip(old, new, strict=True) if len(old) == len(new) else ()
    said = [(one.text, two.text) for one, two in pairs] or [("", "")]
    return all(
        keeps_scope(unit, context.new, context.old, said=(there, here))
        for unit, (here, there) in zip(new, said * len(new), strict=False)
    ) and all(
        keeps_scope(unit, context.old, context.new, said=words)
        for unit, words in zip(old, said * len(old), strict=False)
    )


rule = ScopeChanged()
