"""Notice of changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.facts import fact
from notifier.classify.model import Ground
from notifier.classify.rule import RuleKind

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.diff.model import Change


class Notice:
    """How changes are announced, or when they bind, changed.

    True: "notify you before" → "notify you after". Near miss: a new date stamp.
    """

    name = "notice"
    kind = RuleKind.FACT
    source = "The policy itself; WP260 rev.01 paragraphs 29 to 31"

    def check(self, change: Change, context: Context) -> Finding | None:
        """Return a fact if the differing words name this ground, or nothing."""
        return fact(self.name, Ground.NOTICE, self.source, change, context)


rule = Notice()
