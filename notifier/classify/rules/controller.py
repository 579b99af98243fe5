"""Identity of the company."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.facts import fact
from notifier.classify.model import Ground
from notifier.classify.rule import RuleKind

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.diff.model import Change


class Controller:
    """Who is responsible for the information changed.

    True: "a subsidiary of one company" → "of another". Near miss: its new postal address.
    """

    name = "controller"
    kind = RuleKind.FACT
    source = "4 CCR 904-3 Rule 6.04: the identity of the controller; WP260 rev.01 paragraph 29"

    def check(self, change: Change, context: Context) -> Finding | None:
        """Return a fact if the differing words name this ground, or nothing."""
        return fact(self.name, Ground.CONTROLLER, self.source, change, context)


rule = Controller()
