"""Postal addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.postal import STATES, address_runs, is_address, postcodes
from notifier.classify.proof import by_hunk, whole
from notifier.classify.reading import read
from notifier.classify.rule import RuleKind
from notifier.classify.text import has_digit
from notifier.classify.words import LEGAL_SUFFIXES, RIGHTS_WORDS, bag

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.classify.reading import Hunk
    from notifier.classify.text import Token
    from notifier.diff.model import Change

_KEPT_THERE = bag("store stores stored storing server servers host hosted center centers centre "
                  "centres centers process processed processing transfer transferred")  # fmt: skip
_ELSE = _KEPT_THERE | RIGHTS_WORDS


class Address:
    """The postal address of the same office, in a sentence about no right and no place of storage.

    True: "Example Ltd, 100 New Street, London" → "Example Ltd, 6 Old Yard, Manchester". Near miss:
    another company before the address, another country, "our servers at 1 Main Street". A line that
    was added or removed counts only if it is an address from the house number on, and no more.
    """

    name = "postal-address"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:
        """Return a proof over every run inside an address, or nothing."""
        reading = read(change)
        if not reading.words.isdisjoint(_ELSE):
            return None
        says = "The postal address of the same office."
        if not reading.two_sided:
            side = reading.old or reading.new
            return whole(self.name, says, change) if is_address(side) else None
        if not has_digit(reading.old_text) or not has_digit(reading.new_text):
            return None
        old = (
            *address_runs(reading.old),
            *_postal_line(reading.old, context, row="|" in reading.old_text),
        )
        new = (
            *address_runs(reading.new),
            *_postal_line(reading.new, context, row="|" in reading.new_text),
        )
        if not old or not new:
            return None

        def accounts(hunk: Hunk) -> bool:
            return _inside(hunk.old, old, context) and _inside(hunk.new, new, context)

        return by_hunk(self.name, says, change, accounts)


def _postal_line(
    side: tuple[Token, ...], context: Context, *, row: bool
) -> tuple[tuple[int, int], ...]:
    """Return where house numbers and postcodes stand in a line that names its country or state.

    A row of a table is none: its numbers may be amounts.
    """
    if row:
        return ()
    codes = postcodes(side)
    words = tuple(token.key for token in side) if codes else ()
    placed = {*words} & STATES or any(h.ground == "transfer" for h in context.lexicon.hits(words))
    return codes if placed else ()


def _inside(run: tuple[Token, ...], spans: tuple[tuple[int, int], ...], context: Context) -> bool:
    return all(
        any(start <= token.start and token.end <= end for start, end in spans)
        and token.key not in LEGAL_SUFFIXES
        and not any(hit.ground == "transfer" for hit in context.lexicon.hits((token.key,)))
        for token in run
    )


rule = Address()
