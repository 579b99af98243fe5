"""Two documents in, aligned changes out."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from notifier.diff.align import Steps, heaviest_increasing
from notifier.diff.keys import ignored_kind, number_of
from notifier.diff.model import Change, ChangeKind, Diff, Word, WordOp
from notifier.diff.pairing import Pairing, pair_units
from notifier.diff.sides import Side
from notifier.diff.splits import same_words
from notifier.diff.words import check_words, word_diff
from notifier.policy.hidden import hidden_characters, listed, mixed_words, name_of
from notifier.policy.model import Document, Span, Unit, UnitKind

if TYPE_CHECKING:
    from collections.abc import Iterator


def compare(old: Document, new: Document) -> Diff:
    """Return every difference that a reader can see, and count those that nobody can.

    The same two documents give the same diff, byte for byte. Hidden characters, look-alike letters
    and changed link targets are always changes. The words of every change are checked to rebuild
    its two texts.

    :raises AssertionError: they do not, which is a bug
    """
    left, right = Side(document=old), Side(document=new)
    pairing = pair_units(left, right)
    draft = _Draft(
        pairing=pairing,
        moved=_moved(pairing),
        absorbed_old={
            i for group in pairing.merges.values() for i in group if i not in pairing.to_new
        },
        absorbed_new={
            j for group in pairing.splits.values() for j in group if j not in pairing.to_old
        },
    )
    changes = [_with_id(change, n) for change, n in _numbered(_changes(draft))]
    equal = tuple(_with_id(change, n) for change, n in _numbered(iter(draft.equal)))
    _count_gaps(draft)
    return Diff(
        old=old,
        new=new,
        changes=tuple(changes),
        equal=equal,
        ignored={key: draft.ignored[key] for key in sorted(draft.ignored)},
        notes=(
            *pairing.notes,
            *_effort_notes(draft),
            *_reading_notes(old, new),
            *_hidden_notes(old, new),
        ),
    )


@dataclass(kw_only=True)
class _Draft:
    pairing: Pairing
    moved: set[int]
    """Old indices of pairs that stand in another order."""
    absorbed_old: set[int]
    absorbed_new: set[int]
    """Units without a pair of their own that are part of a merge or a split."""
    equal: list[Change] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)
    steps: Steps = field(default_factory=Steps)


def _moved(pairing: Pairing) -> set[int]:
    """Return the old units to call moved: the lightest set that leaves all others in order."""
    pairs = sorted(pairing.to_new.items())
    weights = [pairing.old.weight(i) for i, _ in pairs]
    stay = heaviest_increasing([j for _, j in pairs], weights)
    return {i for i, _ in pairs} - {pairs[index][0] for index in stay}


def _changes(draft: _Draft) -> Iterator[Change]:
    """Walk the new text; removals come where they stood, before what was added there."""
    pairing = draft.pairing
    anchors = _anchors(draft)
    at = 0
    j = 0
    while j < len(pairing.new.units):
        i = pairing.to_old.get(j)
        if j in draft.absorbed_new:
            j += 1
            continue
        if i is not None and i not in draft.moved:
            yield from _removals(draft, at, i)
            at = i + 1
        if i is not None and (i in pairing.splits or j in pairing.merges):
            yield _regrouped(draft, i, j)
        elif i is None:
            yield from _removals(draft, at, anchors[j])
            at = anchors[j]
            yield _one_sided(pairing.new, j, ChangeKind.ADDED)
        elif i in draft.moved:
            size = _run(draft, i, j)
            yield _moved_change(draft, i, j, size)
            j += size - 1
        else:
            yield from _in_place(draft, i, j)
        j += 1
    yield from _removals(draft, at, len(pairing.old.units))


def _anchors(draft: _Draft) -> list[int]:
    """Return for each new unit the old index of the next unit that stayed in its place."""
    anchors = [len(draft.pairing.old.units)] * (len(draft.pairing.new.units) + 1)
    for j in range(len(draft.pairing.new.units) - 1, -1, -1):
        i = draft.pairing.to_old.get(j)
        anchors[j] = anchors[j + 1] if i is None or i in draft.moved else i
    return anchors


def _removals(draft: _Draft, start: int, end: int) -> Iterator[Change]:
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


def _same_words(pairing: Pairing, i: int, j: int) -> bool:
    same = pairing.old.keys[i] == pairing.new.keys[j]
    return same and pairing.old.units[i].links == pairing.new.units[j].links


def _in_place(draft: _Draft, i: int, j: int) -> Iterator[Change]:
    """Return the change of a pair that stands where it stood; an equal one is kept apart."""
    pairing = draft.pairing
    before, after = pairing.old.units[i], pairing.new.units[j]
    if not _same_words(pairing, i, j):
        yield _two_sided(draft, ChangeKind.MODIFIED, (i, i + 1), (j, j + 1), edited=True)
    elif number_of(before) != number_of(after):
        yield _two_sided(draft, ChangeKind.RENUMBERED, (i, i + 1), (j, j + 1), edited=False)
    else:
        change = _two_sided(draft, ChangeKind.EQUAL, (i, i + 1), (j, j + 1), edited=False)
        if reason := ignored_kind(change.old, change.new):
            draft.ignored[reason] += 1
        draft.equal.append(change)


def _run(draft: _Draft, i: int, j: int) -> int:
    """Return how many units moved together, unedited, from ``i`` to ``j``, within a section."""
    pairing = draft.pairing
    if not _same_words(pairing, i, j):
        return 1
    size = 1
    while (
        pairing.to_new.get(i + size) == j + size
        and i + size in draft.moved
        and pairing.new.units[j + size].kind is not UnitKind.HEADING
        and _same_words(pairing, i + size, j + size)
    ):
        size += 1
    return size


def _regrouped(draft: _Draft, i: int, j: int) -> Change:
    """Return the split or the merge whose own pair is ``i``, ``j``."""
    pairing = draft.pairing
    olds = pairing.merges.get(j, range(i, i + 1))
    news = pairing.splits.get(i, range(j, j + 1))
    kind = ChangeKind.SPLIT if i in pairing.splits else ChangeKind.MERGED
    edited = not same_words(
        pairing.old.keys[olds.start : olds.stop], pairing.new.keys[news.start : news.stop]
    )
    ends = (olds.start, olds.stop), (news.start, news.stop)
    return _two_sided(draft, kind, *ends, edited=edited)


def _moved_change(draft: _Draft, i: int, j: int, size: int) -> Change:
    pairing = draft.pairing
    edited = not _same_words(pairing, i, j)
    return _two_sided(draft, ChangeKind.MOVED, (i, i + size), (j, j + size), edited=edited)


def _two_sided(
    draft: _Draft,
    kind: ChangeKind,
    old: tuple[int, int],
    new: tuple[int, int],
    *,
    edited: bool,
) -> Change:
    pairing = draft.pairing
    before, after = pairing.old.units[slice(*old)], pairing.new.units[slice(*new)]
    old_span, new_span = _cover(before), _cover(after)
    old_text = _slice(pairing.old.document, old_span)
    new_text = _slice(pairing.new.document, new_span)
    return Change(
        id="",
        kind=kind,
        old=old_text,
        new=new_text,
        old_span=old_span,
        new_span=new_span,
        edited=edited,
        heading=after[0].heading,
        words=word_diff(old_text, new_text, steps=draft.steps),
        old_units=tuple(before),
        new_units=tuple(after),
    )


def _cover(units: list[Unit]) -> Span:
    return Span(start=units[0].span.start, end=units[-1].span.end)


def _slice(document: Document, span: Span) -> str:
    return document.source[span.start : span.end].decode()


def _numbered(changes: Iterator[Change]) -> Iterator[tuple[Change, int]]:
    """Count changes that are alike in kind and words, so that each gets an id of its own."""
    seen: Counter[tuple[str, str, str]] = Counter()
    for change in changes:
        mark = (change.kind.value, change.old, change.new)
        yield change, seen[mark]
        seen[mark] += 1


def _with_id(change: Change, count: int) -> Change:
    check_words(change.words, change.old, change.new)
    parts = (change.kind.value, change.heading, change.old, change.new, str(count))
    digest = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
    return replace(change, id=f"c-{digest[:12]}")


def _count_gaps(draft: _Draft) -> None:
    """Count differences between units: blank lines, rules, front matter, link definitions."""
    old, new = draft.pairing.old, draft.pairing.new
    if old.document.source == new.document.source:
        return
    if len(old.units) == 0 or len(new.units) == 0:
        return
    for i, j in [(-1, -1), *sorted(draft.pairing.to_new.items())]:
        if draft.pairing.to_new.get(i + 1, -1) != j + 1 and i + 1 < len(old.units):
            continue
        before, after = _gap_after(old, i), _gap_after(new, j)
        if before == after:
            continue
        blank = not before.strip() and not after.strip()
        kind = "front_matter" if i < 0 and b"---" in before[:8] + after[:8] else "markup"
        draft.ignored["whitespace" if blank else kind] += 1


def _gap_after(side: Side, index: int) -> bytes:
    start = side.units[index].span.end if index >= 0 else 0
    last = index + 1 >= len(side.units)
    return side.document.source[start : None if last else side.units[index + 1].span.start]


def _effort_notes(draft: _Draft) -> list[str]:
    if draft.steps.left > 0:
        return []
    return ["Very repetitive text: some words were aligned coarsely, so more may show as changed."]


def _reading_notes(old: Document, new: Document) -> list[str]:
    """Say how the two texts were read, once where it holds for both."""
    both = [f"Both texts: {note}" for note in old.reading if note in new.reading]
    only = [
        f"{name} text: {note}"
        for name, mine, other in (("Old", old, new), ("New", new, old))
        for note in mine.reading
        if note not in other.reading
    ]
    return both + only


def _hidden_notes(old: Document, new: Document) -> list[str]:
    """Say which hidden characters and look-alike words only one of the two texts has."""
    before, after = old.source.decode(), new.source.decode()
    left, right = hidden_characters(before), hidden_characters(after)
    notes = [
        f"Hidden character {name_of(char)}: {left[char]} in the old text, "
        f"{right[char]} in the new one."
        for char in sorted(set(left) | set(right))
        if left[char] != right[char]
    ]
    known = set(mixed_words(before))
    fresh = [word for word in mixed_words(after) if word not in known]
    if fresh:
        notes.append(f"New words that mix look-alike letters of two alphabets: {listed(fresh)}.")
    return notes
