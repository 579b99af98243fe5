"""What was done to a document, as operations over its pieces: the truth that answers are held to.

The scoring rule. An operation is right if its kind is right (``moved`` and ``moved, edited`` are
two kinds), it holds every piece that the truth says it must (``need``), and none beyond those that
it may hold (``may``): a reordered list may be named whole or from the first displaced item to the
last one, a split paragraph whole or around the break. A moved block that was edited inside may come
in pieces (unedited runs and edited sentences apart), which then count as one. Each operation is
used once. A rename is right if it names the two names and every place. Re-wrapping and typography
are no operations, so whatever is reported for them is wrong. A name replaced in fewer than two
places that stand in both versions is a plain modification.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, kw_only=True)
class Op:
    """One operation: kind, and the ids of the pieces on either side.

    In the truth ``old`` and ``new`` must be held and ``may_old``, ``may_new`` may be held as well.
    """

    kind: str
    old: frozenset[int] = frozenset()
    new: frozenset[int] = frozenset()
    may_old: frozenset[int] = frozenset()
    may_new: frozenset[int] = frozenset()
    names: tuple[str, str] = ("", "")
    places: frozenset[tuple[int, int]] = frozenset()
    """For a rename: where it stands, in bytes of the old and of the new text."""

    def answered_by(self, found: Op) -> bool:
        if self.kind != found.kind:
            return False
        if self.kind == "renamed":
            return self.places == found.places and self.names == found.names
        return (
            self.old <= found.old <= self.old | self.may_old
            and self.new <= found.new <= self.new | self.may_new
        )


@dataclass(kw_only=True)
class Score:
    """Right, invented and missed operations, by kind."""

    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    misses: list[str] = field(default_factory=list)

    def take(self, truth: Sequence[Op], found: Sequence[Op], name: str = "") -> None:
        """Count one document."""
        left = list(found)
        for op in truth:
            answer = next((each for each in left if op.answered_by(each)), None)
            if answer is None:
                self.missed[op.kind] += 1
                self.misses.append(f"{name} missed {op.kind} {sorted(op.old)} {sorted(op.new)}")
            else:
                left.remove(answer)
                self.right[op.kind] += 1
        for op in left:
            self.wrong[op.kind] += 1
            self.misses.append(f"{name} wrong {op.kind} {sorted(op.old)} {sorted(op.new)}")

    def f1(self, *kinds: str) -> float:
        """Return F1 over the kinds named, else over all."""
        chosen = kinds or tuple({*self.right, *self.wrong, *self.missed})
        right, wrong, missed = (
            sum(counts[kind] for kind in chosen) for counts in (self.right, self.wrong, self.missed)
        )
        return 2 * right / (2 * right + wrong + missed) if right + wrong + missed else 1.0

    def kinds(self) -> list[str]:
        return sorted({*self.right, *self.wrong, *self.missed})


def joined_moves(truth: Sequence[Op], found: Sequence[Op]) -> list[Op]:
    """Join the pieces of a moved block that was edited inside, where together they are the block.

    An unedited block must come as one operation.
    """
    result = list(found)
    for op in truth:
        if op.kind != "moved, edited" or len(op.new) == 1:
            continue
        inside = [
            each
            for each in result
            if each.kind in {"moved", "moved, edited"} and each.old <= op.old and each.new <= op.new
        ]
        if (
            {i for each in inside for i in each.new} == op.new
            and any(each.kind == op.kind for each in inside)
            and len(inside) <= 3
        ):
            result = [each for each in result if each not in inside]
            result.append(op)
    return result
