"""A document whose every word has an identity, so that what became of it is known, not guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import count

_WORD = re.compile(r"\w+(?:[-'’.@]\w+)*")
_numbers = count(1)


@dataclass(slots=True)
class Word:
    """One word with the marks around it; ``id`` stays with it through every edit."""

    text: str
    head: str = ""
    tail: str = ""
    id: int = field(default_factory=lambda: next(_numbers))


@dataclass(slots=True)
class Piece:
    """One sentence, heading, item or row."""

    words: list[Word]
    kind: str = "sentence"
    id: int = field(default_factory=lambda: next(_numbers))
    number: str = ""
    cells: list[int] = field(default_factory=list)
    """For a row: how many words each cell has."""


@dataclass(slots=True)
class Block:
    """A heading, a paragraph, a list with its lead-in, or a table."""

    kind: str
    pieces: list[Piece]


@dataclass(slots=True)
class Section:
    """A heading and its blocks."""

    blocks: list[Block]
    closed: bool = False
    """A paragraph left it or it moved: what happens in it now could be told in two ways."""


@dataclass(slots=True)
class Paper:
    """The whole document."""

    sections: list[Section]
    numbered: bool
    wrap: bool = False
    curly: bool = False

    def copy(self) -> Paper:
        """Return a copy to edit; pieces and words keep their ids."""
        sections = [
            Section([Block(b.kind, [_copy(each) for each in b.pieces]) for b in section.blocks])
            for section in self.sections
        ]
        return Paper(sections, self.numbered, self.wrap, self.curly)

    def pieces(self) -> list[Piece]:
        return [p for s in self.sections for b in s.blocks for p in b.pieces]


def _copy(each: Piece) -> Piece:
    words = [Word(word.text, word.head, word.tail, word.id) for word in each.words]
    return Piece(words, each.kind, each.id, each.number, list(each.cells))


def words_of(text: str) -> list[Word]:
    """Return the words of a text that is joined by single blanks."""
    found = []
    for part in text.split():
        core = _WORD.search(part)
        if core is None:
            raise AssertionError(f"no word in {part!r}")
        found.append(Word(text=core.group(), head=part[: core.start()], tail=part[core.end() :]))
    return found


def piece(text: str, kind: str = "sentence") -> Piece:
    return Piece(words=words_of(text), kind=kind)


def row(cells: list[str]) -> Piece:
    words = [words_of(cell) for cell in cells]
    return Piece(
        words=[word for cell in words for word in cell], kind="row", cells=[len(c) for c in words]
    )


@dataclass(kw_only=True, slots=True)
class Page:
    """A rendered document: where each piece and each word stands, in bytes."""

    text: str
    pieces: dict[int, tuple[int, int]]
    words: dict[int, tuple[int, str]]
    owner: dict[int, int]
    """Word → its piece."""


def render(paper: Paper) -> Page:
    """Write the Markdown."""
    pen = _Pen(paper)
    for section in paper.sections:
        for block in section.blocks:
            pen.block(block)
    return Page(text="".join(pen.parts), pieces=pen.pieces, words=pen.words, owner=pen.owner)


_COLUMN = 72


class _Pen:
    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self.parts: list[str] = []
        self.at = 0
        self.column = 0
        self.pieces: dict[int, tuple[int, int]] = {}
        self.words: dict[int, tuple[int, str]] = {}
        self.owner: dict[int, int] = {}

    def put(self, text: str) -> None:
        if self.paper.curly:
            text = text.replace('"', "”").replace("'", "’").replace(" - ", " – ")
        self.parts.append(text)
        self.at += len(text.encode())
        self.column = len(text) - text.rfind("\n") - 1 if "\n" in text else self.column + len(text)

    def block(self, block: Block) -> None:
        for index, each in enumerate(block.pieces):
            if block.kind == "heading":
                self.put(f"## {each.number} " if each.number else "## ")
            elif block.kind == "list" and index:
                self.put("- ")
            elif block.kind == "table":
                self.put("| ")
            self.piece(each, wrap=self.paper.wrap and block.kind == "paragraph")
            last = index + 1 == len(block.pieces)
            if block.kind == "paragraph" and not last:
                self.put(" ")
            elif block.kind == "list":
                self.put("\n\n" if last or not index else "\n")
            elif block.kind == "table":
                self.put(" |\n\n" if last else " |\n")
                if not index:
                    self.put("|---" * len(each.cells) + "|\n")
            else:
                self.put("\n\n")

    def piece(self, each: Piece, *, wrap: bool) -> None:
        start = self.at
        ends = set()
        total = 0
        for size in each.cells[:-1]:
            total += size
            ends.add(total)
        for index, word in enumerate(each.words):
            if index:
                full = wrap and self.column + len(word.text) + 2 > _COLUMN
                self.put(" | " if index in ends else "\n" if full else " ")
            self.put(word.head.replace('"', "“") if self.paper.curly else word.head)
            self.words[word.id] = (self.at, word.text)
            self.owner[word.id] = each.id
            self.put(word.text)
            self.put(word.tail)
        self.pieces[each.id] = (start, self.at)
