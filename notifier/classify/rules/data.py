"""Kinds of personal information."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.facts import fact
from notifier.classify.model import Ground
from notifier.classify.rule import RuleKind

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.diff.model import Change


class Data:
    """Which kinds of personal information are collected changed.

    True: "approximate location" → "precise location". Near miss: the same kinds in another order.
    """

    name = "data"
    kind = RuleKind.FACT
    source = "4 CCR 904-3 Rule 6.04: categories of personal data; GDPR Art. 14(1)(d)"

    def check(self, change: Change, context: Context) -> Finding | None:
        """Return a fact if the differing words name this ground, or nothing."""
        return fact(self.name, Ground.DATA, self.source, change, context)


rule = Data()
