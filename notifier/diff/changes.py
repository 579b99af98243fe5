"""From pairs of units to changes, in reading order."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from notifier.diff.align import heaviest_increasing
from notifier.diff.draft import Draft, Ends, cover, cut
from notifier.diff.keys import ignored_kind
from notifier.diff.model import Change, ChangeKind, Word, WordOp
from notifier.diff.references import only_references
from notifier.diff.splits import same_words
from notifier.diff.words import operations, runs_of
from notifier.policy.model import UnitKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notifier.diff.regroup import Regrouping
    from notifier.diff.sides import Side
    from notifier.diff.words import Op


def changes_of(draft: Draft, regrouping: Regrouping) -> Iterator[Change]:
    """Walk the new text; removals come where they stood, before what was added there.

    Units that say the same are kept in ``draft.equal``.
    """
    pairing = draft.pairing
    anchors = _anchors(draft)
    at = 0
    j = 0
    while j < len(pairing.new.units):
        i = pairing.to_old.get(j)
        if j in draft.absorbed_new:
            j += 1
            continue
        if i is not None and i not in draft.moved and i >= at:
            yield from _removals(draft, at, i)
            at = i + 1
        if (kind := regrouping.starts.get(j)) is not None:
            yield _two_sided(draft, kind, regrouping.ends[j], edited=j in regrouping.edited)
            at = max(at, regrouping.ends[j][0][1])
            j = regrouping.ends[j][1][1]
            continue
        if i is None:
            yield from _removals(draft, at, anchors[j])
            at = max(at, anchors[j])
            yield _one_sided(pairing.new, j, ChangeKind.ADDED)
        elif i in pairing.splits or j in pairing.merges:
            yield from _cut_or_joined(draft, i, j)
        elif i in draft.moved:
            size = _run(draft, i, j, regrouping)
            yield _moved_change(draft, i, j, size)
            j += size - 1
        else:
            yield from _in_place(draft, i, j)
        j += 1
    yield from _removals(draft, at, len(pairing.old.units))


def _anchors(draft: Draft) -> list[int]:
    """Return for each new unit the old index of the next unit that stayed in its place."""
    anchors = [len(draft.pairing.old.units)] * (len(draft.pairing.new.units) + 1)
    for j in range(len(draft.pairing.new.units) - 1, -1, -1):
        i = draft.pairing.to_old.get(j)
        anchors[j] = anchors[j + 1] if i is None or i in draft.moved else i
    return anchors


def _removals(draft: Draft, start: int, end: int) -> Iterator[Change]:
    for i in range(start, end):
        if i not in draft.pairing.to_new and i not in draft.absorbed_old:
            yield _one_sided(draft.pairing.old, i, ChangeKind.REMOVED)


def _one_sided(side: Side, index: int, kind: ChangeKind) -> Change:
    unit, text = side.units[index], side.source_text(index)
    if kind is ChangeKind.ADDED:
        return Change(
            id="",
            kind=kind,
            new=text,
            new_span=unit.span,
            heading=unit.heading,
            words=(Word(op=WordOp.INSERT, text=text),),
            new_units=(unit,),
        )
    return Change(
        id="",
        kind=kind,
        old=text,
        old_span=unit.span,
        heading=unit.heading,
        words=(Word(op=WordOp.DELETE, text=text),),
        old_units=(unit,),
    )


def _in_place(draft: Draft, i: int, j: int) -> Iterator[Change]:
    """Return the change of a pair that stands where it stood; an equal one is kept apart."""
    ends = (i, i + 1), (j, j + 1)
    if not draft.same_words(i, j):
        if only_references(draft, ends):
            yield _two_sided(draft, ChangeKind.RENUMBERED, ends, edited=False)
        else:
            yield _two_sided(draft, ChangeKind.MODIFIED, ends, edited=True)
    elif not draft.same_number(i, j):
        yield _two_sided(draft, ChangeKind.RENUMBERED, ends, edited=False)
    else:
        draft.equal.append(ends)
        if ends not in draft.named and (reason := _ignored(draft, ends)):
            draft.ignored[reason] += 1


def _ignored(draft: Draft, ends: Ends) -> str:
    """Name why the sources of a pair that says the same differ, if they do."""
    (i, _), (j, _) = ends
    old, new = draft.pairing.old, draft.pairing.new
    if old.source_bytes(i) == new.source_bytes(j):
        return ""
    return ignored_kind(old.source_text(i), new.source_text(j))


def equal_changes(draft: Draft) -> Iterator[Change]:
    """Return the pairs that say the same, for those who show the whole text."""
    for ends in draft.equal:
        yield _two_sided(draft, ChangeKind.EQUAL, ends, edited=False)


def _run(draft: Draft, i: int, j: int, regrouping: Regrouping) -> int:
    """Return how many units moved together, unedited, from ``i`` to ``j``, within a section."""
    pairing = draft.pairing
    if not draft.same_words(i, j):
        return 1
    size = 1
    while (
        pairing.to_new.get(i + size) == j + size
        and i + size in draft.moved
        and j + size not in regrouping.starts
        and i + size not in pairing.splits
        and j + size not in pairing.merges
        and pairing.new.units[j + size].kind is not UnitKind.HEADING
        and draft.same_words(i + size, j + size)
    ):
        size += 1
    return size


def _cut_or_joined(draft: Draft, i: int, j: int) -> Iterator[Change]:
    """Return the split or the merge whose own pair is ``i``, ``j``."""
    pairing = draft.pairing
    ends = draft.groups(i, j)
    kind = ChangeKind.SPLIT if i in pairing.splits else ChangeKind.MERGED
    same = same_words(pairing.old.keys[slice(*ends[0])], pairing.new.keys[slice(*ends[1])])
    yield _two_sided(draft, kind, ends, edited=not same and ends not in draft.named)


def _moved_change(draft: Draft, i: int, j: int, size: int) -> Change:
    edited = not draft.same_words(i, j)
    return _two_sided(draft, ChangeKind.MOVED, ((i, i + size), (j, j + size)), edited=edited)


def _two_sided(draft: Draft, kind: ChangeKind, ends: Ends, *, edited: bool) -> Change:
    pairing = draft.pairing
    before, after = pairing.old.units[slice(*ends[0])], pairing.new.units[slice(*ends[1])]
    old_span, new_span = cover(before), cover(after)
    names = _names_in(draft, ends)
    return Change(
        id="",
        kind=kind,
        old=cut(pairing.old.document, old_span),
        new=cut(pairing.new.document, new_span),
        old_span=old_span,
        new_span=new_span,
        edited=edited,
        heading=after[0].heading,
        words=runs_of(_operations(draft, kind, ends), join=not names),
        old_units=tuple(before),
        new_units=tuple(after),
        names=names,
    )


def _operations(draft: Draft, kind: ChangeKind, ends: Ends) -> list[Op]:
    """Return the words of a passage; in a reordered list whole items go and come."""
    if kind is not ChangeKind.REORDERED:
        return draft.operations(ends)
    pairing = draft.pairing
    olds, news = _with_gaps(pairing.old, ends[0]), _with_gaps(pairing.new, ends[1])
    kept = heaviest_increasing(
        [pairing.to_old[j] for j in range(*ends[1])],
        [pairing.new.weight(j) for j in range(*ends[1])],
    )
    ops: list[Op] = []
    i = j = 0
    for at in kept:
        other = pairing.to_old[ends[1][0] + at] - ends[0][0]
        ops.append(("", "".join(olds[i:other]), "".join(news[j:at])))
        ops += operations(olds[other], news[at], steps=draft.steps)
        i, j = other + 1, at + 1
    ops.append(("", "".join(olds[i:]), "".join(news[j:])))
    return [op for op in ops if any(op)]


def _with_gaps(side: Side, units: tuple[int, int]) -> list[str]:
    """Return the source of each unit with what stands before the next one."""
    starts = [side.units[n].span.start for n in range(*units)]
    edges = [*starts, side.units[units[1] - 1].span.end]
    return [side.document.source[a:b].decode() for a, b in pairwise(edges)]


def _names_in(draft: Draft, ends: Ends) -> tuple[str, ...]:
    """Return the new names in a passage that differs in no other word from the old one."""
    if ends in draft.named:
        return tuple(draft.names.found[n].new for n in draft.named[ends])
    if ends[0][1] - ends[0][0] != ends[1][1] - ends[1][0] or not draft.named:
        return ()
    pairs = zip(range(*ends[0]), range(*ends[1]), strict=True)
    numbers = {n for i, j in pairs for n in draft.named.get(((i, i + 1), (j, j + 1)), ())}
    return tuple(draft.names.found[n].new for n in sorted(numbers))
