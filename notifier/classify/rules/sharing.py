"""Disclosure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.facts import fact
from notifier.classify.model import Ground
from notifier.classify.rule import RuleKind

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.diff.model import Change


class Sharing:
    """Whether, when or how much is disclosed changed.

    True: "We may share" → "We will share". Near miss: "share" as a button of the page.
    """

    name = "sharing"
    kind = RuleKind.FACT
    source = "4 CCR 904-3 Rule 6.04: the act of sharing personal data with third parties"

    def check(self, change: Change, context: Context) -> Finding | None:
        """Return a fact if the differing words name this ground, or nothing."""
        return fact(self.name, Ground.SHARING, self.source, change, context)


rule = Sharing()
