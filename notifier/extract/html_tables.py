"""Tables of a page: rows of data, or the old way to lay a page out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.extract.model import names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from notifier.extract.html_tree import Node

_GROUPS = names("thead tbody tfoot")
_WIDEST = 20
"""Columns that one cell may span; none of a real table spans as many."""
_NEVER_IN_DATA = names("table h1 h2 h3 form main article")


def table_rows(table: Node) -> Iterator[Node]:
    """Yield the rows of a table itself, not of the tables in it."""
    for child in table.elements():
        if child.tag == "tr":
            yield child
        elif child.tag in _GROUPS:
            yield from (row for row in child.elements() if row.tag == "tr")


def cells(row: Node) -> list[Node]:
    """Return the cells of a row."""
    return [cell for cell in row.elements() if cell.tag in {"td", "th"}]


def is_layout(table: Node) -> bool:
    """Tell whether a table only places things beside one another.

    So it is where it says so by its role, holds tables or headings, or has one row or one column.
    """
    if table.get("role").lower() in {"presentation", "none"}:
        return True
    rows = [cells(row) for row in table_rows(table)]
    if len(rows) <= 1 or max(len(row) for row in rows) <= 1:
        return True
    return any(inner.tag in _NEVER_IN_DATA for row in rows for cell in row for inner in cell.walk())


def data_rows(table: Node, hidden: Callable[[Node], bool]) -> Iterator[list[Node | None]]:
    """Yield each row's cells; ``None`` where a cell spans on, so that columns stay in line."""
    for row in table_rows(table):
        if hidden(row):
            continue
        line: list[Node | None] = []
        for cell in cells(row):
            span = cell.get("colspan")
            width = int(span) if span.isascii() and span.isdigit() and len(span) < 5 else 1  # noqa: PLR2004 - four digits
            line += [None if hidden(cell) else cell, *[None] * (min(width, _WIDEST) - 1)]
        yield line
