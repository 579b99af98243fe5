"""Page furniture."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from notifier.classify.proof import by_hunk, whole
from notifier.classify.reading import read
from notifier.classify.rule import RuleKind
from notifier.policy.model import UnitKind

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.classify.reading import Hunk
    from notifier.classify.text import Token
    from notifier.diff.model import Change
    from notifier.policy.model import Unit

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
_ALONE = frozenset({"print", "contents", "table of contents", "on this page", "external link"})
"""Phrases that are furniture on a line of their own only: "what you print"."""
_FOLDED: dict[str, list[tuple[str, ...]]] = defaultdict(list)
"""By first word, the longest first."""
for _phrase in sorted((tuple(p.split()) for p in _PHRASES), key=len, reverse=True):
    _FOLDED[_phrase[0]].append(_phrase)


class Furniture:
    """The words belong to the page and not to the policy.

    True: "(opens in new window)" was added; "Back to top" went. Near miss: "learn more about you";
    an item "contents" in a list of what is collected; "Learn more" with a link to another page.
    """

    name = "furniture"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:  # noqa: ARG002 - every rule has it
        """Return a proof over such words, or over a line of nothing else."""
        reading = read(change)
        says = "Words of the page, not of the policy."
        if not reading.two_sided:
            keys = reading.old_keys or reading.new_keys
            alone = all(map(_stands_alone, change.old_units + change.new_units))
            return whole(self.name, says, change) if keys and alone and not _rest(keys) else None

        def accounts(hunk: Hunk) -> bool:
            # Inside a sentence "learn more" is words like others: only at either end, apart.
            edge = not hunk.before or not hunk.after
            sides = ((hunk.old, reading.old_text), (hunk.new, reading.new_text))
            return edge and all(
                not run or (_apart(run, hunk.after, text) and not _rest(_keys(run), inside=True))
                for run, text in sides
            )

        return by_hunk(self.name, says, change, accounts)


def _stands_alone(unit: Unit) -> bool:
    """Return whether a line is no item of a list or table and leads nowhere but to its own text."""
    outward = any(not link.startswith("#") for link in unit.links)
    return unit.kind not in {UnitKind.ITEM, UnitKind.ROW} and not outward


def _apart(run: tuple[Token, ...], after: tuple[Token, ...], text: str) -> bool:
    """Return whether words are a sentence of their own or stand in brackets."""
    opens = text[: run[0].start].rstrip()
    if after:
        return not opens and after[0].text[:1].isupper()
    return run[0].first or opens.endswith(("(", "[", ".", "!", "?"))


def _keys(run: tuple[Token, ...]) -> tuple[str, ...]:
    return tuple(token.key for token in run)


def _rest(keys: tuple[str, ...], *, inside: bool = False) -> tuple[str, ...]:
    position = 0
    kept: list[str] = []
    while position < len(keys):
        for phrase in _FOLDED.get(keys[position], ()):
            if inside and " ".join(phrase) in _ALONE:
                continue
            if keys[position : position + len(phrase)] == phrase:
                position += len(phrase)
                break
        else:
            kept.append(keys[position])
            position += 1
    return tuple(kept)


rule = Furniture()
