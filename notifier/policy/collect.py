"""Gather units while a text is read: headings above, sentences within, exact spans, limits kept."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from notifier.policy.enumerators import BARE_NUMBER, match_enumerator
from notifier.policy.model import Span, Unit, UnitKind
from notifier.policy.sentences import split_sentences

if TYPE_CHECKING:
    from notifier.policy.flow import Flow

MAX_UNITS = 10_000
"""Six times the longest policy known; beyond it a text is read in coarse pieces, and noted."""

_COARSE = 16_384
"""Characters of a coarse piece."""

_SAYS_SOMETHING = re.compile(r"[^\W_]")


@dataclass(kw_only=True, slots=True)
class Draft:
    """A unit whose span still counts characters."""

    kind: UnitKind
    text: str
    start: int
    end: int
    level: int = 0
    lead_in: str = ""
    marker: str = ""
    links: tuple[str, ...] = ()
    block: int = 0


class Full(Exception):  # noqa: N818 - a signal inside this package, not an error
    """The limit on units is reached; what is left is read coarsely."""


@dataclass(kw_only=True, slots=True)
class Collector:
    """Takes blocks in reading order and keeps their units."""

    source: str
    drafts: list[Draft] = field(default_factory=list)
    block: int = 0

    def add(self, draft: Draft) -> None:
        """Keep a unit; one that would overlap the unit before it is cut to what is left."""
        if len(self.drafts) >= MAX_UNITS:
            raise Full
        if self.drafts and draft.start < self.drafts[-1].end:
            draft.start = self.drafts[-1].end
        if draft.end > draft.start:
            self.drafts.append(draft)

    def rule(self, start: int, end: int) -> None:
        """Keep a separator."""
        self.block += 1
        self.add(Draft(kind=UnitKind.RULE, text="", start=start, end=end, block=self.block))

    def whole(
        self, kind: UnitKind, flow: Flow, start: int, end: int, *, level: int = 0, marker: str = ""
    ) -> None:
        """Keep a block that is one unit: a heading or a table row."""
        self.block += 1
        text = clean(flow.text)
        if kind is UnitKind.HEADING:
            numbered = match_enumerator(text)
            if numbered:
                marker = f"{marker} {numbered.group().strip()}".strip()
                text = text[numbered.end() :]
        links = tuple(target for _, target in flow.links)
        self.add(
            Draft(
                kind=kind,
                text=text,
                start=start,
                end=end,
                level=level,
                marker=marker,
                links=links,
                block=self.block,
            )
        )

    def prose(
        self,
        kind: UnitKind,
        flow: Flow,
        start: int,
        end: int,
        *,
        marker: str = "",
        lead_in: str = "",
    ) -> None:
        """Keep the sentences of a paragraph or list item that stands at ``start`` to ``end``."""
        self.block += 1
        begin = _words_begin(flow.text)
        number = clean(flow.text[:begin])
        ranges = _sentence_ranges(flow.text, begin)
        if not ranges:
            self._wordless(kind, flow, start, end, marker)
            return
        spans = flow.ranges(ranges)
        links = _links_by_range(flow.links, ranges)
        for index, (a, b) in enumerate(ranges):
            first, last = index == 0, index == len(ranges) - 1
            self.add(
                Draft(
                    kind=kind,
                    text=clean(flow.text[a:b]),
                    start=start if first else spans[index][0],
                    end=end if last else spans[index][1],
                    lead_in=lead_in,
                    marker=f"{marker} {number}".strip() if first else "",
                    links=links[index],
                    block=self.block,
                )
            )

    def _wordless(self, kind: UnitKind, flow: Flow, start: int, end: int, marker: str) -> None:
        if flow.links or BARE_NUMBER.match(marker):
            links = tuple(target for _, target in flow.links)
            self.add(
                Draft(
                    kind=kind,
                    text="",
                    start=start,
                    end=end,
                    marker=marker,
                    links=links,
                    block=self.block,
                )
            )


def clean(text: str) -> str:
    """Return text with every run of white space as one space."""
    return " ".join(text.split())


def _cut(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Cut a sentence of absurd length at white space, so that no unit is large."""
    pieces: list[tuple[int, int]] = []
    while end - start > _COARSE:
        stop = text.rfind(" ", start + _COARSE // 2, start + _COARSE)
        stop = stop if stop > start else start + _COARSE
        pieces.append((start, stop))
        start = stop + 1 if text[stop].isspace() else stop
        while start < end and text[start].isspace():
            start += 1
    return [*pieces, (start, end)] if end > start else pieces


def _sentence_ranges(text: str, begin: int) -> list[tuple[int, int]]:
    return [
        piece
        for a, b in split_sentences(text[begin:])
        for piece in _cut(text, a + begin, b + begin)
    ]


def _words_begin(text: str) -> int:
    """Return where the words begin after an enumerator, else 0."""
    lead = len(text) - len(text.lstrip())
    found = match_enumerator(text, lead)
    return found.end() if found else 0


def _links_by_range(
    links: list[tuple[int, str]], ranges: list[tuple[int, int]]
) -> list[tuple[str, ...]]:
    """Give every link to the sentence in which it stands, or to the one before it."""
    found: list[list[str]] = [[] for _ in ranges]
    index = 0
    for place, target in links:
        while index + 1 < len(ranges) and place >= ranges[index + 1][0]:
            index += 1
        found[index].append(target)
    return [tuple(each) for each in found]


def fill_gaps(collector: Collector, quiet: list[tuple[int, int]]) -> int:
    """Make units of words that no block claimed; return how many.

    ``quiet`` are ranges known to be unread (front matter, link definitions), ascending. Nothing
    that a reader might see may fall between two units: better a coarse unit than a lost word.
    """
    source, found = collector.source, []
    at = 0
    edges = sorted([(d.start, d.end) for d in collector.drafts] + quiet)
    for start, end in [*edges, (len(source), len(source))]:
        if start > at and _SAYS_SOMETHING.search(source, at, start):
            found += _coarse(source, at, start, collector.block)
        at = max(at, end)
    collector.drafts = sorted([*collector.drafts, *found], key=lambda draft: draft.start)
    return len(found)


def _coarse(source: str, start: int, end: int, block: int) -> list[Draft]:
    pieces = []
    while start < end:
        stop = min(end, start + _COARSE)
        if stop < end:
            stop = max(source.rfind("\n", start + 1, stop), source.rfind(" ", start + 1, stop)) + 1
            stop = stop or min(end, start + _COARSE)
        raw = source[start:stop]
        text = clean(raw)
        if text:
            a = start + len(raw) - len(raw.lstrip())
            b = start + len(raw.rstrip())
            pieces.append(Draft(kind=UnitKind.SENTENCE, text=text, start=a, end=b, block=block))
        start = stop
    return pieces


def finish(drafts: list[Draft], source: str) -> tuple[Unit, ...]:
    """Turn drafts into units: byte spans, and for each the headings above it."""
    offsets = _byte_offsets(source, drafts)
    units: list[Unit] = []
    stack: list[tuple[int, str]] = []
    path: tuple[str, ...] = ()
    for draft, (start, end) in zip(drafts, offsets, strict=True):
        if draft.kind is UnitKind.HEADING:
            while stack and stack[-1][0] >= draft.level:
                stack.pop()
            path = tuple(text for _, text in stack)
        units.append(
            Unit(
                kind=draft.kind,
                text=draft.text,
                span=Span(start=start, end=end),
                path=path,
                level=draft.level,
                lead_in=draft.lead_in,
                marker=draft.marker,
                links=draft.links,
                block=draft.block,
            )
        )
        if draft.kind is UnitKind.HEADING:
            stack.append((draft.level, draft.text))
            path = tuple(text for _, text in stack)
    return tuple(units)


def _byte_offsets(source: str, drafts: list[Draft]) -> list[tuple[int, int]]:
    if source.isascii():
        return [(draft.start, draft.end) for draft in drafts]
    found = []
    at = total = 0
    for draft in drafts:
        start = total + len(source[at : draft.start].encode())
        end = start + len(source[draft.start : draft.end].encode())
        found.append((start, end))
        at, total = draft.end, end
    return found
