"""The same number in other words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.folds import in_figures
from notifier.classify.proof import by_fold
from notifier.classify.rule import RuleKind

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.diff.model import Change


class Quantity:
    """The same number or the same length of time, written otherwise.

    True: "30 days" → "thirty (30) days", "12 months" → "one year". Near miss: "30 days" → "one
    month", "30 days" → "30 business days".
    """

    name = "same-quantity"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:  # noqa: ARG002 - every rule has it
        """Return a proof over every such run, or nothing."""
        return by_fold(self.name, "The same number, written otherwise.", change, in_figures)


rule = Quantity()
