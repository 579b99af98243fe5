"""Where a unit stands: the headings and the lead-in above it, and what stands below it itself."""

from __future__ import annotations

from itertools import islice, takewhile
from typing import TYPE_CHECKING

from notifier.classify.pointing import only_points
from notifier.classify.text import fold, tokens
from notifier.classify.titles import weighty
from notifier.policy.model import UnitKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notifier.classify.context import Side
    from notifier.classify.lexicon import Lexicon
    from notifier.policy.model import Unit

Above = tuple[tuple[str, ...], ...]
_MOST_BELOW = 400
"""Units below one heading that are looked at; the longest section known has a third of it."""


def same_place(one: Unit, two: Unit) -> bool:
    """Return whether both stand under the same headings and lead-in, numbers aside.

    A heading that says nothing ("Overview") scopes nothing, and is passed over.
    """
    return _above(one) == _above(two) and one.kind is two.kind


def introduced(unit: Unit, side: Side) -> str:
    """Return what a unit hangs on in its section: the head of its table, a line with a colon.

    Paragraphs below "We never share:" are a list that no markup shows.
    """
    start = side.places.get(unit.span.start)
    if start is None or unit.kind is UnitKind.HEADING:
        return ""
    before = list(reversed(side.order[max(0, start - _MOST_BELOW) : start]))
    rows = list(takewhile(lambda each: each.kind is unit.kind is UnitKind.ROW, before))
    section = takewhile(lambda each: each.kind is not UnitKind.HEADING, before[len(rows) :])
    line = next((each.text for each in section if each.text.endswith(":")), "")
    return fold(f"{rows[-1].text if rows else ''} {line}")


def keeps_scope(unit: Unit, mine: Side, other: Side, *, said: tuple[str, str] = ("", "")) -> bool:
    """Return whether all that stands below a heading or lead-in stood under the same words before.

    What has no twin in the other text is a change of its own. ``said``: how the unit reads here and
    there, where that is not the same.
    """
    for below in islice(_below(unit, mine), _MOST_BELOW):
        twins = other.units.get(fold(below.text), ())
        if twins and not any(_above(below, said) == _above(twin) for twin in twins):
            return False
    return True


def body_speaks(unit: Unit, mine: Side, other: Side, lexicon: Lexicon) -> bool:
    """Return whether all that stands below a heading is new with it, and a statement among it.

    Such a statement is a change that no proof clears, so that the section is never silent.
    """
    body = [each for each in islice(_below(unit, mine), _MOST_BELOW) if each.text]
    prose = [each for each in body if each.kind is not UnitKind.HEADING]
    return all(not other.units.get(fold(each.text)) for each in prose) and any(
        each.kind is UnitKind.SENTENCE
        and len(tokens(each.text)) >= _STATEMENT
        and not only_points(tokens(each.text), lexicon)
        for each in prose
    )


_STATEMENT = 8
"""Words of a statement; shorter lines may be stamps, addresses, furniture."""


def _above(unit: Unit, said: tuple[str, str] = ("", "")) -> Above:
    """Return what scopes a unit, outermost first; last its lead-in."""
    here, there = said
    titles = tuple(
        words
        for title in unit.path
        if (words := weighty(there if here and fold(title) == fold(here) else title))
    )
    lead_in = there if here and fold(unit.lead_in) == fold(here) else unit.lead_in
    return (*titles, tuple(fold(lead_in).split()))


def _below(unit: Unit, side: Side) -> Iterator[Unit]:
    start = side.places.get(unit.span.start)
    if start is None:
        return
    for below in islice(side.order, start + 1, None):
        if unit.kind is UnitKind.HEADING:
            if below.kind is UnitKind.HEADING and below.level <= unit.level:
                return
        elif below.kind is not UnitKind.ITEM or below.lead_in != unit.text:
            return
        yield below
