"""Rights and choices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.facts import fact
from notifier.classify.model import Ground
from notifier.classify.rule import RuleKind

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.diff.model import Change


class Rights:
    """What people may ask for, refuse or choose changed, or how.

    True: "access, correct or delete" → "access or correct". Near miss: "can" → "may opt out".
    """

    name = "rights"
    kind = RuleKind.FACT
    source = "4 CCR 904-3 Rule 6.04: methods to exercise rights; GDPR Art. 13(2)(b) to (d)"

    def check(self, change: Change, context: Context) -> Finding | None:
        """Return a fact if the differing words name this ground, or nothing."""
        return fact(self.name, Ground.RIGHTS, self.source, change, context)


rule = Rights()
