"""Tracked changes: found, named, and resolved only where a person said how."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from notifier.extract.model import Refusal, Revisions, shorten

if TYPE_CHECKING:
    from notifier.extract.docx_package import Element

KINDS = {
    "w:ins": "inserted",
    "w:del": "deleted",
    "w:moveFrom": "moved away",
    "w:moveTo": "moved here",
    "w:cellIns": "inserted cell",
    "w:cellDel": "deleted cell",
    "w:rPrChange": "formatted",
    "w:pPrChange": "formatted paragraph",
    "w:numberingChange": "renumbered",
}
_GONE = {
    Revisions.ACCEPT: frozenset({"w:del", "w:moveFrom", "w:cellDel"}),
    Revisions.REJECT: frozenset({"w:ins", "w:moveTo", "w:cellIns"}),
}
_SHOWN = 3
_LISTED = 100
"""Revisions that an error document carries."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Revision:
    """One tracked change."""

    kind: str
    words: str
    """Its first words; empty for a paragraph mark, a row or a format."""
    where: str
    """The heading above it, or the number of its paragraph."""


@dataclass(kw_only=True, slots=True)
class Tracked:
    """How tracked changes are read, and all that were met."""

    resolve: Revisions | None
    heading: str = ""
    paragraphs: int = 0
    found: list[Revision] = field(default_factory=list)

    def is_gone(self, name: str) -> bool:
        """Tell whether what an element of this name holds is not in the text that is read."""
        return name in _GONE[self.resolve or Revisions.ACCEPT]

    @property
    def wants_old_format(self) -> bool:
        """Tell whether properties from before a tracked change of format count."""
        return self.resolve is Revisions.REJECT

    def note(self, name: str, words: str = "", *, what: str = "") -> None:
        """Remember one tracked change."""
        where = f"under “{shorten(self.heading)}”" if self.heading else "above the first heading"
        self.found.append(
            Revision(
                kind=what or KINDS[name],
                words=shorten(words),
                where=f"{where}, paragraph {self.paragraphs}",
            )
        )

    def note_mark(self, mark: Element | None) -> bool:
        """Note the tracked change of a paragraph mark; tell whether the mark is gone."""
        gone = False
        for name in ("w:ins", "w:del", "w:moveFrom", "w:moveTo"):
            if mark is not None and mark.first(name):
                self.note(name, what=f"{KINDS[name]} paragraph mark")
                gone = gone or self.is_gone(name)
        return gone

    def note_row(self, properties: Element | None, words: str) -> bool:
        """Note the tracked change of a table row; tell whether the row is gone."""
        gone = False
        for name in ("w:ins", "w:del"):
            if properties is not None and properties.first(name):
                self.note(name, words, what=f"{KINDS[name]} table row")
                gone = gone or self.is_gone(name)
        return gone

    def note_cell(self, properties: Element | None, words: str) -> bool:
        """Note the tracked change of a table cell; tell whether the cell is gone."""
        gone = False
        for name in ("w:cellIns", "w:cellDel"):
            if properties is not None and properties.first(name):
                self.note(name, words)
                gone = gone or self.is_gone(name)
        return gone

    def settled(self, properties: Element | None, change: str) -> Element | None:
        """Return the run's or paragraph's properties that count, noting a change of format."""
        changed = properties.first(change) if properties else None
        if changed is None:
            return properties
        self.note(change)
        if not self.wants_old_format:
            return properties
        return changed.first(change.removesuffix("Change"))

    def refuse(self) -> None:
        """Refuse a document that has tracked changes which nobody resolved.

        :raises Refusal: it has; how many, of which kinds, and where the first ones are
        """
        if self.resolve is not None or not self.found:
            return
        counts = Counter(revision.kind for revision in self.found)
        kinds = ", ".join(f"{counts[kind]} {kind}" for kind in sorted(counts))
        first = "; ".join(_named(revision) for revision in self.found[:_SHOWN])
        more = len(self.found) - _SHOWN
        many = len(self.found)
        raise Refusal(
            f"{many} tracked change{'s are' if many > 1 else ' is'} unresolved ({kinds}): {first}"
            f"{f'; and {more} more' if more > 0 else ''}",
            "Accept or reject them in Word, or say --revisions accept or --revisions reject.",
            code="unresolved_revisions",
            revisions=[
                {"kind": r.kind, "words": r.words, "where": r.where} for r in self.found[:_LISTED]
            ],
            revisions_total=many,
        )


def _named(revision: Revision) -> str:
    words = f" “{revision.words}”" if revision.words else ""
    return f"{revision.kind}{words} {revision.where}"
