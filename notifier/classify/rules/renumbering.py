"""Enumerators."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from notifier.classify.proof import by_hunk, proof
from notifier.classify.reading import read
from notifier.classify.rule import RuleKind
from notifier.classify.words import UNITS
from notifier.policy.model import UnitKind

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.classify.reading import Hunk
    from notifier.diff.model import Change

_SAYS = "Only the number in front differs."
_ENUMERATOR = re.compile(
    r"\s{0,4}[(#*]{0,6}(?:\d{1,3}(?:\.\d{1,3}){0,4}|[A-Za-z]|[ivxIVX]{1,5})[.):]{1,4}\s{0,4}"
)
_CLAUSE = re.compile(r"\d{1,2}(?:\.\d{1,2}){1,3}")


class Renumbering:
    """Only the number or letter in front of a heading, clause or list item differs.

    True: "4. Your rights" → "5. Your rights". Near miss: "13 years" → "16 years", "1.5 years later"
    → "2.5 years later".
    """

    name = "renumbering"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:  # noqa: ARG002 - every rule has it
        """Return a proof over the enumerator in front, or nothing."""
        reading = read(change)
        if _markers(change) and not reading.hunks:
            return proof(self.name, _SAYS, change, ())
        ends = [_end(text) for text in (reading.old_text, reading.new_text)]
        inner = by_hunk(self.name, _SAYS, change, _inside)
        if not any(ends) or UnitKind.ROW in {unit.kind for unit in change.new_units}:
            return inner

        def accounts(hunk: Hunk) -> bool:
            return _inside(hunk) or (
                hunk.index == 0
                and not (hunk.after and hunk.after[0].key in UNITS)
                and not hunk.before
                and all(token.end <= ends[0] for token in hunk.old)
                and all(token.end <= ends[1] for token in hunk.new)
            )

        return by_hunk(self.name, _SAYS, change, accounts)


def _inside(hunk: Hunk) -> bool:
    """Return whether a clause number differs that opens a sentence: "… ends. 8.7 Monitoring"."""
    if len(hunk.old) != 1 or len(hunk.new) != 1 or not hunk.after:
        return False
    number, title = hunk.old[0], hunk.after[0]
    return (
        all(_CLAUSE.fullmatch(token.text) and token.first for token in (number, hunk.new[0]))
        and title.text[:1].isupper()
        and title.key not in UNITS
    )


def _markers(change: Change) -> bool:
    """Return whether the parser saw other enumerators on the two sides."""
    old = [unit.marker for unit in change.old_units]
    new = [unit.marker for unit in change.new_units]
    return len(old) == len(new) and old != new and all(old) and all(new)


def _end(text: str) -> int:
    match = _ENUMERATOR.match(text)
    return match.end() if match and match.end() < len(text) else 0


rule = Renumbering()
