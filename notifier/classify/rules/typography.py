"""Case, punctuation, quotes, bullets, white space."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.proof import proof
from notifier.classify.reading import read
from notifier.classify.rule import RuleKind

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.diff.model import Change


class Typography:
    """The same words in the same order; only case, punctuation, quotes or bullets differ.

    True: "content and services" → "Content, and services". Near miss: "with us" → "with US".
    """

    name = "typography"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:  # noqa: ARG002 - every rule has it
        """Return a proof over the whole change, or nothing."""
        reading = read(change)
        if not reading.two_sided or reading.hunks:
            return None
        return proof(self.name, "Only punctuation, capitals or layout differ.", change, ())


rule = Typography()
