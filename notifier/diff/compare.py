"""Two documents in, aligned changes out."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from notifier.diff.changes import changes_of, equal_changes
from notifier.diff.definitions import with_definitions
from notifier.diff.draft import Draft, draft_of
from notifier.diff.model import Change, ChangeKind, Deferred, Diff, Word, WordOp
from notifier.diff.regroup import regroup
from notifier.diff.words import check_words
from notifier.policy.hidden import hidden_characters, listed, mixed_words, name_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from notifier.diff.sides import Side
    from notifier.policy.model import Document, Span


_OTHER_ALPHABETS = re.compile("[\u0370-\u03ff\u0400-\u052f]")
"""Greek and Cyrillic: what Latin letters are mixed with."""


def compare(old: Document, new: Document) -> Diff:
    """Return every difference that a reader can see, and count those that nobody can.

    The same two documents give the same diff, byte for byte. Hidden characters, look-alike letters
    and changed link targets are always changes. The words of every change are checked to rebuild
    its two texts.

    :raises AssertionError: they do not, which is a bug
    """
    if old.source == new.source and old.units == new.units:
        return _identical(old, new)
    draft = draft_of(old, new)
    regrouping = regroup(draft)
    placed = list(_placed(list(changes_of(draft, regrouping)), list(_renamed(draft))))
    found, unfollowed = with_definitions(placed, new)
    changes = [_with_id(change, n) for change, n in _numbered(found)]
    check_cover(draft, changes)
    _count_gaps(draft)
    return Diff(
        old=old,
        new=new,
        changes=tuple(changes),
        equal=Deferred(
            lambda: tuple(_with_id(change, n) for change, n in _numbered(equal_changes(draft)))
        ),
        ignored={key: draft.ignored[key] for key in sorted(draft.ignored)},
        notes=(
            *draft.pairing.notes,
            *_effort_notes(draft),
            *unfollowed,
            *_reading_notes(old, new),
            *_hidden_notes(old, new),
        ),
    )


def _identical(old: Document, new: Document) -> Diff:
    """Return the diff of two texts with the same bytes: nothing is aligned."""

    def equal() -> tuple[Change, ...]:
        draft = draft_of(old, new)
        draft.equal = [((n, n + 1), (n, n + 1)) for n in range(len(draft.pairing.old.units))]
        return tuple(_with_id(change, n) for change, n in _numbered(equal_changes(draft)))

    return Diff(old=old, new=new, changes=(), equal=Deferred(equal))


def check_cover(draft: Draft, changes: list[Change]) -> None:
    """Assert that changes and equal pairs hold every unit of both texts once, byte for byte.

    :raises AssertionError: they do not: a bug, and nothing made of it may be shown
    """
    for side, which in ((draft.pairing.old, 0), (draft.pairing.new, 1)):
        source = side.document.source
        spans = [side.units[ends[which][0]].span for ends in draft.equal]
        pieces = [(span.start, span.end, source[span.start : span.end]) for span in spans]
        units = len(pieces)
        for change in changes:
            span = (change.old_span, change.new_span)[which]
            if span is not None and change.kind is not ChangeKind.RENAMED:
                units += len((change.old_units, change.new_units)[which])
                text = (change.old, change.new)[which]
                pieces.append((span.start, span.end, text.encode()))
        if units != len(side.units) or _put_together(pieces, source) != source:
            raise AssertionError("the changes do not rebuild a text")


def _put_together(pieces: list[tuple[int, int, bytes]], source: bytes) -> bytes:
    at, parts = 0, []
    for start, end, text in sorted(pieces):
        parts += [source[at:start], text]
        at = end
    return b"".join((*parts, source[at:]))


def _renamed(draft: Draft) -> Iterator[Change]:
    """Return one change for each name, whose units are those that differ in names only."""
    for number, name in enumerate(draft.names.found):
        clean = [ends for ends, names in draft.named.items() if number in names]
        old, new = draft.pairing.old, draft.pairing.new
        olds = tuple(unit for ends in clean for unit in old.units[slice(*ends[0])])
        news = tuple(unit for ends in clean for unit in new.units[slice(*ends[1])])
        yield Change(
            id="",
            kind=ChangeKind.RENAMED,
            old=name.old,
            new=name.new,
            old_span=name.places[0][0],
            new_span=name.places[0][1],
            heading=news[0].heading if news else "",
            words=(
                Word(op=WordOp.DELETE, text=name.old),
                Word(op=WordOp.INSERT, text=name.new),
            ),
            old_units=olds,
            new_units=news,
            occurrences=name.places,
            not_replaced=name.not_replaced,
        )


def _placed(changes: list[Change], renamed: list[Change]) -> Iterator[Change]:
    """Put each name before the first change at or behind its first place."""
    left = sorted(renamed, key=lambda change: _begin(change.new_span))
    for change in changes:
        while left and change.new_span and _begin(change.new_span) >= _begin(left[0].new_span):
            yield left.pop(0)
        yield change
    yield from left


def _begin(span: Span | None) -> int:
    return span.start if span else 0


def _numbered(changes: Iterable[Change]) -> Iterator[tuple[Change, int]]:
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


def _count_gaps(draft: Draft) -> None:
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


def _effort_notes(draft: Draft) -> list[str]:
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
    if not _OTHER_ALPHABETS.search(after):
        return notes
    known = set(mixed_words(before))
    fresh = [word for word in mixed_words(after) if word not in known]
    if fresh:
        notes.append(f"New words that mix look-alike letters of two alphabets: {listed(fresh)}.")
    return notes
