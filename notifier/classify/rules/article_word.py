"""Articles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.model import Ground
from notifier.classify.proof import by_hunk
from notifier.classify.rule import RuleKind
from notifier.classify.words import bag, is_guarded

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.classify.reading import Hunk
    from notifier.diff.model import Change

_ARTICLES = frozenset({"the", "a", "an"})
_LEADS = bag(
    "on in at of to by from for with via through use using visit about into within during under"
)
_SOMEBODY = frozenset({Ground.RECIPIENTS, Ground.CONTROLLER})


class Article:
    """The word "a" stands for "an", or an article is missing where the sentence needs one.

    True: "on website" → "on the website". Near miss: "is the controller" → "is a controller", "the
    doctor" → "a doctor", "few employees" → "a few employees", "for partners" → "for the partners".
    """

    name = "article"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:
        """Return a proof over every such run, or nothing."""

        def accounts(hunk: Hunk) -> bool:
            run = hunk.old_keys + hunk.new_keys
            if not set(run) <= _ARTICLES or not hunk.after:
                return False
            if set(run) == {"a", "an"} and len(run) == 2:  # noqa: PLR2004 - one for the other
                return True
            return len(run) == 1 and bool(hunk.before) and _needs_one(hunk, context)

        return by_hunk(self.name, "Only an article differs.", change, accounts)


def _needs_one(hunk: Hunk, context: Context) -> bool:
    """Return whether one thing follows, and no person or number, behind a preposition or a verb."""
    key = hunk.after[0].key
    return (
        hunk.before[-1].key in _LEADS
        and not (is_guarded(key) or key in _COUNTS or hunk.after[0].is_name or key.endswith("s"))
        and not any(hit.ground in _SOMEBODY for hit in context.lexicon.hits((key,)))
    )


_COUNTS = bag("few little lot number same following above below first last people data children")


rule = Article()
