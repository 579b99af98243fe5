"""Words that may be exchanged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.proof import by_hunk
from notifier.classify.rule import RuleKind

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.entries import Equivalence
    from notifier.classify.model import Finding
    from notifier.classify.reading import Hunk
    from notifier.diff.model import Change


class Exchange:
    """The words stand in the short list of words that may be exchanged.

    True: "for example" → "e.g.". Near miss: "e.g." → "i.e.", and anything merely of one kind.
    """

    name = "equivalence"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:
        """Return a proof over every exchange that the lexicon allows, or nothing."""
        entries = context.lexicon.equivalences

        def accounts(hunk: Hunk) -> bool:
            old, new = hunk.windows()
            if any(fold_entry(old, entry) == fold_entry(new, entry) for entry in entries):
                return True
            relevant = [entry for entry in entries if _stands(entry, old) or _stands(entry, new)]
            for entry in relevant:
                old, new = fold_entry(old, entry), fold_entry(new, entry)
                if old == new:
                    return True
            return False

        return by_hunk(self.name, "Words that mean the same here.", change, accounts)


def _stands(entry: Equivalence, keys: tuple[str, ...]) -> bool:
    return any(form and form[0] in keys for form in entry.forms)


def fold_entry(keys: tuple[str, ...], entry: Equivalence) -> tuple[str, ...]:
    """Return the words with every form of one entry replaced by the entry's own mark."""
    forms = sorted((form for form in entry.forms if form), key=len, reverse=True)
    droppable = () in entry.forms
    kept: list[str] = []
    position = 0
    while position < len(keys):
        for form in forms:
            end = position + len(form)
            if keys[position:end] == form and _allowed(entry, keys, position, end):
                kept.extend(() if droppable else (f"={entry.name}",))
                position = end
                break
        else:
            kept.append(keys[position])
            position += 1
    return tuple(kept)


def _allowed(entry: Equivalence, keys: tuple[str, ...], start: int, end: int) -> bool:
    follows = not entry.before or any(keys[end : end + len(f)] == f for f in entry.before)
    precedes = not entry.after or any(keys[:start][-len(f) :] == f for f in entry.after)
    return follows and precedes


rule = Exchange()
