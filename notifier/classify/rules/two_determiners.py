"""Two determiners in a row."""

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

_ARTICLES = bag("a an the")
_DETERMINERS = _ARTICLES | bag("our your its their this that my")


class TwoDeterminers:
    """One of two determiners in a row, an article among them, came or went.

    True: "use our the site" → "use the site"; "a your account" → "your account". Near miss: "all
    the partners" → "all partners"; "your our data" → "our data", where nobody knows who was meant.
    """

    name = "two-determiners"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:  # noqa: ARG002 - every rule has it
        """Return a proof over every such word, or nothing."""

        def accounts(hunk: Hunk) -> bool:
            run = hunk.old_keys + hunk.new_keys
            if len(run) != 1 or run[0] not in _DETERMINERS:
                return False
            beside = {token.key for token in (*hunk.before[-1:], *hunk.after[:1])} & _DETERMINERS
            return bool(beside) and bool(_ARTICLES & (beside | set(run)))

        return by_hunk(self.name, "One of two determiners in a row.", change, accounts)


rule = TwoDeterminers()
