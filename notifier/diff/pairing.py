"""Which unit became which: by section, by exact words, then by rare words in common."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from math import log
from typing import TYPE_CHECKING

from notifier.diff.align import align
from notifier.diff.in_place import gaps_of, join_in_place, join_rows
from notifier.diff.splits import grow
from notifier.diff.words import bare_words
from notifier.policy.model import UnitKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from notifier.diff.in_place import Gaps
    from notifier.diff.sides import Side

_CANDIDATES = 5
_RARE_WORDS = 10
_COMMON = 60
"""Units: a word that stands in more of the unmatched ones points nowhere."""
_SAME_GAP = 0.34
_SAME_SECTION = 0.42
_ELSEWHERE = 0.6
_SURE = 0.8
_FUZZY_LIMIT = 8_000
"""Unmatched units on one side; above it similar pairs are only sought where they stood."""


@dataclass(kw_only=True)
class Pairing:
    """The state of the match: old index ↔ new index."""

    old: Side
    new: Side
    to_new: dict[int, int] = field(default_factory=dict)
    to_old: dict[int, int] = field(default_factory=dict)
    sections: dict[int, int] = field(default_factory=dict)
    splits: dict[int, range] = field(default_factory=dict)
    """Old unit → the new units that it was split into, its own pair among them."""
    merges: dict[int, range] = field(default_factory=dict)
    """New unit → the old units that were joined into it, its own pair among them."""
    notes: list[str] = field(default_factory=list)

    def join(self, i: int, j: int) -> None:
        """Pair two units that are both free."""
        if i not in self.to_new and j not in self.to_old:
            self.to_new[i] = j
            self.to_old[j] = i

    def free_old(self, indices: range | None = None) -> list[int]:
        """Return unmatched old units."""
        return [i for i in indices or range(len(self.old.units)) if i not in self.to_new]

    def free_new(self, indices: range | None = None) -> list[int]:
        """Return unmatched new units."""
        return [j for j in indices or range(len(self.new.units)) if j not in self.to_old]


def pair_units(old: Side, new: Side) -> Pairing:
    """Return the best pairing found; deterministic, near linear in the length of the texts."""
    pairing = Pairing(old=old, new=new)
    if old.match_keys == new.match_keys:
        for index in range(len(old.match_keys)):
            pairing.join(index, index)
        return pairing
    _pair_sections(pairing)
    for number, other in pairing.sections.items():
        _align_exact(pairing, old.sections[number], new.sections[other])
    _align_exact(pairing, range(len(old.units)), range(len(new.units)))
    _exact_anywhere(pairing)
    join_rows(pairing)
    likely = _similar(pairing)
    _join_all(pairing, (each for each in likely if each.is_sure))
    find_splits(pairing)
    _join_all(pairing, likely)
    join_in_place(pairing)
    return pairing


def _pair_sections(pairing: Pairing) -> None:
    """Pair sections by a title unique on both sides, then by title in order, then by sentences."""
    old, new = pairing.old, pairing.new
    left, right = Counter(old.titles), Counter(new.titles)
    places = {title: number for number, title in enumerate(new.titles)}
    for number, title in enumerate(old.titles):
        if left[title] == 1 and right[title] == 1:
            pairing.sections[number] = places[title]
    taken = set(pairing.sections.values())
    repeated_old = [n for n, t in enumerate(old.titles) if n not in pairing.sections and right[t]]
    repeated_new = [n for n, t in enumerate(new.titles) if n not in taken and left[t]]
    for a, b in align([old.titles[n] for n in repeated_old], [new.titles[n] for n in repeated_new]):
        pairing.sections[repeated_old[a]] = repeated_new[b]
    _vote_sections(pairing)


def _vote_sections(pairing: Pairing) -> None:
    """Pair what is left by the sentences that stand once in either text."""
    old, new = pairing.old, pairing.new
    taken = set(pairing.sections.values())
    left, right = Counter(old.match_keys), Counter(new.match_keys)
    place = {key: j for j, key in enumerate(new.match_keys)}
    votes: Counter[tuple[int, int]] = Counter()
    for i, key in enumerate(old.match_keys):
        if left[key] == 1 and right[key] == 1:
            a, b = old.section_of[i], new.section_of[place[key]]
            if a not in pairing.sections and b not in taken:
                votes[a, b] += len(key)
    for (a, b), _ in sorted(votes.items(), key=lambda vote: (-vote[1], vote[0])):
        if a not in pairing.sections and b not in taken:
            pairing.sections[a] = b
            taken.add(b)


def _align_exact(pairing: Pairing, left: range, right: range) -> None:
    mine, theirs = pairing.free_old(left), pairing.free_new(right)
    old_keys, new_keys = pairing.old.match_keys, pairing.new.match_keys
    shared = {old_keys[i] for i in mine} & {new_keys[j] for j in theirs}
    mine = [i for i in mine if old_keys[i] in shared]
    theirs = [j for j in theirs if new_keys[j] in shared]
    for a, b in align([old_keys[i] for i in mine], [new_keys[j] for j in theirs]):
        pairing.join(mine[a], theirs[b])


def _exact_anywhere(pairing: Pairing) -> None:
    """Pair equal texts wherever they stand: beside a matched neighbour, else in order."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for j in pairing.free_new():
        places[pairing.new.match_keys[j]].append(j)
    for i in pairing.free_old():
        options = places.get(pairing.old.match_keys[i])
        if not options:
            continue
        beside = pairing.to_new.get(i - 1, -2) + 1
        choice = beside if beside in options[:_COMMON] else options[0]
        options.remove(choice)
        pairing.join(i, choice)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Likely:
    """Two units that may be one, and why."""

    i: int
    j: int
    is_sure: bool
    """They stand in one place, or are so alike that neither is a piece of another unit."""


def _join_all(pairing: Pairing, likely: Iterable[_Likely]) -> None:
    """Pair the likely ones that are still free and no part of a split or merge."""
    old = {i for group in pairing.merges.values() for i in group}
    new = {j for group in pairing.splits.values() for j in group}
    for each in likely:
        if each.i not in old and each.j not in new:
            pairing.join(each.i, each.j)


def _similar(pairing: Pairing) -> list[_Likely]:
    """Return unmatched units that share their rare words; the most alike first."""
    mine, theirs = pairing.free_old(), pairing.free_new()
    if not mine or not theirs:
        return []
    bags = {j: pairing.new.bag(j) for j in theirs}
    index: defaultdict[str, list[int]] = defaultdict(list)
    for j in theirs:
        for word in bags[j]:
            index[word].append(j)
    gaps = gaps_of(pairing)
    if len(mine) > _FUZZY_LIMIT or len(theirs) > _FUZZY_LIMIT:
        pairing.notes.append("Very much was rewritten: similar passages were sought in place only.")
        index = defaultdict(list)
    weights = Weights(pairing)
    totals = {j: weights.total(bag) for j, bag in bags.items()}
    scored = []
    for i in mine:
        bag = pairing.old.bag(i)
        total = weights.total(bag)
        near = gaps.by_gap.get(gaps.old[i], [])
        for j in _candidates(bag, index, weights, near):
            threshold = _threshold(pairing, gaps, i, j)
            both = total + totals[j]
            if 2 * min(total, totals[j]) < threshold * both:
                continue  # they could not be alike enough whatever their words are
            score = 2 * weights.common(bag, bags[j]) / both if both else 0.0
            if score >= threshold:
                distance = abs(i * len(pairing.new.units) - j * len(pairing.old.units))
                same = gaps.old[i] == gaps.new[j]
                sure = score >= _SURE or threshold < _ELSEWHERE
                scored.append((-round(score + 0.05 * same, 6), distance, i, j, sure))
    return [_Likely(i=i, j=j, is_sure=sure) for _, _, i, j, sure in sorted(scored)]


class Weights(dict[str, float]):
    """What a word weighs: the more, the fewer units of both texts have it. Looked up lazily."""

    def __init__(self, pairing: Pairing) -> None:
        super().__init__()
        self._counts: Counter[str] = Counter()
        keys = [*pairing.old.match_keys, *pairing.new.match_keys]
        for plain in (True, False):  # words of plain letters are found much faster
            some = [key for key in keys if key.isascii() is plain]
            self._counts.update(bare_words("\n".join(some)))
        self._scale = len(pairing.old.units) + len(pairing.new.units) + 1

    def __missing__(self, word: str) -> float:
        self[word] = weight = max(log(self._scale / (self._counts[word] + 0.5)), 0.0) + 0.2
        return weight

    def total(self, bag: Counter[str]) -> float:
        """Return what all words of a unit weigh."""
        return sum([n * self[word] for word, n in bag.items()])

    def common(self, left: Counter[str], right: Counter[str]) -> float:
        """Return what the words weigh that two units have in common."""
        few, many = (left, right) if len(left) <= len(right) else (right, left)
        return sum(
            [self[word] * min(count, many[word]) for word, count in few.items() if word in many]
        )


def _candidates(
    bag: Counter[str],
    index: defaultdict[str, list[int]],
    weights: Weights,
    near: list[int],
) -> list[int]:
    known = [word for word in bag if word in index and len(index[word]) <= _COMMON]
    rare = sorted(known, key=lambda word: (-weights[word], word))[:_RARE_WORDS]
    votes: defaultdict[int, float] = defaultdict(float)
    for word in rare:
        weight = weights[word]
        for j in index[word]:
            votes[j] += weight
    best = sorted(votes, key=lambda j: (-votes[j], j))[:_CANDIDATES]
    return list(dict.fromkeys([*best, *near[:_CANDIDATES]]))


def find_splits(pairing: Pairing) -> None:
    """Note units that were cut into several neighbours, or joined from several."""
    old, new = pairing.old, pairing.new
    for i, j in sorted(pairing.to_new.items()):
        if old.match_keys[i] == new.match_keys[j]:
            continue
        pieces = grow(old.bag(i), new, j, lambda n: n not in pairing.to_old)
        if len(pieces) > 1 and not _taken(pairing.splits, pieces):
            pairing.splits[i] = pieces
            continue
        pieces = grow(new.bag(j), old, i, lambda n: n not in pairing.to_new)
        if len(pieces) > 1 and not _taken(pairing.merges, pieces):
            pairing.merges[j] = pieces


def _taken(groups: dict[int, range], pieces: range) -> bool:
    last = next(reversed(groups.values()), range(0))
    return any(index in last for index in pieces)


def _threshold(pairing: Pairing, gaps: Gaps, i: int, j: int) -> float:
    heads = UnitKind.HEADING in {pairing.old.units[i].kind, pairing.new.units[j].kind}
    if heads and pairing.old.units[i].kind is not pairing.new.units[j].kind:
        # A heading and a line of the contents or of the text share words without being one.
        return _ELSEWHERE if gaps.old[i] == gaps.new[j] else _SURE
    if gaps.old[i] == gaps.new[j]:
        return _SAME_GAP
    section = pairing.sections.get(pairing.old.section_of[i])
    return _SAME_SECTION if section == pairing.new.section_of[j] else _ELSEWHERE
