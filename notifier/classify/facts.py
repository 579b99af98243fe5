"""What the fact rules share: which grounds the differing words name, and how plainly."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from notifier.classify.distance import distance
from notifier.classify.limits import limited
from notifier.classify.model import GROUND_ORDER, Finding, Ground
from notifier.classify.once import once
from notifier.classify.proof import quote
from notifier.classify.reading import read
from notifier.classify.text import keys
from notifier.classify.words import bag, is_guarded
from notifier.policy.model import UnitKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notifier.classify.context import Context
    from notifier.classify.lexicon import Hit, Lexicon
    from notifier.classify.reading import Hunk, Reading
    from notifier.diff.model import Change

_CHANGED = 3.0
_STANDING = 1.0
_ABOVE = 0.7
_FURTHER = 0.25
_NAMES = 2.0
"""A phrase of this weight or more names its ground by itself."""
_WHITHER = (Ground.TRANSFER, Ground.RECIPIENTS)
"""Grounds that a place or a receiver names only in a sentence about them."""
_POINTER = re.compile(
    r"\b(?:click here|learn more|read more|find out more|please (?:see|visit|refer|read|review)"
    r"|see our|see the|refer to|for (?:more|further|additional) (?:information|details)"
    r"|more information|you can (?:find|see|read|view)"
    r"|visit our|visit the|view our|described in the|contact us|write to us|available here)\b",
    re.IGNORECASE,
)
_STATEMENT = bag(
    "we our us you your may will can shall must should could do does is are was were has "
    "have use uses collect share disclose provide process retain store receive apply "
    "applies agree"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """How plainly a change speaks of each ground."""

    scores: Mapping[Ground, float]
    """Over the differing words, the sentence they stand in, and what stands above it."""
    named: frozenset[Ground]
    """Grounds that the differing words name, or that a differing critical word governs."""
    critical: tuple[str, ...]
    """Differing numbers, negations, modals, limits and conditions."""

    def ranked(self) -> tuple[Ground, ...]:
        """Return the grounds by score, the rubric's order breaking ties."""
        return tuple(sorted(self.scores, key=lambda g: (-self.scores[g], GROUND_ORDER[g])))


@once
def evidence(change: Change, context: Context) -> Evidence:
    """Return what the words of a change say about each ground; pure."""
    reading = read(change)
    units = change.new_units or change.old_units
    above = " . ".join(
        (*(units[0].path[-2:] if units else (change.heading,)), units[0].lead_in if units else "")
    )
    found = _evidence(reading, above, context.lexicon, terms=about_terms(change, context))
    sides = change.old_units + change.new_units
    if sides and all(unit.kind is UnitKind.HEADING for unit in sides):
        # A heading says what is below, not what is done; whether it still fits, a person decides.
        return replace(found, named=frozenset())
    return found


@once
def about_terms(change: Change, context: Context) -> bool:
    """Return whether the text around is plainly one of terms or guidelines, not of privacy."""
    units = change.new_units or change.old_units
    path = set(keys(" ".join(units[0].path if units else ()) + " " + change.heading))
    if path & _PRIVACY:
        return False
    if context.whole_documents:
        side = context.new if change.new_units else context.old
        privacy = sum(side.vocabulary.get(word, 0) for word in _PRIVACY)
        return side.words > _ENOUGH_WORDS and privacy < _FEW * side.words
    return bool(path & _TERMS_WORDS)


def _evidence(reading: Reading, above: str, lexicon: Lexicon, *, terms: bool) -> Evidence:
    weights: dict[Ground, list[float]] = {}
    named: set[Ground] = set()
    changed_keys = [token.key for token in reading.deleted + reading.inserted]
    critical = (
        *filter(is_guarded, changed_keys),
        *(key for key in changed_keys if key in _CONDITIONS),
    )
    prose = reading.two_sided or _states_something(reading, above)
    phrases: list[set[tuple[Ground, tuple[str, ...]]]] = [set(), set()]
    heard: set[tuple[Ground, bool, bool]] = set()
    differing = (
        {place for hunk in reading.hunks for place in hunk.old_place},
        {place for hunk in reading.hunks for place in hunk.new_place},
    )
    for number, words in enumerate((reading.old_keys, reading.new_keys)):
        for hit in lexicon.hits(words):
            changed = not differing[number].isdisjoint(range(hit.start, hit.end))
            heard.add((hit.ground, changed, hit.weight > _NAMES))
            factor = _CHANGED if changed else _STANDING
            near = 1.5 if not changed and _near(hit, differing[number]) else 1.0
            weights.setdefault(hit.ground, []).append(factor * near * hit.weight)
            if changed and hit.weight >= _NAMES:
                phrases[number].add((hit.ground, words[hit.start : hit.end]))
            if prose and critical and not changed and hit.weight > _NAMES:
                named.add(hit.ground)
    limit = limited(reading)
    if limit is not None:
        named.add(limit)
        weights.setdefault(limit, []).append(_CHANGED * _NAMES)
    if prose:
        # A phrase that both sides have is only worded anew around it.
        named |= {ground for ground, _ in phrases[0] ^ phrases[1]} | _whither(heard)
    if reading.hunks and all(_looks_like_a_slip(hunk, lexicon) for hunk in reading.hunks):
        # Perhaps no more than a spelling: nobody may say that it is a fact, nor that it is none.
        named = set()
    headed = keys(above)
    for hit in lexicon.hits(headed):
        weights.setdefault(hit.ground, []).append(_ABOVE * hit.weight)
    scores = {ground: _sum(values) for ground, values in weights.items()}
    if terms and _PRIVACY.isdisjoint(reading.words) and _PRIVACY.isdisjoint(headed):
        scores = {g: s * (_ELSEWHERE if g in _VAGUE else 1.0) for g, s in scores.items()}
        scores[Ground.TERMS] = max(scores.get(Ground.TERMS, 0.0), _TERMS)
        named = {Ground.TERMS if ground in _VAGUE else ground for ground in named}
    return Evidence(
        scores=scores,
        named=frozenset(named),
        critical=critical,
    )


_PRIVACY = bag(
    "personal privacy data information cookie cookies consent gdpr ccpa subprocessor "
    "subprocessors controller tracking profiling retention"
)
_TERMS_WORDS = bag("terms guidelines agreement conditions monetization developer")
_VAGUE = frozenset(
    {Ground.PURPOSE, Ground.DATA, Ground.SHARING, Ground.NOTICE, Ground.LEGAL, Ground.RIGHTS,
     Ground.RETENTION, Ground.SALE_ADS, Ground.RECIPIENTS, Ground.TRANSFER, Ground.CONTROLLER,
     Ground.SECURITY}
)  # fmt: skip
_ELSEWHERE = 0.2
_TERMS = 6.0
_ENOUGH_WORDS = 200
_FEW = 0.012
_CONDITIONS = bag("consent permission opt-in optout require requires with by") - {
    "with",
    "by",
}


def _whither(heard: set[tuple[Ground, bool, bool]]) -> set[Ground]:
    """Return the grounds that a changed hint names, since the words that stay are about them.

    ``heard``: ground, whether the phrase changed, whether it is strong. Another country after
    "stored in" is a fact; a country in a list of offices is none.
    """
    return {g for g in _WHITHER if (g, True, False) in heard and (g, False, True) in heard}


def _looks_like_a_slip(hunk: Hunk, lexicon: Lexicon) -> bool:
    if len(hunk.old) != 1 or len(hunk.new) != 1:
        return False
    old, new = hunk.old[0], hunk.new[0]
    if {old.kind, new.kind} != {"word"} or (lexicon.is_word(old.key) and lexicon.is_word(new.key)):
        return False
    return distance(old.key, new.key, limit=2) <= 2  # noqa: PLR2004 - two slips


def _near(hit: Hit, differing: set[int]) -> bool:
    return not differing.isdisjoint(range(hit.start - 3, hit.end + 2))


def _sum(values: list[float]) -> float:
    ordered = sorted(values, reverse=True)
    return ordered[0] + _FURTHER * sum(ordered[1:6])


def _states_something(reading: Reading, above: str) -> bool:
    text = reading.old_text or reading.new_text
    words = reading.old_words or reading.new_words
    if not words & _STATEMENT and not above.strip():
        return False
    return not (_POINTER.search(text) and len(words) < _SHORT)


_SHORT = 40


def fact(
    rule: str, ground: Ground, source: str, change: Change, context: Context
) -> Finding | None:
    """Return a finding if the differing words name the ground, else nothing."""
    found = evidence(change, context)
    if ground not in found.named:
        return None
    reading = read(change)
    return Finding(
        rule=rule,
        says=_SAYS[ground],
        old=_around(reading, new=False),
        new=_around(reading, new=True),
        source=source,
        ground=ground,
        strength=found.scores[ground],
    )


def _around(reading: Reading, *, new: bool) -> str:
    """Quote the differing words with the few words around them."""
    side, text = (reading.new, reading.new_text) if new else (reading.old, reading.old_text)
    if not side:
        return ""
    runs = [(hunk.new if new else hunk.old) for hunk in reading.hunks]
    ends = [(run[0].start, run[-1].end) for run in runs if run]
    if not ends:
        return quote(text)
    start = max(0, text.rfind(" ", 0, max(0, ends[0][0] - _LEAD)))
    stop = text.find(" ", ends[-1][1] + _LEAD)
    return quote(text[start : stop if stop != -1 else len(text)])


_LEAD = 40
_SAYS = {
    Ground.DATA: "This changes which kinds of information are collected, or how far they identify.",
    Ground.PURPOSE: "This changes what information is used for.",
    Ground.SHARING: "This changes whether, when or how much information is disclosed.",
    Ground.RECIPIENTS: "This changes who receives information.",
    Ground.SALE_ADS: "This changes what is said about selling information, ads or profiling.",
    Ground.RETENTION: "This changes how long information is kept or when it is deleted.",
    Ground.SECURITY: "This changes how information is protected.",
    Ground.TRANSFER: "This changes to which countries information goes, or under which framework.",
    Ground.RIGHTS: "This changes what people may ask for, refuse or choose, or how they do so.",
    Ground.CONTROLLER: "This changes who is responsible for the information.",
    Ground.CHILDREN: "This changes what is said about children, their ages or their parents.",
    Ground.TRACKING: "This changes what is said about cookies and similar technologies.",
    Ground.LEGAL: "This changes the legal basis, or what is disclosed to authorities.",
    Ground.NOTICE: "This changes how changes are announced or when they bind.",
    Ground.TERMS: "This changes terms that are not about personal information.",
    Ground.NONE: "",
}
