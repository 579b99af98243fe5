"""Punctuation that decides what belongs together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from notifier.classify.model import Finding
from notifier.classify.proof import quote
from notifier.classify.reading import read
from notifier.classify.rule import RuleKind
from notifier.classify.words import bag

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notifier.classify.context import Context
    from notifier.classify.reading import Reading
    from notifier.classify.text import Token
    from notifier.diff.model import Change

_SCOPE = bag(
    "which that who whom whose unless except excluding without with only solely located based "
    "provided subject"
)
"""Words that open what a comma before them tells of all, or of the last thing named alone."""
_JOINING = bag("and or but nor")
_STOPS = re.compile(r"[.!?;]")
_MARKS = (".", ",", "(", ")")
_DASH = re.compile(r"[-‐-―−]")
_ASKS = bag("what how why who whom which where when do does did can may will is are if")


class Punctuation:
    """A comma, full stop, bracket or question mark that may change what belongs together.

    True: "partners, who are in France" → "partners who are in France"; "not deleted. Unless you
    ask, …" → "not deleted unless you ask. …". Near miss: a comma before "and", a full stop that was
    missing, a hyphen.
    """

    name = "punctuation"
    kind = RuleKind.VETO

    def check(self, change: Change, context: Context) -> Finding | None:  # noqa: ARG002 - every rule has it
        """Return a finding where such a mark came, went or moved, or nothing."""
        reading = read(change)
        if not reading.two_sided or reading.old_text == reading.new_text:
            return None
        if not (_asks_otherwise(reading) or _regroups(tuple(_gaps(reading)))):
            return None
        return Finding(
            rule=self.name,
            says="Punctuation changed that may decide what belongs together.",
            old=quote(reading.old_text),
            new=quote(reading.new_text),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Gap:
    """What stands between two words that follow one another on both sides, where it differs."""

    old: str
    new: str
    after: str
    """The folded word behind; empty at the end of the text."""
    between_numbers: bool = False


def _gaps(reading: Reading) -> Iterator[Gap]:
    for olds, news in _equal_runs(reading):
        pairs = zip(pairwise(olds), pairwise(news), strict=True)
        for (before, after), (one, two) in pairs:
            old = reading.old_text[before.end : after.start]
            new = reading.new_text[one.end : two.start]
            if old != new:
                yield Gap(
                    old=_STOPS.sub(".", old),
                    new=_STOPS.sub(".", new),
                    after=after.key,
                    between_numbers=before.kind == after.kind == "number",
                )
    # A full stop that comes or goes at the end groups nothing, a bracket does.
    ends = [
        "".join(mark for mark in text[side[-1].end :] if mark in "()") if side else ""
        for text, side in ((reading.old_text, reading.old), (reading.new_text, reading.new))
    ]
    if ends[0] != ends[1]:
        yield Gap(old=ends[0], new=ends[1], after="")


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


def _asks_otherwise(reading: Reading) -> bool:
    """Return whether a statement became a question, or the other way round, in the same words.

    "What do we collect?" is a title with its mark or without.
    """
    if reading.hunks:
        return False
    asks = [text.rstrip().endswith("?") for text in (reading.old_text, reading.new_text)]
    return asks[0] != asks[1] and any(
        side[0].key not in _ASKS for side in (reading.old, reading.new)
    )


def _regroups(gaps: tuple[Gap, ...]) -> bool:
    """Return whether a mark moved, or a comma or full stop came or went where it decides."""
    for mark in _MARKS:
        went = [gap for gap in gaps if mark in gap.old and mark not in gap.new]
        came = [gap for gap in gaps if mark in gap.new and mark not in gap.old]
        if mark == ",":
            went, came = (
                [gap for gap in side if gap.after not in _JOINING] for side in (went, came)
            )
        if went and came:
            return True
        if mark in ",." and any(gap.after in _SCOPE for gap in went + came):
            return True
    return any(gap.between_numbers and _range(gap.old) != _range(gap.new) for gap in gaps)


def _range(gap: str) -> str:
    return _DASH.sub("-", "".join(gap.split()))


rule = Punctuation()
