"""Contractions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.folds import written_out
from notifier.classify.proof import by_fold
from notifier.classify.rule import RuleKind

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.diff.model import Change


class Contraction:
    """A short form is written out, or the other way round.

    True: "don't" → "do not". Near miss: "don't" → "do", "we'd" → "we would" (it may be "we had").
    """

    name = "contraction"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:  # noqa: ARG002 - every rule has it
        """Return a proof over every such run, or nothing."""
        return by_fold(
            self.name, "A short form is written out, or the reverse.", change, written_out
        )


rule = Contraction()
