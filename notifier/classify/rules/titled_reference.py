"""References to other sections that name them by their titles."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from notifier.classify.proof import by_hunk
from notifier.classify.reading import read
from notifier.classify.rule import RuleKind
from notifier.classify.text import keys
from notifier.classify.words import MODALS, NEGATIONS, bag

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.classify.reading import Hunk
    from notifier.diff.model import Change

_WORDS = bag("section sections clause article part paragraph")
_NEAR = 3
_TITLE = re.compile(r"\W{0,2}[.:–—]\W{0,2}(?P<title>[A-Z][^.;:()]{2,80})(?:[.;:)]|$)")
_STATES = bag("we you they our your i it if all any users")
_LONGEST = 10


class TitledReference:
    """The number of a section changed, and its title stands behind it unchanged.

    True: "in accordance with Section Q. Changes to These Terms" → "… Section R. Changes to These
    Terms". Near miss: "see Section 5" → "see Section 6" without a title; another title.
    """

    name = "titled-reference"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:  # noqa: ARG002 - every rule has it
        """Return a proof over every such number or letter, or nothing."""
        reading = read(change)

        def accounts(hunk: Hunk) -> bool:
            if len(hunk.old) != 1 or len(hunk.new) != 1:
                return False
            old, new = hunk.old[0], hunk.new[0]
            numbers = all(each.kind == "number" or len(each.text) == 1 for each in (old, new))
            near = {token.key for token in hunk.before[-_NEAR:]}
            title = _title(reading.old_text, old.end)
            return (
                numbers
                and bool(near & _WORDS)
                and bool(title)
                and title == _title(reading.new_text, new.end)
            )

        says = "The section that it points to has a new number and is named by the same title."
        return by_hunk(self.name, says, change, accounts)


def _title(text: str, place: int) -> str:
    """Return the title that stands right behind a section's number, or nothing."""
    found = _TITLE.match(text, place)
    words = keys(found["title"]) if found else ()
    stated = {*words} & (MODALS | NEGATIONS) or {*words[:1]} & _STATES
    return " ".join(words) if 1 < len(words) <= _LONGEST and not stated else ""


rule = TitledReference()
