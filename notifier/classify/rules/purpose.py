"""Purposes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.facts import fact
from notifier.classify.model import Ground
from notifier.classify.rule import RuleKind

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.diff.model import Change


class Purpose:
    """What information is used for changed.

    True: "used solely to maintain" → "used mainly to maintain". Near miss: "to improve" → "in order
    to improve".
    """

    name = "purpose"
    kind = RuleKind.FACT
    source = "4 CCR 904-3 Rule 6.04: processing purposes; WP260 rev.01 paragraph 29"

    def check(self, change: Change, context: Context) -> Finding | None:
        """Return a fact if the differing words name this ground, or nothing."""
        return fact(self.name, Ground.PURPOSE, self.source, change, context)


rule = Purpose()
