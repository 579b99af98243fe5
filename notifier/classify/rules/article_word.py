"""Articles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.proof import by_hunk
from notifier.classify.rule import RuleKind
from notifier.classify.words import bag, is_guarded

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.classify.reading import Hunk
    from notifier.diff.model import Change

_ARTICLES = frozenset({"the", "a", "an"})
_CHANGES_MEANING = bag("few little lot number same following above below first last")


class Article:
    """Only "the", "a" or "an" comes, goes or changes.

    True: "on website" → "on the website". Near miss: "few employees" → "a few employees",
    "other businesses" → "the other businesses".
    """

    name = "article"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:  # noqa: ARG002 - every rule has it
        """Return a proof over every such run, or nothing."""

        def accounts(hunk: Hunk) -> bool:
            if len(hunk.old) > 1 or len(hunk.new) > 1 or not hunk.after:
                return False
            if not set(hunk.old_keys + hunk.new_keys) <= _ARTICLES:
                return False
            following = hunk.after[0]
            return not (
                is_guarded(following.key) or following.key in _CHANGES_MEANING or following.is_name
            )

        return by_hunk(self.name, "Only an article differs.", change, accounts)


rule = Article()
