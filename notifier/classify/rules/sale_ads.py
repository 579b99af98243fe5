"""Sale, targeted advertising, profiling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.facts import fact
from notifier.classify.model import Ground
from notifier.classify.rule import RuleKind

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.diff.model import Change


class SaleAds:
    """What is said about sale, targeted advertising or profiling changed.

    True: "We do not sell" → "We may sell". Near miss: "We sell products jointly" in a typo.
    """

    name = "sale_ads"
    kind = RuleKind.FACT
    source = "Cal. Civ. Code 1798.140; C.R.S. 6-1-1303; 4 CCR 904-3 Rule 6.04"

    def check(self, change: Change, context: Context) -> Finding | None:
        """Return a fact if the differing words name this ground, or nothing."""
        return fact(self.name, Ground.SALE_ADS, self.source, change, context)


rule = SaleAds()
