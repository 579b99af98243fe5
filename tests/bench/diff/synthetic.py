"""Known edits: which operations, which words, and nothing of law folded or cleaned away."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from notifier.diff.law_words import GUARDS

from .answers import Answer, ours
from .projector import project
from .truth import Score, joined_moves

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .cases import Case
    from .paper import Page
    from .peers import Peer


@dataclass(kw_only=True)
class Result:
    """What one differ reached over many documents."""

    score: Score = field(default_factory=Score)
    right: int = 0
    named: int = 0
    there: int = 0

    def take(self, case: Case, answer: Answer) -> None:
        self.score.take(case.ops, joined_moves(case.ops, answer.ops), case.name)
        right, named, there = case.aligned(answer.stayed)
        self.right += right
        self.named += named
        self.there += there

    @property
    def precision(self) -> float:
        return self.right / self.named if self.named else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.there if self.there else 1.0


def measure(
    make: Callable[[int], Case], seeds: Iterable[int], others: list[Peer]
) -> tuple[dict[str, Result], int]:
    """Return the results by differ, ours under ``notifier``, and how many guards ours lost."""
    results = {"notifier": Result(), **{peer.name: Result() for peer in others}}
    lost = 0
    for seed in seeds:
        case = make(seed)
        answer = ours(case.old, case.new)
        results["notifier"].take(case, answer)
        lost += guards_lost(case, answer)
        old, new = _lined(case.old), _lined(case.new)
        for peer in others:
            pairs = peer.pairs(old, new, peer.run(old, new))
            results[peer.name].take(case, project(case.old, case.new, pairs))
    return results, lost


def _lined(page: Page) -> str:
    """Return the text with a line for each piece, in as many bytes.

    What compares lines is at its best on it, and what compares words sees no difference.
    """
    raw = bytearray(page.text.encode())
    spans = sorted(page.pieces.values())
    for start, end in spans:
        raw[start:end] = raw[start:end].replace(b"\n", b" ")
    for (_, end), (start, _) in pairwise(spans):
        if start - end == 1:
            raw[end:start] = b"\n"
    return raw.decode()


def guards_lost(case: Case, answer: Answer) -> int:
    """Count numbers, negations, modals and quantifiers that changed and are not shown as changed.

    A word is shown where no equal pair of the answer holds it, so each piece in both versions is
    held against the pairs: those of its guards that have no equal partner. A name that was folded
    must hold none of them.
    """
    count = 0
    old_pairs, new_pairs = {a for a, _ in answer.stayed}, {b for _, b in answer.stayed}
    for page, pairs, other in (
        (case.old, old_pairs, case.new),
        (case.new, new_pairs, case.old),
    ):
        guards: dict[int, Counter[str]] = {}
        for id_, (_, text) in other.words.items():
            guards.setdefault(other.owner[id_], Counter())[text.casefold()] += 1
        for id_, (at, text) in page.words.items():
            owner, key = page.owner[id_], text.casefold()
            if owner in guards and _is_guard(key) and not guards[owner][key] and at in pairs:
                count += 1
    for op in answer.ops:
        count += sum(_is_guard(word.casefold()) for name in op.names for word in name.split())
    return count


def _is_guard(word: str) -> bool:
    return word in GUARDS or any(char.isdigit() for char in word)
