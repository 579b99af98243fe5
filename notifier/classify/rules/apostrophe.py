"""The possessive apostrophe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.proof import by_fold
from notifier.classify.rule import RuleKind

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.diff.model import Change


class Apostrophe:
    """Only a possessive apostrophe comes or goes.

    True: "Bitwardens Service" → "Bitwarden's Service". Near miss: "we're" → "were".
    """

    name = "apostrophe"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:  # noqa: ARG002 - every rule has it
        """Return a proof over every such run, or nothing."""
        return by_fold(self.name, "Only an apostrophe differs.", change, _fold)


def _fold(keys: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(key[:-2] + "s" if key.endswith("'s") else key for key in keys)


rule = Apostrophe()
