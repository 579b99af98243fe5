"""What one comparison knows while its changes are written: the pairs, their words, the names."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from notifier.diff.align import Steps, heaviest_increasing
from notifier.diff.keys import number_of
from notifier.diff.names import Names, Passage, find_names, pattern_of
from notifier.diff.pairing import pair_units
from notifier.diff.references import anchors, clause_numbers
from notifier.diff.sides import Side
from notifier.diff.words import operations
from notifier.policy.model import Span, UnitKind

if TYPE_CHECKING:
    from notifier.diff.pairing import Pairing
    from notifier.diff.words import Op
    from notifier.policy.model import Document, Unit

Ends = tuple[tuple[int, int], tuple[int, int]]
"""Half-open ranges of units: of the old text, of the new one."""


@dataclass(kw_only=True)
class Draft:
    """A pairing, and what follows from it."""

    pairing: Pairing
    moved: set[int] = field(default_factory=set)
    """Old indices of pairs that stand in another order."""
    absorbed_old: set[int] = field(default_factory=set)
    absorbed_new: set[int] = field(default_factory=set)
    """Units without a pair of their own that are part of a merge or a split."""
    names: Names = field(default_factory=Names)
    named: dict[Ends, tuple[int, ...]] = field(default_factory=dict)
    """Passages that differ in nothing but names → the numbers of these names."""
    equal: list[Ends] = field(default_factory=list)
    """Pairs that say the same."""
    ignored: Counter[str] = field(default_factory=Counter)
    steps: Steps = field(default_factory=Steps)
    ops: dict[Ends, list[Op]] = field(default_factory=dict)

    @cached_property
    def clause_numbers(self) -> dict[str, str]:
        """Return the old numbers of clauses that have new ones."""
        return clause_numbers(self.pairing)

    @cached_property
    def anchors(self) -> dict[str, str]:
        """Return the links to old headings with those to the same headings of the new text."""
        return anchors(self.pairing)

    def texts(self, ends: Ends) -> tuple[str, str]:
        """Return the exact source of a passage on both sides."""
        before = self.pairing.old.units[slice(*ends[0])]
        after = self.pairing.new.units[slice(*ends[1])]
        return (
            cut(self.pairing.old.document, cover(before)),
            cut(self.pairing.new.document, cover(after)),
        )

    def operations(self, ends: Ends) -> list[Op]:
        """Return the words of a passage that stayed, went and came; each passage is read once."""
        if ends not in self.ops:
            rows = {unit.kind for unit in self.pairing.new.units[slice(*ends[1])]} == {UnitKind.ROW}
            self.ops[ends] = operations(*self.texts(ends), steps=self.steps, by_cell=rows)
        return self.ops[ends]

    def same_key(self, i: int, j: int) -> bool:
        """Tell whether two units say the same, link targets included."""
        old, new = self.pairing.old, self.pairing.new
        return old.keys[i] == new.keys[j] and old.units[i].links == new.units[j].links

    def same_words(self, i: int, j: int) -> bool:
        """Tell whether two units say the same but for names that were replaced throughout."""
        return self.same_key(i, j) or ((i, i + 1), (j, j + 1)) in self.named

    def same_number(self, i: int, j: int) -> bool:
        """Tell whether two units have the same enumerator."""
        return number_of(self.pairing.old.units[i]) == number_of(self.pairing.new.units[j])

    def groups(self, i: int, j: int) -> Ends:
        """Return the whole of the split or merge to which a pair belongs, else the pair itself."""
        olds = self.pairing.merges.get(j, range(i, i + 1))
        news = self.pairing.splits.get(i, range(j, j + 1))
        return (olds.start, olds.stop), (news.start, news.stop)


def draft_of(old: Document, new: Document) -> Draft:
    """Return the draft of a comparison: pairs, what moved, and which names were replaced.

    Where names were replaced and may stand in what has no pair, the pairs are sought again in the
    names of the new text, so that a renamed sentence is found in another place and in pieces as
    well as any other.
    """
    left, right = Side(document=old), Side(document=new)
    draft = _drafted(pair_units(left, right))
    if draft.names.found and _has_loose_names(draft):
        aliases = tuple((pattern_of(name.old), name.new) for name in draft.names.found)
        again = pair_units(Side(document=old, aliases=aliases), right)
        draft = _drafted(again, ops=draft.ops, steps=draft.steps)
    return draft


def _has_loose_names(draft: Draft) -> bool:
    """Tell whether a passage without a pair, or with a doubtful one, holds a replaced name.

    Doubtful is a pair in another order whose words differ in more than names.
    """
    pairing = draft.pairing
    loose = [pairing.old.keys[i] for i in pairing.free_old()]
    loose += [
        pairing.old.keys[i] for i in draft.moved if not draft.same_words(i, pairing.to_new[i])
    ]
    fresh = [pairing.new.keys[j] for j in pairing.free_new()]
    return any(
        any(name.old in key for key in loose) or any(name.new in key for key in fresh)
        for name in draft.names.found
    )


def _drafted(
    pairing: Pairing, ops: dict[Ends, list[Op]] | None = None, steps: Steps | None = None
) -> Draft:
    draft = Draft(
        pairing=pairing,
        moved=_moved(pairing),
        absorbed_old={
            i for group in pairing.merges.values() for i in group if i not in pairing.to_new
        },
        absorbed_new={
            j for group in pairing.splits.values() for j in group if j not in pairing.to_old
        },
        ops=ops or {},
        steps=steps or Steps(),
    )
    _find_names(draft)
    return draft


def _moved(pairing: Pairing) -> set[int]:
    """Return the old units to call moved: the lightest set that leaves all others in order."""
    pairs = sorted(pairing.to_new.items())
    values = [j for _, j in pairs]
    if all(a < b for a, b in pairwise(values)):
        return set()
    weights = [pairing.old.weight(i) for i, _ in pairs]
    stay = heaviest_increasing(values, weights)
    return {i for i, _ in pairs} - {pairs[index][0] for index in stay}


def _find_names(draft: Draft) -> None:
    pairing = draft.pairing
    ends, passages = [], []
    for j, i in sorted(pairing.to_old.items()):
        if pairing.old.keys[i] == pairing.new.keys[j] and i not in pairing.splits:
            continue
        whole = draft.groups(i, j)
        ends.append(whole)
        passages.append(
            Passage(
                ops=draft.operations(whole),
                old_start=pairing.old.units[whole[0][0]].span.start,
                new_start=pairing.new.units[whole[1][0]].span.start,
                is_heading=pairing.new.units[j].kind is UnitKind.HEADING,
            )
        )
    draft.names = find_names(passages, pairing.old.document, pairing.new.document)
    for number, names in draft.names.covered.items():
        if _same_links(draft, ends[number]):
            draft.named[ends[number]] = names


def _same_links(draft: Draft, ends: Ends) -> bool:
    old = [link for unit in draft.pairing.old.units[slice(*ends[0])] for link in unit.links]
    new = [link for unit in draft.pairing.new.units[slice(*ends[1])] for link in unit.links]
    return old == new


def cover(units: list[Unit]) -> Span:
    """Return the span from the first unit to the last one."""
    return Span(start=units[0].span.start, end=units[-1].span.end)


def cut(document: Document, span: Span) -> str:
    """Return the exact text of a span."""
    return document.source[span.start : span.end].decode()
