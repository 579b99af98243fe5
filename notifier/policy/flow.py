"""The running text of one block, with the way back from every character to the source."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(kw_only=True, slots=True)
class Flow:
    """What a reader sees of one block, piece by piece, each tied to characters of the source.

    A piece is either verbatim (as long as its source) or stands for its whole source range
    (``&amp;`` → ``&``).
    """

    source: str
    text: str = ""
    links: list[tuple[int, str]] = field(default_factory=list)
    """Link targets with the place in ``text`` where they stand."""
    _parts: list[str] = field(default_factory=list)
    _length: int = 0
    _starts: list[int] = field(default_factory=list)
    _origins: list[tuple[int, int]] = field(default_factory=list)

    def add(self, start: int, end: int, shown: str | None = None) -> None:
        """Append source characters ``start`` to ``end``, verbatim unless ``shown`` is given."""
        visible = self.source[start:end] if shown is None else shown
        if not visible:
            return
        self._parts.append(visible)
        self._starts.append(self._length)
        self._origins.append((start, end))
        self._length += len(visible)

    def close(self) -> Flow:
        """Join the pieces; nothing may be added afterwards."""
        self.text = "".join(self._parts)
        return self

    def pieces(self) -> Iterator[tuple[str, tuple[int, int]]]:
        """Return what was added, in order: the visible text and its source range."""
        return zip(self._parts, self._origins, strict=True)

    @property
    def length(self) -> int:
        """Return how many characters have been added."""
        return self._length

    def source_start(self, at: int) -> int:
        """Return where the character at ``at`` begins in the source."""
        return self._locate(at)[0]

    def source_end(self, at: int) -> int:
        """Return where the character before ``at`` ends in the source."""
        return self._locate(at - 1)[1]

    def _locate(self, at: int) -> tuple[int, int]:
        index = bisect_right(self._starts, at) - 1
        begin = self._starts[index]
        start, end = self._origins[index]
        after = self._starts[index + 1] if index + 1 < len(self._starts) else self._length
        if after - begin == end - start:
            return start + at - begin, start + at - begin + 1
        return start, end

    def ranges(self, sentences: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """Return source ranges of the sentences: markup goes with the words that it encloses.

        What stands before the white space between two sentences belongs to the first one, what
        stands after it to the second one.
        """
        found: list[tuple[int, int]] = []
        for begin, end in sentences:
            start = self.source_start(begin)
            if begin > 0 and self.text[begin - 1].isspace():
                start = self.source_end(begin)
            stop = self.source_end(end)
            if end < len(self.text) and self.text[end].isspace():
                stop = self.source_start(end)
            elif end < len(self.text):
                stop = max(stop, self.source_start(end))
            if found and start < found[-1][1]:
                start = found[-1][1]
            found.append((start, max(start, stop)))
        return found
