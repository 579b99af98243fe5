"""Safeguards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.facts import fact
from notifier.classify.model import Ground
from notifier.classify.rule import RuleKind

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.diff.model import Change


class Security:
    """How information is protected changed.

    True: "encrypted" → "unencrypted". Near miss: "safeguards" misspelt.
    """

    name = "security"
    kind = RuleKind.FACT
    source = "FTC Act section 5; GDPR Art. 32 to 34"

    def check(self, change: Change, context: Context) -> Finding | None:
        """Return a fact if the differing words name this ground, or nothing."""
        return fact(self.name, Ground.SECURITY, self.source, change, context)


rule = Security()
