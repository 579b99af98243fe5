"""First versions: sections of paragraphs, lists and tables, as policies have them."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from .paper import Block, Paper, Piece, Section, piece, row
from .stock import Stock

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEADER = ["Vendor", "What it handles", "Country", "Kept for"]


def first_version(seed: int, *, sections: int = 0) -> tuple[Paper, Stock]:
    """Return a document of some 120 to 200 sentences, items and rows."""
    chance = Random(seed)  # noqa: S311 - the same documents every time
    stock = Stock(chance)
    stamp = Block("paragraph", [piece("Last updated: March 3, 2026")])
    made = [
        Section(list(_blocks(chance, stock, first=not n)))
        for n in range(sections or chance.randint(10, 16))
    ]
    made[0].blocks.insert(1, stamp)
    made[-1].blocks.append(
        Block(
            "paragraph", [piece(f"Write to privacy@example.org or call {stock.company} at once.")]
        )
    )
    paper = Paper(made, numbered=chance.random() < 0.5)
    number(paper)
    return paper, stock


def number(paper: Paper) -> None:
    """Number the headings as they stand."""
    if paper.numbered:
        for index, section in enumerate(paper.sections):
            section.blocks[0].pieces[0].number = f"{index + 1}."


def _blocks(chance: Random, stock: Stock, *, first: bool) -> Iterator[Block]:
    yield Block("heading", [piece(stock.title(), "heading")])
    if first:
        term = f'"{stock.term}" means what identifies a customer of {stock.product}.'
        yield Block("paragraph", [piece(term)])
    for _ in range(chance.randint(2, 4)):
        yield Block("paragraph", paragraph(chance, stock))
    if chance.random() < 0.35:
        items = [piece(stock.item(), "item") for _ in range(chance.randint(4, 8))]
        yield Block("list", [piece(stock.lead_in()), *items])
    if chance.random() < 0.2:
        rows = [_HEADER, *stock.rows(chance.randint(4, 8))]
        yield Block("table", [row(cells) for cells in rows])


def paragraph(chance: Random, stock: Stock) -> list[Piece]:
    return [piece(stock.sentence()) for _ in range(chance.randint(2, 5))]
