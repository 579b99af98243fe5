"""What a policy version is once it has been read: a document of typed units over exact bytes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class UnitKind(StrEnum):
    """What a unit is, as the extractor saw it in the markup."""

    HEADING = "heading"
    SENTENCE = "sentence"
    ITEM = "item"
    """A list item, or one sentence of a long one; its ``lead_in`` stands above the list."""
    ROW = "row"
    """One row of a table; cells are joined with `` | ``."""
    RULE = "rule"
    """A separator: ``* * *``, ``==========``. Carries no words."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A half-open range of bytes in the UTF-8 source of one document."""

    start: int
    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Unit:
    """The smallest piece of a policy that is compared: heading, sentence, list item, table row."""

    kind: UnitKind
    text: str
    """What a reader sees: markup removed, entities decoded, hard wraps rejoined, single spaces."""
    span: Span
    """The exact source bytes, markup included. Spans of a document ascend and never overlap."""
    path: tuple[str, ...] = ()
    """Texts of the headings above it, outermost first (a heading's own text is not in its path)."""
    level: int = 0
    """A heading's depth, 1 to 6; 0 for anything else."""
    lead_in: str = ""
    """For a list item: the text that introduces its list."""
    marker: str = ""
    """The enumerator or bullet in the source (``5.``, ``(a)``, ``-``); not part of ``text``."""
    links: tuple[str, ...] = ()
    """Link targets, in order."""
    block: int = 0
    """Number of the paragraph, list item or table it stands in; its sentences share it."""

    @property
    def heading(self) -> str:
        """Return the nearest heading above the unit, or an empty string."""
        return self.path[-1] if self.path else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """One policy text, parsed.

    ``source`` is the extracted text as UTF-8: for UTF-8 Markdown and plain text the file's own
    bytes.
    """

    source: bytes
    units: tuple[Unit, ...]
    parser: str
    """Name and version of the parser, recorded with every result made from this document."""
    reading: tuple[str, ...] = ()
    """Plain sentences about how it was read: an encoding, what was left out, a coarser way."""
    notes: tuple[str, ...] = ()
    """Plain sentences about what a reader would not see in it: hidden characters, look-alikes."""
