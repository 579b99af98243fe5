"""Read pairs of equal words as operations over pieces: the same reading for every peer.

A piece of the old text and one of the new belong together where at least half of the words of the
smaller one are paired. One to one is equal, renumbered (only the enumerator) or modified; one to
several is a split, several to one a merge; what belongs to nothing came or went. Of the pairs the
lightest set is called moved that leaves the others in order, and neighbours moved together are one
move.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from notifier.diff.align import heaviest_increasing

from .answers import WORD, Answer
from .truth import Op

if TYPE_CHECKING:
    from .paper import Page
    from .peers import Pairs

_SHARE = 0.5


class _Side:
    def __init__(self, page: Page) -> None:
        raw = page.text.encode()
        self.order = sorted(page.pieces, key=lambda id_: page.pieces[id_])
        self.spot = {id_: n for n, id_ in enumerate(self.order)}
        at_byte, self.starts, place = {}, [], 0
        for found in WORD.finditer(page.text):
            lead = len(page.text[place : found.start()].encode())
            byte = (self.starts[-1][1] if self.starts else 0) + lead
            self.starts.append((byte, byte + len(found.group().encode())))
            place = found.end()
        at_byte = {at: page.owner[id_] for id_, (at, _) in page.words.items()}
        self.owner = [at_byte.get(start) for start, _ in self.starts]
        self.sizes = Counter(owner for owner in self.owner if owner is not None)
        self.text = {id_: raw[a:b].decode() for id_, (a, b) in page.pieces.items()}


def project(old: Page, new: Page, pairs: Pairs) -> Answer:
    """Return the operations and the equal words of one answer."""
    left, right = _Side(old), _Side(new)
    shared: Counter[tuple[int, int]] = Counter()
    for i, j in pairs:
        a, b = left.owner[i], right.owner[j]
        if a is not None and b is not None:
            shared[a, b] += 1
    to_new: defaultdict[int, list[int]] = defaultdict(list)
    to_old: defaultdict[int, list[int]] = defaultdict(list)
    for (a, b), count in sorted(shared.items()):
        if count >= _SHARE * min(left.sizes[a], right.sizes[b]):
            to_new[a].append(b)
            to_old[b].append(a)
    ops = [*_one_sided(left, right, to_new, to_old), *_paired(left, right, to_new, to_old, shared)]
    stayed = frozenset((left.starts[i][0], right.starts[j][0]) for i, j in pairs)
    return Answer(ops=tuple(ops), stayed=stayed)


Links = defaultdict[int, list[int]]


def _one_sided(left: _Side, right: _Side, to_new: Links, to_old: Links) -> list[Op]:
    gone = [Op(kind="removed", old=frozenset({a})) for a in left.order if not to_new.get(a)]
    return gone + [Op(kind="added", new=frozenset({b})) for b in right.order if not to_old.get(b)]


def _paired(
    left: _Side, right: _Side, to_new: Links, to_old: Links, shared: Counter[tuple[int, int]]
) -> list[Op]:
    ops: list[Op] = []
    single: list[tuple[int, int, bool]] = []
    for a in left.order:
        others = to_new.get(a, [])
        if len(others) > 1:
            ops.append(Op(kind="split", old=frozenset({a}), new=frozenset(others)))
        elif others and len(to_old[others[0]]) == 1:
            b = others[0]
            whole = shared[a, b] == left.sizes[a] == right.sizes[b]
            single.append((a, b, whole))
    ops += [
        Op(kind="merged", old=frozenset(to_old[b]), new=frozenset({b}))
        for b in right.order
        if len(to_old.get(b, [])) > 1
    ]
    return ops + _placed(left, right, single)


def _placed(left: _Side, right: _Side, single: list[tuple[int, int, bool]]) -> list[Op]:
    stay = set(
        heaviest_increasing(
            [right.spot[b] for _, b, _ in single], [left.sizes[a] for a, _, _ in single]
        )
    )
    ops: list[Op] = []
    run: list[tuple[int, int]] = []
    for n, (a, b, whole) in enumerate(single):
        if n in stay:
            if not whole:
                ops.append(Op(kind="modified", old=frozenset({a}), new=frozenset({b})))
        elif not whole:
            ops.append(Op(kind="moved, edited", old=frozenset({a}), new=frozenset({b})))
        elif run and (left.spot[a], right.spot[b]) == (
            left.spot[run[-1][0]] + 1,
            right.spot[run[-1][1]] + 1,
        ):
            run.append((a, b))
        else:
            ops += _as_move(run)
            run = [(a, b)]
    return ops + _as_move(run)


def _as_move(run: list[tuple[int, int]]) -> list[Op]:
    if not run:
        return []
    olds, news = frozenset(a for a, _ in run), frozenset(b for _, b in run)
    return [Op(kind="moved", old=olds, new=news)]
