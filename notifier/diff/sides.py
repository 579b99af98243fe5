"""One document as the comparison sees it: speaking units, their keys, their sections."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from notifier.diff.keys import fold, is_silent, key_of
from notifier.diff.words import bare_words
from notifier.policy.model import UnitKind

if TYPE_CHECKING:
    import re

    from notifier.policy.model import Document, Unit


@dataclass(kw_only=True)
class Side:
    """The old or the new document."""

    document: Document
    aliases: tuple[tuple[re.Pattern[str], str], ...] = ()
    """Names that the other text writes differently, with what it writes."""
    _bags: dict[int, Counter[str]] = field(default_factory=dict)

    @cached_property
    def units(self) -> list[Unit]:
        """Return the units that say something, in order."""
        return [unit for unit in self.document.units if not is_silent(unit)]

    @cached_property
    def keys(self) -> list[str]:
        """Return what each unit says."""
        return [key_of(unit) for unit in self.units]

    @cached_property
    def match_keys(self) -> list[str]:
        """Return what each unit says in the names of the other text: what pairs are sought by."""
        if not self.aliases:
            return self.keys
        found = []
        for key in self.keys:
            said = key
            for pattern, name in self.aliases:
                said = pattern.sub(name, said)
            found.append(said)
        return found

    @cached_property
    def sections(self) -> list[range]:
        """Return runs of units: each heading with what follows it up to the next heading."""
        starts = [
            index
            for index, unit in enumerate(self.units)
            if index == 0 or unit.kind is UnitKind.HEADING
        ]
        ends = [*starts[1:], len(self.units)][: len(starts)]
        return [range(start, end) for start, end in zip(starts, ends, strict=True)]

    @cached_property
    def section_of(self) -> list[int]:
        """Return the number of the section in which each unit stands."""
        found = [0] * len(self.units)
        for number, section in enumerate(self.sections):
            for index in section:
                found[index] = number
        return found

    @cached_property
    def titles(self) -> list[str]:
        """Return each section's title, folded; empty for what stands above the first heading."""
        return [
            fold(self.units[section.start].text).casefold()
            if self.units[section.start].kind is UnitKind.HEADING
            else ""
            for section in self.sections
        ]

    def bag(self, index: int) -> Counter[str]:
        """Return the unit's words, folded and lower-cased, with their counts; not to be changed."""
        found = self._bags.get(index)
        if found is None:
            found = Counter(bare_words(self.match_keys[index]))
            self._bags[index] = found
        return found

    def source_bytes(self, index: int) -> bytes:
        """Return the exact source of a unit, as bytes."""
        span = self.units[index].span
        return self.document.source[span.start : span.end]

    def source_text(self, index: int) -> str:
        """Return the exact source of a unit."""
        return self.source_bytes(index).decode()

    def weight(self, index: int) -> int:
        """Return how much of the text a unit is, for deciding what stayed and what moved."""
        return len(self.keys[index]) + 8
