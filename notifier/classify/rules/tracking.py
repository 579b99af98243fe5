"""Tracking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.facts import fact
from notifier.classify.model import Ground
from notifier.classify.rule import RuleKind

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.diff.model import Change


class Tracking:
    """Cookies, similar technologies or signals such as Do Not Track changed.

    True: "we honour Do Not Track" was removed. Near miss: "cookies, and" → "cookies and".
    """

    name = "tracking"
    kind = RuleKind.FACT
    source = "Cal. Bus. and Prof. Code 22575(b)(5) and (6)"

    def check(self, change: Change, context: Context) -> Finding | None:
        """Return a fact if the differing words name this ground, or nothing."""
        return fact(self.name, Ground.TRACKING, self.source, change, context)


rule = Tracking()
