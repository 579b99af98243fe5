"""Enumerators."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from notifier.classify.numbering import SECTIONS, in_sequence, label
from notifier.classify.proof import MARKERS, by_hunk, proof, required
from notifier.classify.reading import read
from notifier.classify.rule import RuleKind
from notifier.classify.text import fold, keys
from notifier.classify.words import ANAPHORA, UNITS, bag
from notifier.policy.model import UnitKind

if TYPE_CHECKING:
    from notifier.classify.context import Context
    from notifier.classify.model import Finding
    from notifier.classify.numbering import Reference
    from notifier.classify.reading import Hunk
    from notifier.diff.model import Change
    from notifier.policy.model import Unit

_SAYS = "Only the number in front differs."
_ENUMERATOR = re.compile(
    r"\s{0,4}[(#*]{0,6}(?:\d{1,3}(?:\.\d{1,3}){0,4}|[A-Za-z]|[ivxIVX]{1,5})[.):]{1,4}\s{0,4}"
)
_CLAUSE = re.compile(r"\d{1,2}(?:\.\d{1,2}){1,3}")


_LIMITING = (ANAPHORA | UNITS) - bag("business working") | bag(
    "is are was were or over under plus older and up"
)
"""Words before which a number is what the sentence speaks of: "16. That is the age"."""
_LIMITS = bag("age ages aged old limit limits minimum maximum least most")


class Renumbering:
    """Only the number or letter in front of a heading, clause or list item differs.

    True: "4. Your rights" → "5. Your rights". Near miss: "13 years" → "16 years", "1.5 years later"
    → "2.5 years later"; "16. That is the age"; "(a) to bill you" → "(b) to bill you" where another
    sentence says what holds for (b).
    """

    name = "renumbering"
    kind = RuleKind.PROOF

    def check(self, change: Change, context: Context) -> Finding | None:
        """Return a proof over the enumerator in front, or nothing."""
        reading = read(change)
        if not _is_enumerator(change, context):
            return None
        markers = (MARKERS,) if MARKERS in required(change) else ()
        if markers and not reading.hunks:
            return proof(self.name, _SAYS, change, markers)
        ends = [_end(text) for text in (reading.old_text, reading.new_text)]
        row = UnitKind.ROW in {unit.kind for unit in change.new_units}

        def accounts(hunk: Hunk) -> bool:
            return _inside(hunk) or (
                any(ends)
                and not row
                and hunk.index == 0
                and not (hunk.after and hunk.after[0].key in UNITS)
                and not hunk.before
                and all(token.end <= ends[0] for token in hunk.old)
                and all(token.end <= ends[1] for token in hunk.new)
            )

        found = by_hunk(self.name, _SAYS, change, accounts)
        if not markers:
            return found
        return proof(self.name, _SAYS, change, (*(found.covers if found else ()), *markers))


def _is_enumerator(change: Change, context: Context) -> bool:
    """Return whether the numbers in front count passages, and no sentence refers to them."""
    reading = read(change)
    for text in (reading.old_text, reading.new_text):
        words = keys(text[_end(text) :])
        if set(words[:1]) & _LIMITING or (not context.whole_documents and _LIMITS & set(words)):
            return False
    if not context.whole_documents:
        return True
    for one, two in zip(change.old_units, change.new_units, strict=False):
        old, new = label(one.marker), label(two.marker)
        if old and new and old != new:
            counted = in_sequence(old, context.old.labels) and in_sequence(new, context.new.labels)
            if not counted or any(_referred_to(two, name, context) for name in (old, new)):
                return False
    return True


def _referred_to(unit: Unit, name: str, context: Context) -> bool:
    """Return whether a sentence that stays as it is speaks of a number or letter."""
    return any(
        (_may_mean(reference, unit, name, context) or _of_its_section(reference.unit, unit))
        and reference.unit.span != unit.span
        and fold(reference.unit.text) in context.old.units
        for reference in context.new.references.get(name, ())
    )


def _may_mean(reference: Reference, unit: Unit, name: str, context: Context) -> bool:
    """Return whether a reference from anywhere may lead to the unit: "section 2" to a heading."""
    headed = name in context.old.headings and name in context.new.headings
    elsewhere = unit.kind is not UnitKind.HEADING and headed and reference.noun in SECTIONS
    return bool(reference.noun) and not elsewhere


def _of_its_section(sentence: Unit, unit: Unit) -> bool:
    return unit.kind is not UnitKind.HEADING and sentence.path == unit.path


def _inside(hunk: Hunk) -> bool:
    """Return whether a clause number differs that opens a sentence: "… ends. 8.7 Monitoring"."""
    if len(hunk.old) != 1 or len(hunk.new) != 1 or not hunk.after:
        return False
    number, title = hunk.old[0], hunk.after[0]
    return (
        all(_CLAUSE.fullmatch(token.text) and token.first for token in (number, hunk.new[0]))
        and title.text[:1].isupper()
        and title.key not in UNITS
    )


def _end(text: str) -> int:
    match = _ENUMERATOR.match(text)
    return match.end() if match and match.end() < len(text) else 0


rule = Renumbering()
