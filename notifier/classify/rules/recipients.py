"""Recipients."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.facts import fact
from notifier.classify.model import Ground
from notifier.classify.rule import RuleKind

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.diff.model import Change


class Recipients:
    """Who receives information changed.

    True: "with processors" → "with processors and advertisers". Near miss: a vendor in a heading.
    """

    name = "recipients"
    kind = RuleKind.FACT
    source = "4 CCR 904-3 Rule 6.04: categories of third parties; GDPR Art. 13(1)(e)"

    def check(self, change: Change, context: Context) -> Finding | None:
        """Return a fact if the differing words name this ground, or nothing."""
        return fact(self.name, Ground.RECIPIENTS, self.source, change, context)


rule = Recipients()
