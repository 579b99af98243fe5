"""Agreement of a verb with its subject."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.proof import by_hunk
from notifier.classify.rule import RuleKind

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.classify.reading import Hunk
    from notifier.diff.model import Change

_PAIRS = frozenset(
    frozenset(pair)
    for pair in (("is", "are"), ("was", "were"), ("has", "have"), ("does", "do"),
                 ("doesn't", "don't"), ("isn't", "aren't"), ("wasn't", "weren't"),
                 ("hasn't", "haven't"))
)  # fmt: skip


class Agreement:
    """Only the number of "be", "have" or "do" differs, in the same tense.

    True: "how the sites is used" → "how the sites are used". Near miss: "is" → "was", "has" →
    "may have".
    """

    name = "agreement"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:  # noqa: ARG002 - every rule has it
        """Return a proof over every such word, or nothing."""

        def accounts(hunk: Hunk) -> bool:
            return frozenset(hunk.old_keys + hunk.new_keys) in _PAIRS and len(hunk.old) == len(
                hunk.new
            )

        return by_hunk(self.name, "The verb agrees otherwise with its subject.", change, accounts)


rule = Agreement()
