"""Pairs of versions with what was done between them: by seed, one edit or twenty."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from .draft import first_version, number
from .edits import KINDS, Desk
from .paper import Page, Paper, Word, render, words_of
from .truth import Op

_ONCE = {"rename_company", "rename_product", "rename_term", "date_stamp", "typography", "wrap"}


@dataclass(frozen=True, kw_only=True)
class Case:
    """Two texts, the operations between them, and which words stayed."""

    name: str
    edits: tuple[str, ...]
    old: Page
    new: Page
    ops: tuple[Op, ...]
    stayed: frozenset[tuple[int, int]]
    """Bytes at which a word that stayed begins in the old and in the new text."""
    elsewhere: frozenset[int]
    """Bytes of the old text that this says nothing about: enumerators are no words, and of the
    items of a reordered list a redline has to show some as gone and come."""

    def aligned(self, found: frozenset[tuple[int, int]]) -> tuple[int, int, int]:
        """Return how many pairs of words are right, how many were named, how many there are."""
        named = {pair for pair in found if pair[0] not in self.elsewhere}
        return len(named & self.stayed), len(named), len(self.stayed)


def one_edit(seed: int) -> Case:
    """Return a document with one edit; all kinds come by turns."""
    names = list(KINDS)
    start = seed % len(names)
    return _case(f"one-{seed}", seed, [*names[start:], *names[:start]], 1)


def twenty_edits(seed: int) -> Case:
    """Return a document with twenty edits of kinds drawn at random."""
    chance = Random(seed * 7 + 1)  # noqa: S311 - the same documents every time
    names = [name for name in KINDS for _ in range(1 if name in _ONCE else 2)]
    chance.shuffle(names)
    return _case(f"twenty-{seed}", seed, names, 20)


def _case(name: str, seed: int, kinds: list[str], wanted: int) -> Case:
    paper, stock = first_version(seed)
    before = render(paper)
    fresh = paper.copy()
    desk = Desk(paper=fresh, stock=stock, chance=Random(seed * 31 + 5))  # noqa: S311
    done: list[str] = []
    for kind in kinds:
        if len(done) == wanted:
            break
        if KINDS[kind](desk):
            done.append(kind)
    number(fresh)
    replaced = [(names, _replace(fresh, *names)) for names in desk.names]
    after = render(fresh)
    ops = [*desk.ops, *_renumbered(paper, fresh, desk.moved)]
    for names, places in replaced:
        ops += _renames(names, places, before, after, ops)
    loose = {id_ for op in ops if op.kind == "reordered" for id_ in op.old | op.may_old}
    judged = {id_: at for id_, (at, _) in before.words.items() if before.owner[id_] not in loose}
    return Case(
        name=name,
        edits=tuple(done),
        old=before,
        new=after,
        ops=tuple(ops),
        stayed=frozenset(
            (judged[id_], at)
            for id_, (at, text) in after.words.items()
            if id_ in judged and before.words[id_][1] == text
        ),
        elsewhere=frozenset(range(len(before.text.encode()))) - frozenset(judged.values()),
    )


def _renumbered(old: Paper, new: Paper, moved: set[int]) -> list[Op]:
    numbers = {each.id: each.number for each in old.pieces()}
    return [
        Op(kind="renumbered", old=frozenset({each.id}), new=frozenset({each.id}))
        for each in new.pieces()
        if each.id not in moved and numbers.get(each.id, each.number) != each.number
    ]


def _replace(paper: Paper, old: str, new: str) -> list[tuple[list[int], int]]:
    """Replace a name throughout; return for each place the ids of its old words and a new one."""
    wanted, found = old.split(), []
    for each in paper.pieces():
        at = 0
        while at + len(wanted) <= len(each.words):
            run = each.words[at : at + len(wanted)]
            if [word.text for word in run] == wanted:
                fresh = [_same_word(run, word) for word in words_of(new)]
                fresh[0].head, fresh[-1].tail = run[0].head, run[-1].tail
                each.words[at : at + len(wanted)] = fresh
                found.append(([word.id for word in run], fresh[0].id))
            at += 1
    return found


def _same_word(run: list[Word], word: Word) -> Word:
    """Return a word of the new name, as itself where the old name has it too."""
    known = [each.id for each in run if each.text == word.text]
    return Word(text=word.text, id=known[0]) if known else word


def _renames(
    names: tuple[str, str],
    places: list[tuple[list[int], int]],
    before: Page,
    after: Page,
    ops: list[Op],
) -> list[Op]:
    both = [(ids, id_) for ids, id_ in places if ids[0] in before.words]
    if len(both) > 1:
        spots = frozenset((before.words[ids[0]][0], after.words[id_][0]) for ids, id_ in both)
        return [Op(kind="renamed", names=names, places=spots)]
    known = {id_ for op in ops for id_ in op.new}
    return [
        Op(
            kind="modified",
            old=frozenset({before.owner[ids[0]]}),
            new=frozenset({after.owner[id_]}),
        )
        for ids, id_ in both
        if after.owner[id_] not in known
    ]
