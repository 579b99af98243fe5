"""Where a name or a defined term stands: replaced or not, and what a changed definition reaches."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifier.diff.shown import one_line
from notifier.policy.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from notifier.diff.model import Change, Definition, Diff
    from notifier.policy.model import Document, Unit

_BLOCK = re.compile(r"\A[ \t]*(?:#{1,6}[ \t]|[-*+>|][ \t]?)[ \t]*")
"""What Markdown writes before a heading, an item, a quotation or a row."""
_REACH = 40
"""Characters shown on either side of a name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A name where it stands, with a few words on either side, ready to be shown."""

    heading: str
    before: str
    name: str
    after: str
    unit: int = 0
    """Where its passage begins, in bytes of the new text."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RenamePlaces:
    """The places of one rename, in reading order of the new text."""

    replaced: tuple[Place, ...]
    kept: tuple[Place, ...]
    """Where the old name still stands."""


def rename_places(diff: Diff, change: Change) -> RenamePlaces:
    """Return the places of a ``renamed`` change, all of them, in the new text."""
    return RenamePlaces(
        replaced=_places(diff.new, (new for _, new in change.occurrences)),
        kept=_places(diff.new, change.not_replaced),
    )


def term_places(diff: Diff, definition: Definition) -> tuple[Place, ...]:
    """Return where a defined term is used, once a passage, in the new text."""
    term = re.compile(r"\s+".join(re.escape(word) for word in definition.term.split()))
    return _places(diff.new, (_term_in(diff.new, span, term) for span in definition.used))


def _term_in(document: Document, unit: Span, term: re.Pattern[str]) -> Span:
    """Return the term's first place in the source of a unit; all of it where markup parts it."""
    text = _decoded(document, unit.start, unit.end)
    found = term.search(text)
    if not found:
        return unit
    start = unit.start + len(text[: found.start()].encode())
    return Span(start=start, end=start + len(found.group().encode()))


def _places(document: Document, spans: Iterable[Span]) -> tuple[Place, ...]:
    starts = [unit.span.start for unit in document.units]
    return tuple(_place(document, span, starts) for span in sorted(spans, key=lambda s: s.start))


def _place(document: Document, span: Span, starts: Sequence[int]) -> Place:
    index = bisect_right(starts, span.start) - 1
    unit: Unit | None = document.units[index] if index >= 0 else None
    whole = unit.span if unit and unit.span.end >= span.end else span
    before = _BLOCK.sub("", _decoded(document, whole.start, span.start))
    after = _decoded(document, span.end, whole.end)
    return Place(
        heading=one_line(unit.heading) if unit else "",
        before=_tail(before),
        name=one_line(_decoded(document, span.start, span.end)),
        after=_head(after),
        unit=whole.start,
    )


def _decoded(document: Document, start: int, end: int) -> str:
    return document.source[start:end].decode("utf-8", "replace")


def _tail(text: str) -> str:
    shown = " ".join(text[-2 * _REACH :].split())
    if len(shown) > _REACH:
        shown = "… " + shown[-_REACH:].split(" ", 1)[-1]
    return one_line(shown) + (" " if text[-1:].isspace() else "")


def _head(text: str) -> str:
    shown = " ".join(text[: 2 * _REACH].split())
    if len(shown) > _REACH:
        shown = shown[:_REACH].rsplit(" ", 1)[0] + " …"
    return (" " if text[:1].isspace() else "") + one_line(shown)
