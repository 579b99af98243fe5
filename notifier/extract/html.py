"""A saved web page as the Markdown of the policy that stands on it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from notifier.extract.charset import decode_page
from notifier.extract.html_hidden import hiding_selectors, is_hidden, openable
from notifier.extract.html_page import furniture, main_parts
from notifier.extract.html_tables import data_rows, is_layout
from notifier.extract.html_tree import Node, build_tree
from notifier.extract.markdown import Run, Writer
from notifier.extract.model import Extracted, LeftOut, Refusal, names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SPACES = re.compile(r"[ \t\r\n\f]+")
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_CONTROLS = names("input button menu")
_BLOCKS = names(
    "address article aside body caption center dd details dialog dir div dl dt fieldset figcaption"
    " figure footer form header hgroup legend main nav p pre search section summary"
)
_BOLD = names("b strong")
_ITALIC = names("cite dfn em i var")
_STRUCK = names("del s strike")
_UNREAD = names("rp rt")
"""Pronunciation beside a word, which a reader does not read as text of its own."""
_LETTERS = 26


def extract_html(raw: bytes) -> Extracted:
    """Return the policy's text on a saved page.

    :raises Refusal: there is no HTML in it, or no text, or too much of either
    """
    html, notes = decode_page(raw)
    if not re.search(r"<[A-Za-z!]", html):
        raise Refusal(
            "there is no HTML in it, though its name says so",
            "Name the file by what it is: .md for Markdown, .txt for plain text.",
            code="wrong_kind",
        )
    root = build_tree(html)
    selectors, can_open = hiding_selectors(html), openable(root)

    def hidden(node: Node) -> bool:
        return is_hidden(node, selectors, can_open)

    parts = main_parts(root, hidden)
    walk = _Walk(selectors=selectors, can_open=can_open)
    _count_outside(root, parts, walk)
    for part in parts:
        walk.inner = part is not root
        walk.children(part, _PLAIN)
        walk.flush()
    text = walk.writer.text()
    if not text:
        raise Refusal(
            "there is no text on the page outside navigation, forms and hidden parts",
            "Open the page in a browser, wait until the policy shows, and save it again.",
            code="no_text",
        )
    return Extracted(text=text, notes=(*notes, *walk.left_out.notes()))


def _count_outside(root: Node, parts: Sequence[Node], walk: _Walk) -> None:
    """Count the furniture outside the parts that are read."""
    if parts == [root]:
        return
    chosen = {id(part) for part in parts}
    stack = [root]
    while stack:
        node = stack.pop()
        if id(node) in chosen:
            continue
        kind = "" if node is root else furniture(node, inner=False)
        if kind:
            walk.left_out.count(kind)
        elif walk.is_hidden(node):
            walk.left_out.hide(node.text())
        else:
            stack += node.elements()


_PLAIN = Run(text="")


class _Walk:
    """One walk over the parts that are read: words gather in runs until a block ends."""

    def __init__(self, *, selectors: frozenset[str], can_open: frozenset[str]) -> None:
        self.writer = Writer()
        self.left_out = LeftOut()
        self.inner = False
        self._selectors = selectors
        self._can_open = can_open
        self._runs: list[Run] = []
        self._flat = 0
        """Above 0 within a heading or a cell, where a block's end is a space."""

    def is_hidden(self, node: Node) -> bool:
        """Tell whether nobody sees the element."""
        return is_hidden(node, self._selectors, self._can_open)

    def flush(self) -> None:
        """End a block: write what was gathered as a paragraph."""
        if self._flat:
            self._runs.append(_PLAIN_SPACE)
        elif self._runs:
            self.writer.paragraph(self._runs)
            self._runs = []

    def children(self, node: Node, look: Run) -> None:
        """Walk everything in an element."""
        for child in node.children:
            if isinstance(child, str):
                self._text(child, look)
            else:
                self._element(child, look)

    def _text(self, text: str, look: Run) -> None:
        text = _SPACES.sub(" ", text)
        if text != " " or self._runs:
            self._runs.append(_with(look, text))

    def _element(self, node: Node, look: Run) -> None:
        kind = furniture(node, inner=self.inner)
        if kind:
            self.left_out.count(kind)
        elif self.is_hidden(node):
            self.left_out.hide(node.text())
        elif node.tag in _CONTROLS and not (node.tag == "button" and self._flat):
            self.left_out.count("controls")
        elif node.tag not in _UNREAD:
            self._seen(node, look)

    def _seen(self, node: Node, look: Run) -> None:
        level = _level(node)
        if level and not self._flat:
            self.flush()
            self.writer.heading(level, self.gather(node))
        elif node.tag in {"ul", "ol", "dir"} and not self._flat:
            self._list(node, look)
        elif node.tag == "dl" and not self._flat:
            self._definitions(node, look)
        elif node.tag == "table" and not self._flat:
            self._table(node, look)
        elif node.tag == "blockquote" and not self._flat:
            self._quote(node, look)
        elif node.tag == "pre":
            self._preformatted(node, look)
        elif node.tag in _BLOCKS or level or node.tag in {"li", "tr", "td", "th", "dt", "dd"}:
            self._plain_block(node, look)
        else:
            self._inline(node, look)

    def _plain_block(self, node: Node, look: Run) -> None:
        self.flush()
        if self._flat and node.tag == "li":
            self._runs.append(_with(look, "• "))
        self.children(node, look)
        self.flush()

    def _inline(self, node: Node, look: Run) -> None:
        if node.tag == "br":
            self._break()
        elif node.tag == "hr":
            self.flush()
            if not self._flat:
                self.writer.rule()
        elif node.tag == "img":
            self._runs.append(_with(look, _SPACES.sub(" ", node.get("alt"))))
        else:
            self.children(node, _look(node, look))

    def _break(self) -> None:
        """Take a line break; two in a row part paragraphs, as older pages do it."""
        last = next((run.text for run in reversed(self._runs) if run.text != " "), "")
        if last == "\n":
            self.flush()
        else:
            self._runs.append(_BREAK)

    def gather(self, node: Node, *, look: Run = _PLAIN) -> list[Run]:
        """Return the words of an element that stands for itself: a heading, a cell."""
        kept, self._runs = self._runs, []
        self._flat += 1
        self.children(node, look)
        self._flat -= 1
        found, self._runs = self._runs, kept
        return found

    def _quote(self, node: Node, look: Run) -> None:
        self.flush()
        self.writer.begin_quote()
        self.children(node, look)
        self.flush()
        self.writer.end()

    def _list(self, node: Node, look: Run) -> None:
        self.flush()
        for marker, item in _items(node):
            if marker is None:
                self._element(item, look)
                self.flush()
            elif self.is_hidden(item):
                self.left_out.hide(item.text())
            else:
                self.writer.begin_item(marker)
                self.children(item, look)
                self.flush()
                self.writer.end()

    def _definitions(self, node: Node, look: Run) -> None:
        """Write each term with what it means as one list item."""
        self.flush()
        is_open = False
        for child in _terms(node):
            if self.is_hidden(child):
                self.left_out.hide(child.text())
                continue
            if child.tag == "dt" or not is_open:
                if is_open:
                    self.flush()
                    self.writer.end()
                self.writer.begin_item("-")
                is_open = True
            if child.tag == "dt":
                self._runs += self.gather(child, look=look._replace(bold=True))
                self._runs.append(_with(look, ": "))
            else:
                self.children(child, look)
                self.flush()
        self.flush()
        if is_open:
            self.writer.end()

    def _table(self, node: Node, look: Run) -> None:
        self.flush()
        if is_layout(node):
            for part in node.elements():
                self._element(part, look)
            self.flush()
            return
        for caption in node.elements():
            if caption.tag == "caption":
                self._element(caption, look)
        rows = [
            [self.gather(cell) if cell is not None else [] for cell in row]
            for row in data_rows(node, self.is_hidden)
        ]
        self.writer.table(rows)

    def _preformatted(self, node: Node, look: Run) -> None:
        self.flush()
        for paragraph in re.split(r"\n[ \t]*\n", node.text()):
            self._runs.append(_with(look, paragraph.strip("\n")))
            self.flush()


def _with(look: Run, text: str) -> Run:
    return look._replace(text=text)


_BREAK = Run(text="\n")
_PLAIN_SPACE = Run(text=" ")


def _look(node: Node, look: Run) -> Run:
    """Return how the words in an inline element look."""
    return look._replace(
        bold=look.bold or node.tag in _BOLD,
        italic=look.italic or node.tag in _ITALIC,
        struck=look.struck or node.tag in _STRUCK,
        link=node.get("href") if node.tag == "a" and node.get("href") else look.link,
    )


def _level(node: Node) -> int:
    """Return a heading's level, 1 to 6, or 0."""
    if node.tag in _HEADINGS:
        return _HEADINGS[node.tag]
    if node.get("role").lower() != "heading":
        return 0
    level = node.get("aria-level")
    return min(6, int(level)) if level.isdecimal() and len(level) < 3 and int(level) else 2  # noqa: PLR2004 - two digits


def _items(node: Node) -> Iterator[tuple[str | None, Node]]:
    """Yield the items of a list with their markers; ``None`` for what is no item."""
    number = _number(node.get("start"), 1)
    for child in node.elements():
        if child.tag != "li":
            yield None, child
        elif node.tag == "ol":
            number = _number(child.get("value"), number)
            yield _enumerator(number, node.get("type")), child
            number += 1
        else:
            yield "-", child


def _number(text: str, default: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else default  # noqa: PLR2004 - Markdown takes nine digits


def _enumerator(number: int, kind: str) -> str:
    if kind in {"a", "A"} and 1 <= number <= _LETTERS:
        return f"{chr(ord(kind) + number - 1)}."
    if kind in {"i", "I"} and 1 <= number < len(_ROMAN):
        roman = _ROMAN[number]
        return f"{roman if kind == 'i' else roman.upper()}."
    return f"{number}."


def _roman() -> tuple[str, ...]:
    tens, ones = (
        ("", "x", "xx", "xxx"),
        ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"),
    )
    return tuple(ten + one for ten in tens for one in ones)


_ROMAN = _roman()


def _terms(node: Node) -> Iterator[Node]:
    """Yield the terms and meanings of a definition list; a ``div`` may group them."""
    for child in node.elements():
        if child.tag == "div":
            yield from _terms(child)
        elif child.tag in {"dt", "dd"}:
            yield child
