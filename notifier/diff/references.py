"""Cross-references: equal where the clause that is meant is the same one under a new number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from notifier.diff.keys import number_of
from notifier.policy.model import UnitKind

if TYPE_CHECKING:
    from notifier.diff.draft import Draft, Ends
    from notifier.diff.pairing import Pairing

_NUMBER = re.compile(r"\d{1,3}(?:\.\d{1,3})*\Z")
_NAMES = frozenset(
    ["section", "sections", "clause", "clauses", "article", "articles", "paragraph", "paragraphs",
     "part", "§", "§§", "and", "or", "to", ",", "chapter", "abschnitt", "ziffer", "artikel"]
)  # fmt: skip
_ENDS = ".):"


def only_references(draft: Draft, ends: Ends) -> bool:
    """Tell whether a pair differs only in references whose clauses have these new numbers."""
    (i, _), (j, _) = ends
    if draft.pairing.old.units[i].links != draft.pairing.new.units[j].links:
        return False
    numbers = draft.clause_numbers
    if not numbers:
        return False
    before, changed = "", False
    for same, gone, came in draft.operations(ends):
        if same:
            before = same.strip().casefold() or before
        elif (gone + came).strip():
            changed = True
            old, new = gone.strip(), came.strip()
            if before not in _NAMES or not _NUMBER.match(old) or numbers.get(old) != new:
                return False
            before = "and"
    return changed


def clause_numbers(pairing: Pairing) -> dict[str, str]:
    """Return old clause numbers with their new ones, where the clause is known on both sides."""
    found: dict[str, str] = {}
    for i, j in pairing.to_new.items():
        old, new = pairing.old.units[i], pairing.new.units[j]
        if old.kind is UnitKind.HEADING and new.kind is UnitKind.HEADING:
            one, two = number_of(old).strip(_ENDS), number_of(new).strip(_ENDS)
            if _NUMBER.match(one) and _NUMBER.match(two) and one != two:
                found[one] = two
    return found
