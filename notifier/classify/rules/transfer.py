"""Transfers to other countries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.facts import fact
from notifier.classify.model import Ground
from notifier.classify.rule import RuleKind

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.diff.model import Change


class Transfer:
    """The countries to which information goes, or the framework, changed.

    True: "stored in Germany" → "stored in Singapore". Near miss: "EEA" written out.
    """

    name = "transfer"
    kind = RuleKind.FACT
    source = "GDPR Art. 13(1)(f) and 44 to 49"

    def check(self, change: Change, context: Context) -> Finding | None:
        """Return a fact if the differing words name this ground, or nothing."""
        return fact(self.name, Ground.TRANSFER, self.source, change, context)


rule = Transfer()
