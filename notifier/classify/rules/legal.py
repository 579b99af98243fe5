"""Legal basis and authorities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.facts import fact
from notifier.classify.model import Ground
from notifier.classify.rule import RuleKind

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.diff.model import Change


class Legal:
    """The legal basis, or disclosure to authorities, changed.

    True: "on the basis of consent" → "of our legitimate interests". Near miss: "GDPR" written out.
    """

    name = "legal"
    kind = RuleKind.FACT
    source = "GDPR Art. 13(1)(c) and (d); Cal. Civ. Code 1798.145(a)"

    def check(self, change: Change, context: Context) -> Finding | None:
        """Return a fact if the differing words name this ground, or nothing."""
        return fact(self.name, Ground.LEGAL, self.source, change, context)


rule = Legal()
