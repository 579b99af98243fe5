"""Children."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.facts import fact
from notifier.classify.model import Ground
from notifier.classify.rule import RuleKind

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.diff.model import Change


class Children:
    """Ages, or what is said about children and parents, changed.

    True: "under 13" → "under 16". Near miss: "kids" for "kits", a slip of the pen.
    """

    name = "children"
    kind = RuleKind.FACT
    source = "COPPA, 16 CFR 312.2 and 312.4; GDPR Art. 8"

    def check(self, change: Change, context: Context) -> Finding | None:
        """Return a fact if the differing words name this ground, or nothing."""
        return fact(self.name, Ground.CHILDREN, self.source, change, context)


rule = Children()
