"""Other terms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.facts import fact
from notifier.classify.model import Ground
from notifier.classify.rule import RuleKind

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.diff.model import Change


class Terms:
    """Liability, disputes, fees or acceptable use changed.

    True: "we are liable" → "we are not liable". Near miss: "fees" misspelt.
    """

    name = "terms"
    kind = RuleKind.FACT
    source = "The rubric of this product: matters that are not about personal information"

    def check(self, change: Change, context: Context) -> Finding | None:
        """Return a fact if the differing words name this ground, or nothing."""
        return fact(self.name, Ground.TERMS, self.source, change, context)


rule = Terms()
