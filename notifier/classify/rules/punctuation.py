"""Punctuation, capitals and struck words that decide what is said."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from notifier.classify.capitals import named_otherwise
from notifier.classify.gaps import regrouped
from notifier.classify.model import Finding
from notifier.classify.proof import quote
from notifier.classify.reading import read
from notifier.classify.rule import RuleKind
from notifier.classify.words import bag

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.reading import Reading
    from notifier.diff.model import Change

_ASKS = bag("what how why who whom which where when do does did can may will is are if")
_BULLET = re.compile(r"^[ \t]{0,8}\* ")
_STRUCK = ("<s>", "<del", "<strike")


class Punctuation:
    """A comma, full stop, bracket, capital or struck word that may change what is said.

    True: "partners, who are in France" → "partners who are in France"; "not deleted. Unless you
    ask, …" → "not deleted unless you ask. …"; "Target shops" → "target shops". Near miss: a comma
    before "and" or behind "However", a full stop that was missing, a hyphen, "our Website".
    """

    name = "punctuation"
    kind = RuleKind.DOUBT

    def check(self, change: Change, context: Context) -> Finding | None:
        """Return a finding where such a mark came, went or moved, or nothing."""
        reading = read(change)
        if not reading.two_sided or change.old == change.new:
            return None
        struck = any(mark in text for mark in _STRUCK for text in (change.old, change.new))
        struck = struck or _footnoted(change.old) != _footnoted(change.new)
        defined = context.old.defined | context.new.defined
        if not (
            struck
            or _asks_otherwise(reading)
            or regrouped(reading)
            or named_otherwise(reading, defined)
        ):
            return None
        return Finding(
            rule=self.name,
            says="Punctuation or capitals changed that may decide what is meant.",
            old=quote(reading.old_text),
            new=quote(reading.new_text),
        )


def _footnoted(text: str) -> bool:
    """Return whether an odd star stands there: of a footnote, which may take back what is said."""
    stars = (_BULLET.sub("", line).count("*") for line in text.splitlines())
    return sum(stars) % 2 == 1


def _asks_otherwise(reading: Reading) -> bool:
    """Return whether a statement became a question, or the other way round, in the same words.

    "What do we collect?" is a title with its mark or without.
    """
    if reading.hunks:
        return False
    asks = [text.rstrip().endswith("?") for text in (reading.old_text, reading.new_text)]
    return asks[0] != asks[1] and any(
        side[0].key not in _ASKS for side in (reading.old, reading.new)
    )


rule = Punctuation()
