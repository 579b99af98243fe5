"""Page furniture."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from notifier.classify.proof import by_hunk, whole
from notifier.classify.reading import read
from notifier.classify.rule import RuleKind

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.classify.reading import Hunk
    from notifier.diff.model import Change

_PHRASES = (
    "opens in new window",
    "opens in a new window",
    "opens in new tab",
    "opens in a new tab",
    "external link",
    "read more read less",
    "read more",
    "read less",
    "learn more",
    "back to top",
    "skip to content",
    "skip to main content",
    "top of page",
    "show more",
    "show less",
    "expand all",
    "collapse all",
    "print",
    "anchor navigation",
    "section title",
    "permalink",
    "direct link to",
    "copy link",
    "table of contents",
    "contents",
    "on this page",
)
_FOLDED: dict[str, list[tuple[str, ...]]] = defaultdict(list)
"""By first word, the longest first."""
for _phrase in sorted((tuple(p.split()) for p in _PHRASES), key=len, reverse=True):
    _FOLDED[_phrase[0]].append(_phrase)


class Furniture:
    """The words belong to the page and not to the policy.

    True: "(opens in new window)" was added; "Back to top" went. Near miss: "learn more about you".
    """

    name = "furniture"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:  # noqa: ARG002 - every rule has it
        """Return a proof over such words, or over a line of nothing else."""
        reading = read(change)
        says = "Words of the page, not of the policy."
        if not reading.two_sided:
            keys = reading.old_keys or reading.new_keys
            return whole(self.name, says, change) if keys and not _rest(keys) else None

        def accounts(hunk: Hunk) -> bool:
            # Inside a sentence "learn more" and "print" are words like others: only at either end.
            edge = not hunk.before or not hunk.after
            return edge and not _rest(hunk.old_keys) and not _rest(hunk.new_keys)

        return by_hunk(self.name, says, change, accounts)


def _rest(keys: tuple[str, ...]) -> tuple[str, ...]:
    position = 0
    kept: list[str] = []
    while position < len(keys):
        for phrase in _FOLDED.get(keys[position], ()):
            if keys[position : position + len(phrase)] == phrase:
                position += len(phrase)
                break
        else:
            kept.append(keys[position])
            position += 1
    return tuple(kept)


rule = Furniture()
