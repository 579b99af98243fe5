"""Retention."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.facts import fact
from notifier.classify.model import Ground
from notifier.classify.rule import RuleKind

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.diff.model import Change


class Retention:
    """How long information is kept, or when it is deleted, changed.

    True: "for 30 days" → "for 90 days". Near miss: "30 days" → "thirty (30) days".
    """

    name = "retention"
    kind = RuleKind.FACT
    source = "GDPR Art. 13(2)(a); Cal. Civ. Code 1798.100(a)(3)"

    def check(self, change: Change, context: Context) -> Finding | None:
        """Return a fact if the differing words name this ground, or nothing."""
        return fact(self.name, Ground.RETENTION, self.source, change, context)


rule = Retention()
