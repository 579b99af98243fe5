"""References to other sections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.proof import by_hunk
from notifier.classify.rule import RuleKind
from notifier.classify.words import bag

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.classify.reading import Hunk
    from notifier.diff.model import Change

_WORDS = bag("section sections clause clauses article item paragraph part number")


class CrossReference:
    """The number of a section changed because the section was renumbered; its title is the same.

    True: "see Section 5" → "see Section 6", where both are titled "Changes to this policy". Near
    miss: the same where Section 6 is another section, or where the whole document is not at hand.
    """

    name = "cross-reference"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:
        """Return a proof over every reference whose target stayed the same, or nothing."""
        if not context.whole_documents:
            return None

        def accounts(hunk: Hunk) -> bool:
            if len(hunk.old) != 1 or len(hunk.new) != 1 or not hunk.before:
                return False
            if not _WORDS & {token.key for token in hunk.before[-2:]}:
                return False
            old = context.old.headings.get(hunk.old[0].key)
            return bool(old) and old == context.new.headings.get(hunk.new[0].key)

        return by_hunk(
            self.name,
            "The section that it points to has a new number and the same title.",
            change,
            accounts,
        )


rule = CrossReference()
