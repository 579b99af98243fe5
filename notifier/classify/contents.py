"""Tables of contents: runs of lines that name the headings below them, in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.context import split_number
from notifier.classify.text import keys
from notifier.classify.words import bag
from notifier.policy.model import UnitKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from notifier.classify.context import Side
    from notifier.policy.model import Unit

_FEWEST = 3
"""Entries of a table of contents; fewer are any lines."""
_LONGEST = 16
_INTRODUCING = bag(
    "table of contents content on this page in article document policy privacy notice statement "
    "terms agreement section sections the following topics overview summary jump to quick links "
    "navigation menu index covers explains describes here is what below you will find a an and our "
    "go skip click any for full details more information it its these chapters headings"
)
"""Words that introduce a table of contents, and no list of anything else."""

_REACH = 40
"""Lines on either side of an entry that are looked at."""


def in_contents(unit: Unit, side: Side) -> bool:
    """Return whether a unit stands in a table of contents of its own document.

    That is a run of three entries or more, each a whole heading that stands below, in the order of
    the headings, under nothing but words such as "Contents" or the document's own title.
    """
    place = side.places.get(unit.span.start)
    if place is None or unit.kind not in _ENTRIES:
        return False
    titles = side.titles
    named = _named(unit, place, titles)
    if not named:
        return False
    first = last = place
    entries = list(named)
    while first > max(0, place - _REACH) and (
        more := _joins(side.order[first - 1], first - 1, titles, entries, front=True)
    ):
        first -= 1
        entries = [*more, *entries]
    while last + 1 < min(len(side.order), place + _REACH) and (
        more := _joins(side.order[last + 1], last + 1, titles, entries, front=False)
    ):
        last += 1
        entries += more
    if len(entries) < _FEWEST or entries[0] <= last:
        return False
    run = side.order[first : last + 1]
    return all(_free(each, run, side) for each in run)


_ENTRIES = {UnitKind.ITEM, UnitKind.SENTENCE}


def _joins(
    unit: Unit,
    place: int,
    titles: Mapping[tuple[str, ...], tuple[int, ...]],
    entries: list[int],
    *,
    front: bool,
) -> list[int]:
    """Return the headings that a neighbour names, where it goes on with the run; else nothing."""
    if unit.kind not in _ENTRIES:
        return []
    if front:
        return _named(unit, place, titles, before=entries[0])
    return _named(unit, place, titles, after=entries[-1])


def _named(
    unit: Unit,
    place: int,
    titles: Mapping[tuple[str, ...], tuple[int, ...]],
    *,
    after: int = -1,
    before: int | None = None,
) -> list[int]:
    """Return the places of the headings that a line names: one, or several in their order."""
    whole = _one(tuple(split_number(unit.text)[1].split()), titles, max(place, after), before)
    if whole or unit.kind is UnitKind.ITEM:
        return whole
    words, at, found = keys(unit.text), 0, [max(place, after)]
    while at < len(words):
        for size in range(min(_LONGEST, len(words) - at), 0, -1):
            if step := _one(words[at : at + size], titles, found[-1], before):
                found += step
                at += size
                break
        else:
            if not words[at].replace(".", "").isdigit():
                return []
            at += 1
    return found[1:] if len(found) > _FEWEST else []


def _one(
    words: tuple[str, ...],
    titles: Mapping[tuple[str, ...], tuple[int, ...]],
    after: int,
    before: int | None,
) -> list[int]:
    places = [
        place
        for place in titles.get(words, ())
        if place > after and (before is None or place < before)
    ]
    if not places:
        return []
    return [places[0] if before is None else places[-1]]


def _free(unit: Unit, run: Iterable[Unit], side: Side) -> bool:
    """Return whether nothing above an entry says what its list is a list of."""
    inside = {entry.text for entry in run}
    first = next((each for each in side.order if each.kind is UnitKind.HEADING), None)
    own = first.text if first else ""
    above = unit.path[-1] if unit.path else ""
    return (unit.lead_in in inside or _introduces(unit.lead_in)) and (
        above == own or _introduces(above)
    )


def _introduces(text: str) -> bool:
    return set(keys(text)) <= _INTRODUCING
