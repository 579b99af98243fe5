"""British and American spelling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.folds import american
from notifier.classify.proof import by_fold
from notifier.classify.rule import RuleKind

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.diff.model import Change


class Spelling:
    """The British and the American spelling of one word.

    True: "organise" → "organize", "behaviour" → "behavior". Near miss: "advise" → "advice",
    "four" → "for".
    """

    name = "spelling"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:  # noqa: ARG002 - every rule has it
        """Return a proof over every such word, or nothing."""
        return by_fold(self.name, "British and American spelling of the same word.", change, _fold)


def _fold(keys: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(american(key) for key in keys)


rule = Spelling()
