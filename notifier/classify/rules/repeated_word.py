"""A word written twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.proof import by_fold
from notifier.classify.rule import RuleKind
from notifier.classify.words import is_guarded

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.diff.model import Change


class RepeatedWord:
    """A word stood twice in a row.

    True: "the the date" → "the date". Near miss: "not not" → "not", "10 10" → "10".
    """

    name = "repeated-word"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:  # noqa: ARG002 - every rule has it
        """Return a proof over every such run, or nothing."""
        return by_fold(self.name, "A word stood twice in a row.", change, _fold)


def _fold(keys: tuple[str, ...]) -> tuple[str, ...]:
    kept: list[str] = []
    for key in keys:
        if not kept or key != kept[-1] or is_guarded(key):
            kept.append(key)
    return tuple(kept)


rule = RepeatedWord()
