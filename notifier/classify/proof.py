"""What the editorial proofs share: which runs of words a way of reading makes equal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.classify.model import Finding
from notifier.classify.numbering import label
from notifier.classify.once import once
from notifier.classify.reading import read
from notifier.diff.model import ChangeKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from notifier.classify.reading import Hunk, Reading
    from notifier.diff.model import Change
    from notifier.policy.model import Unit

PLACE = -1
"""Stands in ``covers`` where a proof accounts for another place in the document."""
LINKS = -2
"""Stands in ``covers`` where a proof accounts for other link targets."""
MARKERS = -3
"""Stands in ``covers`` where a proof accounts for another number or letter in front."""
_QUOTE = 240


def quote(text: str) -> str:
    """Return a text short enough to be quoted in a finding."""
    text = " ".join(text.split())
    return text if len(text) <= _QUOTE else text[: _QUOTE - 1].rsplit(" ", 1)[0] + "…"


def words_of(reading: Reading, covers: tuple[int, ...], *, new: bool) -> str:
    """Return the differing words of some hunks, as they stand in the text."""
    runs = []
    for hunk in reading.hunks:
        run = hunk.new if new else hunk.old
        if hunk.index in covers and run:
            text = reading.new_text if new else reading.old_text
            runs.append(text[run[0].start : run[-1].end])
    return quote(" … ".join(runs))


def proof(rule: str, says: str, change: Change, covers: tuple[int, ...]) -> Finding:
    """Return an editorial finding that accounts for the named runs of words."""
    reading = read(change)
    return Finding(
        rule=rule,
        says=says,
        old=words_of(reading, covers, new=False),
        new=words_of(reading, covers, new=True),
        covers=covers,
    )


def by_hunk(
    rule: str, says: str, change: Change, accounts: Callable[[Hunk], bool]
) -> Finding | None:
    """Return a proof over every run of a two-sided change that ``accounts`` answers for."""
    reading = read(change)
    if not reading.two_sided:
        return None
    covers = tuple(hunk.index for hunk in reading.hunks if accounts(hunk))
    return proof(rule, says, change, covers) if covers else None


def by_fold(
    rule: str,
    says: str,
    change: Change,
    folding: Callable[[tuple[str, ...]], tuple[str, ...]],
) -> Finding | None:
    """Return a proof over every run that reads the same, with its neighbours, after ``folding``."""

    def same(hunk: Hunk) -> bool:
        old, new = hunk.windows()
        return folding(old) == folding(new)

    return by_hunk(rule, says, change, same)


@once
def required(change: Change) -> frozenset[int]:
    """Return everything that must be accounted for before the change is editorial."""
    aspects = {hunk.index for hunk in read(change).hunks}
    if change.kind is ChangeKind.MOVED:
        aspects.add(PLACE)
    if (
        change.old_units
        and change.new_units
        and _links(change.old_units) != _links(change.new_units)
    ):
        aspects.add(LINKS)
    old, new = _labels(change.old_units), _labels(change.new_units)
    if old and new and old != new:
        aspects.add(MARKERS)
    return frozenset(aspects)


def _labels(units: tuple[Unit, ...]) -> tuple[str, ...]:
    return tuple(name for unit in units if (name := label(unit.marker)))


def _links(units: tuple[Unit, ...]) -> tuple[str, ...]:
    return tuple(link for unit in units for link in unit.links)


def whole(rule: str, says: str, change: Change) -> Finding:
    """Return a proof over the whole change, its place and links included."""
    reading = read(change)
    return Finding(
        rule=rule,
        says=says,
        old=quote(reading.old_text),
        new=quote(reading.new_text),
        covers=tuple(sorted(required(change))),
    )
