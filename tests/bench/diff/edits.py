"""Known edits, one function a kind: each changes the document and returns what it did."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .draft import paragraph
from .paper import Block, Paper, Piece, Section, Word, piece, row, words_of
from .stock import MODALS, NUMBERS, Stock
from .truth import Op

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

FAR = 6
"""Pieces that a moved sentence crosses at the least; else it is not plain what moved."""


@dataclass(kw_only=True)
class Desk:
    """A document at work: what was touched is left alone by later edits."""

    paper: Paper
    stock: Stock
    chance: Random
    touched: set[int] = field(default_factory=set)
    ops: list[Op] = field(default_factory=list)
    names: list[tuple[str, str]] = field(default_factory=list)
    """Names to replace throughout, at the very end."""
    moved: set[int] = field(default_factory=set)

    def places(self, kind: str = "paragraph") -> list[tuple[Block, int]]:
        """Return untouched pieces of blocks of a kind whose neighbours are untouched too."""
        found = []
        for section in self.paper.sections:
            for block in section.blocks:
                if block.kind != kind:
                    continue
                free = [each.id not in self.touched for each in block.pieces]
                found += [
                    (block, at)
                    for at in range(kind != "paragraph", len(free))
                    if all(free[max(0, at - 1) : at + 2])
                ]
        self.chance.shuffle(found)
        return found

    def blocks(self, kind: str, least: int) -> list[tuple[Section, Block]]:
        """Return wholly untouched blocks, shuffled."""
        found = [
            (section, block)
            for section in self.paper.sections
            for block in section.blocks
            if block.kind == kind and len(block.pieces) >= least and self.is_free(block.pieces)
        ]
        self.chance.shuffle(found)
        return found

    def open_sections(self) -> list[Section]:
        return [section for section in self.paper.sections if not section.closed]

    def is_free(self, pieces: list[Piece]) -> bool:
        return all(each.id not in self.touched for each in pieces)

    def touch(self, *pieces: Piece) -> None:
        self.touched.update(each.id for each in pieces)

    def touch_around(self, block: Block, at: int) -> None:
        self.touch(*block.pieces[max(0, at - 1) : at + 2])

    def did(self, kind: str, old: list[Piece], new: list[Piece], **may: list[Piece]) -> bool:
        self.ops.append(
            Op(
                kind=kind,
                old=frozenset(each.id for each in old),
                new=frozenset(each.id for each in new),
                may_old=frozenset(each.id for each in may.get("may_old", [])),
                may_new=frozenset(each.id for each in may.get("may_new", [])),
            )
        )
        return True


def insert_sentence(desk: Desk) -> bool:
    for block, at in desk.places():
        fresh = piece(desk.stock.sentence())
        desk.touch_around(block, at)
        block.pieces.insert(at, fresh)
        desk.touch(fresh)
        return desk.did("added", [], [fresh])
    return False


def delete_sentence(desk: Desk) -> bool:
    for block, at in desk.places():
        if len(block.pieces) > 1:
            desk.touch_around(block, at)
            return desk.did("removed", [block.pieces.pop(at)], [])
    return False


def insert_paragraph(desk: Desk) -> bool:
    section = desk.chance.choice(desk.open_sections())
    block = Block("paragraph", paragraph(desk.chance, desk.stock)[:3])
    section.blocks.insert(desk.chance.randint(1, len(section.blocks)), block)
    desk.touch(*block.pieces)
    return all(desk.did("added", [], [each]) for each in block.pieces)


def delete_paragraph(desk: Desk) -> bool:
    for section, block in desk.blocks("paragraph", 2):
        if len(section.blocks) > 2 and not section.closed:
            section.closed = True
            section.blocks = [each for each in section.blocks if each is not block]
            return all(desk.did("removed", [each], []) for each in block.pieces)
    return False


def modify_sentence(desk: Desk) -> bool:
    for block, at in desk.places():
        if len(block.pieces[at].words) > 8:
            reword(desk, block.pieces[at], desk.chance.randint(1, 4))
            desk.touch(block.pieces[at])
            return desk.did("modified", [block.pieces[at]], [block.pieces[at]])
    return False


def reword(desk: Desk, each: Piece, times: int) -> None:
    """Replace, insert or delete words inside a sentence, one after the other."""
    for _ in range(min(times, len(each.words) // 5)):
        at = desk.chance.randrange(1, len(each.words) - 1)
        what = desk.chance.choice(("replace", "insert", "delete"))
        old = each.words[at]
        fresh = Word(text=desk.chance.choice(desk.stock.phrase().split()))
        if what == "insert":
            each.words.insert(at, fresh)
        elif what == "delete" and old.text[0].islower():
            each.words[at - 1].tail += old.tail
            del each.words[at]
        elif old.text[0].islower() and old.text != fresh.text:
            fresh.head, fresh.tail = old.head, old.tail
            each.words[at] = fresh
    if each.words[1].text == each.words[0].text:
        each.words.insert(1, Word(text="promptly"))


def move_sentence(desk: Desk, *, edit: bool = False) -> bool:
    order = {each.id: n for n, each in enumerate(desk.paper.pieces())}
    places = desk.places()
    for block, at in places:
        each = block.pieces[at]
        for other, to in places:
            far = abs(order[other.pieces[to].id] - order[each.id]) > FAR
            if len(block.pieces) > 1 and other is not block and far and len(each.words) > FAR:
                desk.touch_around(block, at)
                desk.touch_around(other, to)
                del block.pieces[at]
                other.pieces.insert(to, each)
                if edit:
                    reword(desk, each, 2)
                    each.words.insert(2, Word(text="duly"))
                desk.moved.add(each.id)
                return desk.did("moved, edited" if edit else "moved", [each], [each])
    return False


def move_and_edit(desk: Desk) -> bool:
    return move_sentence(desk, edit=True)


def move_paragraph(desk: Desk, *, edit: bool = False) -> bool:
    for section, block in desk.blocks("paragraph", 3 if edit else 2):
        home = desk.paper.sections.index(section)
        others = [
            n for n, each in enumerate(desk.paper.sections) if abs(n - home) > 1 and not each.closed
        ]
        if len(section.blocks) < 3 or not others or section.closed:
            continue
        section.closed = True
        other = desk.paper.sections[desk.chance.choice(others)]
        section.blocks = [each for each in section.blocks if each is not block]
        other.blocks.insert(desk.chance.randint(1, len(other.blocks)), block)
        desk.touch(*block.pieces)
        desk.moved |= {each.id for each in block.pieces}
        if edit:
            block.pieces[1].words.insert(2, Word(text="duly"))
            reword(desk, block.pieces[1], 1)
        return desk.did("moved, edited" if edit else "moved", block.pieces, block.pieces)
    return False


def move_paragraph_and_edit(desk: Desk) -> bool:
    return move_paragraph(desk, edit=True)


def move_section(desk: Desk) -> bool:
    sections = desk.paper.sections
    sizes = [sum(len(p.words) for b in s.blocks for p in b.pieces) for s in sections]
    for at in desk.chance.sample(range(1, len(sections) - 1), len(sections) - 2):
        pieces = [each for block in sections[at].blocks for each in block.pieces]
        for to in desk.chance.sample(range(1, len(sections) - 1), len(sections) - 2):
            crossed = sizes[to:at] if to < at else sizes[at + 1 : to + 1]
            if sections[at].closed or len(crossed) < 3 or sum(crossed) < 2 * sizes[at]:
                continue
            if desk.is_free(pieces):
                sections[at].closed = True
                sections.insert(to, sections.pop(at))
                desk.touch(*pieces)
                desk.moved |= {each.id for each in pieces}
                return desk.did("moved", pieces, pieces)
    return False


def renumber(desk: Desk) -> bool:
    """Put a short section in, so that all numbers behind it go up."""
    heading = piece(desk.stock.title(), "heading")
    fresh = [piece(desk.stock.sentence()) for _ in range(2)]
    section = Section([Block("heading", [heading]), Block("paragraph", fresh)])
    desk.paper.sections.insert(desk.chance.randint(1, len(desk.paper.sections) - 1), section)
    desk.touch(heading, *fresh)
    return all(desk.did("added", [], [each]) for each in (heading, *fresh))


def reorder_list(desk: Desk) -> bool:
    for _, block in desk.blocks("list", 5):
        items = block.pieces[1:]
        desk.chance.shuffle(items)
        if items == block.pieces[1:]:
            items.reverse()
        displaced = [a for a, b in zip(items, block.pieces[1:], strict=True) if a is not b]
        block.pieces[1:] = items
        desk.touch(*block.pieces)
        desk.moved |= {each.id for each in items}
        return desk.did("reordered", displaced, displaced, may_old=items, may_new=items)
    return False


def split_sentence(desk: Desk) -> bool:
    for block, at in desk.places():
        each = block.pieces[at]
        cut = next((n for n, word in enumerate(each.words) if word.text == "and"), 0)
        if cut < 4 or len(each.words) - cut < 5:
            continue
        desk.touch_around(block, at)
        first, second = Piece(each.words[:cut]), Piece(each.words[cut + 1 :])
        first.words[-1].tail = "."
        second.words[:0] = words_of(desk.chance.choice(("They", "We", "Then we", "They also")))
        block.pieces[at : at + 1] = [first, second]
        desk.touch(first, second)
        return desk.did("split", [each], [first, second])
    return False


def merge_sentences(desk: Desk) -> bool:
    for block, at in desk.places():
        if at + 1 >= len(block.pieces) or block.pieces[at + 1].id in desk.touched:
            continue
        one, two = block.pieces[at : at + 2]
        desk.touch_around(block, at)
        desk.touch_around(block, at + 1)
        one.words[-1].tail = ","
        head = two.words[0]
        if head.text not in desk.stock.company:
            two.words[0] = Word(text=head.text[0].lower() + head.text[1:], tail=head.tail)
        joined = Piece([*one.words, Word(text="and"), *two.words])
        block.pieces[at : at + 2] = [joined]
        desk.touch(joined)
        return desk.did("merged", [one, two], [joined])
    return False


def split_paragraph(desk: Desk) -> bool:
    for section, block in desk.blocks("paragraph", 2):
        at = desk.chance.randint(1, len(block.pieces) - 1)
        first, second = (
            Block("paragraph", part) for part in (block.pieces[:at], block.pieces[at:])
        )
        where = next(n for n, each in enumerate(section.blocks) if each is block)
        section.blocks[where : where + 1] = [first, second]
        around = block.pieces[at - 1 : at + 1]
        desk.touch(*block.pieces)
        return desk.did("split", around, around, may_old=block.pieces, may_new=block.pieces)
    return False


def merge_paragraphs(desk: Desk) -> bool:
    for section in desk.chance.sample(desk.open_sections(), len(desk.open_sections())):
        for at in range(1, len(section.blocks) - 1):
            one, two = section.blocks[at : at + 2]
            free = desk.is_free(one.pieces + two.pieces)
            if not free or one.kind != "paragraph" or two.kind != "paragraph":
                continue
            if not one.pieces[-1].words[-1].tail.endswith("."):
                continue
            around = [one.pieces[-1], two.pieces[0]]
            one.pieces += two.pieces
            del section.blocks[at + 1]
            desk.touch(*one.pieces)
            return desk.did("merged", around, around, may_old=one.pieces, may_new=one.pieces)
    return False


def insert_row(desk: Desk) -> bool:
    for block, at in desk.places("table"):
        fresh = row(["Quarry Logistics", *desk.stock.rows(1)[0][1:]])
        desk.touch_around(block, at)
        block.pieces.insert(at, fresh)
        desk.touch(fresh)
        return desk.did("added", [], [fresh])
    return False


def delete_row(desk: Desk) -> bool:
    for block, at in desk.places("table"):
        if len(block.pieces) > 3:
            desk.touch_around(block, at)
            return desk.did("removed", [block.pieces.pop(at)], [])
    return False


def edit_cell(desk: Desk) -> bool:
    for block, at in desk.places("table"):
        each = block.pieces[at]
        land = each.words[-3]
        each.words[-3] = Word(text="Iceland" if land.text != "Iceland" else "Malta")
        desk.touch(each)
        return desk.did("modified", [each], [each])
    return False


def date_stamp(desk: Desk) -> bool:
    each = desk.paper.sections[0].blocks[1].pieces[0]
    if each.id in desk.touched or each.words[0].text != "Last":
        return False
    each.words[2:4] = [Word(text="November"), Word(text="21", tail=",")]
    desk.touch(each)
    return desk.did("modified", [each], [each])


def _swap(desk: Desk, fits: Callable[[Word], bool], fresh: Callable[[Word], str]) -> bool:
    for block, at in desk.places():
        each = block.pieces[at]
        for n, word in enumerate(each.words):
            if n and fits(word):
                each.words[n] = Word(text=fresh(word), tail=word.tail)
                desk.touch(each)
                return desk.did("modified", [each], [each])
    return False


def change_number(desk: Desk) -> bool:
    return _swap(
        desk,
        lambda word: word.text in NUMBERS,
        lambda word: desk.chance.choice([n for n in NUMBERS if n != word.text]),
    )


def change_modal(desk: Desk) -> bool:
    return _swap(
        desk,
        lambda word: word.text in MODALS,
        lambda word: desk.chance.choice([m for m in MODALS if m != word.text]),
    )


def negate(desk: Desk) -> bool:
    for block, at in desk.places():
        each = block.pieces[at]
        where = next((n for n, word in enumerate(each.words) if word.text in MODALS), -1)
        if where < 0:
            continue
        if each.words[where + 1].text == "not":
            del each.words[where + 1]
        else:
            each.words.insert(where + 1, Word(text="not"))
        desk.touch(each)
        return desk.did("modified", [each], [each])
    return False


LAW = (("share", "disclose"), ("store", "retain"), ("13", "16"), ("may", "must"), ("30", "90"))


def law_throughout(desk: Desk) -> bool:
    """Replace a word of law wherever it stands: never a rename, however uniform."""
    old, new = desk.chance.choice(LAW)
    found = False
    for block, at in desk.places():
        each = block.pieces[at]
        if each.id not in desk.touched and any(word.text == old for word in each.words[1:]):
            each.words[1:] = [
                Word(text=new, tail=word.tail) if word.text == old else word
                for word in each.words[1:]
            ]
            desk.touch(each)
            found = desk.did("modified", [each], [each])
    return found


def rename_company(desk: Desk) -> bool:
    return _rename(desk, desk.stock.company, "Silverlode")


def rename_product(desk: Desk) -> bool:
    return _rename(desk, desk.stock.product, "Copperfield Desk")


def rename_term(desk: Desk) -> bool:
    from .stock import TERMS

    return _rename(desk, desk.stock.term, dict(TERMS)[desk.stock.term])


def _rename(desk: Desk, old: str, new: str) -> bool:
    if (old, new) in desk.names:
        return False
    desk.names.append((old, new))
    return True


def typography(desk: Desk) -> bool:
    desk.paper.curly = True
    return True


def wrap(desk: Desk) -> bool:
    desk.paper.wrap = True
    return True


KINDS: dict[str, Callable[[Desk], bool]] = {
    each.__name__: each
    for each in (
        insert_sentence, delete_sentence, insert_paragraph, delete_paragraph, modify_sentence,
        move_sentence, move_and_edit, move_paragraph, move_paragraph_and_edit, move_section,
        renumber, reorder_list, split_sentence, merge_sentences, split_paragraph,
        merge_paragraphs, insert_row, delete_row, edit_cell, date_stamp, change_number,
        change_modal, negate, law_throughout, rename_company, rename_product, rename_term,
        typography, wrap,
    )
}  # fmt: skip
