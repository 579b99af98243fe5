"""What a differ answered, brought to the form of the truth: operations over pieces, equal words."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifier.diff.compare import compare
from notifier.diff.model import Change, ChangeKind, WordOp
from notifier.diff.tiling import full
from notifier.policy.parse import parse

from .truth import Op

if TYPE_CHECKING:
    from collections.abc import Iterable

    from notifier.policy.model import Span

    from .paper import Page

WORD = re.compile(r"\w+(?:[-'’.@]\w+)*")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Operations, and pairs of bytes at which equal words begin."""

    ops: tuple[Op, ...]
    stayed: frozenset[tuple[int, int]]


class _Pieces:
    """Which pieces a span holds: those with more than half of themselves inside."""

    def __init__(self, page: Page) -> None:
        self._spans = sorted((start, end, id_) for id_, (start, end) in page.pieces.items())
        self._ends = [end for _, end, _ in self._spans]

    def within(self, span: Span | None) -> frozenset[int]:
        if span is None:
            return frozenset()
        at = bisect_left(self._ends, span.start + 1)
        found = set()
        for start, end, id_ in self._spans[at:]:
            if start >= span.end:
                break
            if 2 * (min(end, span.end) - max(start, span.start)) > end - start:
                found.add(id_)
        return frozenset(found)


def ours(old: Page, new: Page) -> Answer:
    """Return what our differ says."""
    diff = compare(parse(old.text, markup="markdown"), parse(new.text, markup="markdown"))
    left, right = _Pieces(old), _Pieces(new)
    ops = tuple(_op(change, left, right) for change in diff.changes)
    return Answer(ops=ops, stayed=frozenset(equal_words(full(diff))))


def _op(change: Change, left: _Pieces, right: _Pieces) -> Op:
    kind = change.kind.value
    if change.kind is ChangeKind.RENAMED:
        places = frozenset((old.start, new.start) for old, new in change.occurrences)
        return Op(kind=kind, names=(change.old, change.new), places=places)
    if change.kind is ChangeKind.MOVED and change.edited:
        kind = "moved, edited"
    return Op(kind=kind, old=left.within(change.old_span), new=right.within(change.new_span))


def equal_words(changes: Iterable[Change]) -> Iterable[tuple[int, int]]:
    """Return where words that the diff calls equal begin, in bytes of both texts."""
    for change in changes:
        if not change.old_span or not change.new_span or change.kind is ChangeKind.RENAMED:
            continue
        old, new = change.old_span.start, change.new_span.start
        for word in change.words:
            size = len(word.text.encode())
            if word.op is WordOp.EQUAL:
                for found in WORD.finditer(word.text):
                    lead = len(word.text[: found.start()].encode())
                    yield old + lead, new + lead
            old += size if word.op is not WordOp.INSERT else 0
            new += size if word.op is not WordOp.DELETE else 0
