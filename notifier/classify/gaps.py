"""What stands between words that both sides have: commas, stops, brackets, signs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from notifier.classify.postal import STATES
from notifier.classify.words import NEGATIONS, bag

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notifier.classify.reading import Reading
    from notifier.classify.text import Token

_STOPS = re.compile(r"[.!?;]")
_DASH = re.compile(r"[-‐-―−]")
_SIGN = re.compile(r"(?:^|[\s(])[-−–+]$")
_MARKS = (".", ":", "(", ")")
_JOINING = bag("and or but nor")
_APART = bag(
    "however therefore e.g i.e eg ie etc too respectively namely please for such including like "
    "though also accordingly"
)
"""Words that may stand behind a comma or without one."""
_OPENING = bag(
    "in for if when where as by to at on after before once while under additionally however "
    "therefore generally accordingly furthermore moreover also otherwise similarly finally further "
    "thus upon with from depending because unless until since likewise consequently hence currently"
)
_SUBJECTS = bag("we you our your the this it they please these those all any such")
_CONDITIONS = bag("if unless except only with without after before when or nor not")
_NOT = bag("no not only never yes none nobody nothing neither nor")
_PREFIXES = bag("in un re de dis im ir non")
_QUOTES = "\"'“”‘’«»"


@dataclass(frozen=True, kw_only=True, slots=True)
class Gap:
    """What stands between two words that follow one another on both sides, where it differs."""

    old: str
    new: str
    before: Token
    after: Token
    opener: Token
    """The word that opens the sentence."""

    def differs_in(self, mark: str) -> bool:
        """Return whether a mark came or went here."""
        return (mark in self.old) != (mark in self.new)


def regrouped(reading: Reading) -> bool:
    """Return whether marks came, went or moved that may change which words belong together.

    Linear in the length of the two texts.
    """
    gaps = tuple(_gaps(reading))
    ends = [_end(text, side) for text, side in _sides(reading)]
    return (
        any(_moved(gaps, mark, ends) for mark in _MARKS)
        or ("…" in ends[0]) != ("…" in ends[1])
        or any(gap.differs_in(",") and not _free(gap) for gap in gaps)
        or any(gap.differs_in(".") and gap.after.key in _CONDITIONS for gap in gaps)
        or (_denies(reading) and any(gap.differs_in(".") for gap in gaps))
        or any(gap.before.key in _NOT and _marks(gap.old) != _marks(gap.new) for gap in gaps)
        or any(gap.before.key in _PREFIXES and ("-" in gap.old) != ("-" in gap.new) for gap in gaps)
        or any(map(_counts_otherwise, gaps))
    )


def _denies(reading: Reading) -> bool:
    """Return whether a negation stands there, whose reach ends with its sentence."""
    return not reading.words.isdisjoint(NEGATIONS)


def _marks(gap: str) -> str:
    return _DASH.sub(
        "-", "".join(mark for mark in gap if not mark.isspace() and mark not in _QUOTES)
    )


def _moved(gaps: tuple[Gap, ...], mark: str, ends: list[str]) -> bool:
    pairs = [(gap.old, gap.new) for gap in gaps]
    if mark in "()":
        pairs.append((ends[0], ends[1]))
    went = any(mark in old and mark not in new for old, new in pairs)
    came = any(mark in new and mark not in old for old, new in pairs)
    return went and came


def _free(gap: Gap) -> bool:
    """Return whether a comma may stand here or not and the sentence says the same."""
    before, after = gap.before, gap.after
    if any(gap.differs_in(mark) for mark in ".()"):
        return True  # a stop or bracket for a comma; whether that decides is asked of those
    if before.key in _NOT:
        return False
    if after.key in _JOINING or after.key in _APART or before.key in _APART:
        return True
    if after.key in _SUBJECTS and gap.opener.key in _OPENING:
        return True
    dated = _is_year(after) or (after.kind == "number" and before.text[:1].isupper())
    placed = after.key in STATES or (after.text.isupper() and len(after.text) == _CODE)
    return dated or (placed and before.text[:1].isupper())


_CODE = 2
"""Letters of "CA" and "UK"."""


def _counts_otherwise(gap: Gap) -> bool:
    """Return whether a range became a list, or a number lost or gained its sign."""
    if gap.after.kind != "number":
        return False
    if gap.before.kind == "number" and not _is_year(gap.after):
        return _range(gap.old) != _range(gap.new)
    return bool(_SIGN.search(gap.old)) != bool(_SIGN.search(gap.new))


def _is_year(token: Token) -> bool:
    return token.key.isdigit() and token.key[:2] in {"19", "20"} and len(token.key) == 2 * _CODE


def _range(gap: str) -> str:
    return _DASH.sub("-", "".join(gap.split()))


def _gaps(reading: Reading) -> Iterator[Gap]:
    opener = reading.old[0] if reading.old else None
    for olds, news in _equal_runs(reading):
        for (before, after), (one, two) in zip(pairwise(olds), pairwise(news), strict=True):
            opener = before if before.first or opener is None else opener
            old = reading.old_text[before.end : after.start]
            new = reading.new_text[one.end : two.start]
            if old != new:
                yield Gap(
                    old=_STOPS.sub(".", old),
                    new=_STOPS.sub(".", new),
                    before=before,
                    after=after,
                    opener=opener,
                )


def _sides(reading: Reading) -> tuple[tuple[str, tuple[Token, ...]], ...]:
    return (reading.old_text, reading.old), (reading.new_text, reading.new)


def _end(text: str, side: tuple[Token, ...]) -> str:
    """Return the brackets and dots behind the last word; a full stop there groups nothing."""
    rest = text[side[-1].end :] if side else ""
    return "".join(mark for mark in rest.replace("...", "…") if mark in "()…")


def _equal_runs(reading: Reading) -> Iterator[tuple[tuple[Token, ...], tuple[Token, ...]]]:
    """Yield the runs of words that stand on both sides, as the two sides write them."""
    places = {token.start: place for place, token in enumerate(reading.old)}
    i = j = 0
    for hunk in reading.hunks:
        before = hunk.before[-1:]
        end = places[before[0].start] + 1 if before else 0
        yield reading.old[i:end], reading.new[j : j + end - i]
        j += end - i + len(hunk.new)
        i = end + len(hunk.old)
    yield reading.old[i:], reading.new[j:]
