"""The verdict: prove editorial, else name the facts, else say that nobody knows."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from notifier.classify import scope as scopes
from notifier.classify.context import Context, Scope, context_for
from notifier.classify.direction import direction
from notifier.classify.facts import about_terms, evidence
from notifier.classify.model import (
    Classification,
    Direction,
    Finding,
    Ground,
    Miss,
    Outcome,
    Route,
    Verdict,
)
from notifier.classify.opinion import features, features_above, speaks_plainly
from notifier.classify.proof import required, words_of
from notifier.classify.reading import read
from notifier.classify.rule import RuleKind, all_rules
from notifier.classify.ruleset import strongest
from notifier.classify.stored import touches_stored

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notifier.classify.lexicon import Lexicon
    from notifier.classify.ruleset import RuleSet
    from notifier.diff.model import Change, Diff

_MOST_GROUNDS = 4
_LONGEST_CHANGE = 12_000
"""Letters on both sides together, above which a change is not analysed but sent to a person: no
sentence is half as long, but the coarse pieces of an endless one are."""
_MOST_LETTERS = 800_000
"""Letters of all changes of a diff that are analysed, some three seconds of work; a policy of
twenty thousand words, written anew from end to end, has a third of it."""
_EACH = 250
"""Letters that a change costs whatever its length."""


def classify(
    diff: Diff,
    *,
    ruleset: RuleSet,
    lexicon: Lexicon,
    editorial_banner: bool = True,
    scope: Scope | None = None,
) -> Classification:
    """Return the verdict on every change of a diff, and on the whole.

    Pure: the same diff, rule set and lexicon give the same classification. ``scope`` holds the
    policy's own site names; without it every change concerns all sites.
    """
    context = context_for(diff.old, diff.new, lexicon=lexicon, ruleset=ruleset, scope=scope)
    reach = _reach(diff.changes)
    verdicts = (
        *(judge(each, context, editorial_banner=editorial_banner) for each in diff.changes[:reach]),
        *(_unknown(each, context, (_too_many(),), ()) for each in diff.changes[reach:]),
    )
    return Classification(
        verdicts=verdicts,
        ruleset=ruleset.name,
        ruleset_digest=ruleset_digest(ruleset, lexicon),
        material=any(verdict.material for verdict in verdicts),
        touches_stored=any(verdict.touches_stored for verdict in verdicts),
        route=_route(diff, verdicts, ruleset),
        notes=(*diff.notes, *_reach_notes(reach, len(diff.changes))),
    )


def _reach(changes: tuple[Change, ...]) -> int:
    """Return how many changes, from the first on, are analysed at all."""
    letters = 0
    for number, change in enumerate(changes):
        length = len(change.old) + len(change.new)
        letters += _EACH + (length if length <= _LONGEST_CHANGE else 0)
        if letters > _MOST_LETTERS:
            return number
    return len(changes)


def _reach_notes(reach: int, total: int) -> tuple[str, ...]:
    if reach == total:
        return ()
    note = (
        f"Very many changes: the first {reach:,} of {total:,} were analysed, the others are left to"
        " a person and routed as material."
    )
    return (note,)


def judge(change: Change, context: Context, *, editorial_banner: bool = True) -> Verdict:
    """Return the verdict on one change, with every rule that hit and every rule that missed."""
    if len(change.old) + len(change.new) > _LONGEST_CHANGE:
        return _unknown(change, context, (_too_long(),), ())
    found: dict[RuleKind, list[Finding]] = {kind: [] for kind in RuleKind}
    misses = []
    for rule in all_rules():
        finding = rule.check(change, context)
        if finding is None:
            misses.append(_miss(rule.name))
        else:
            found[rule.kind].append(finding)
    proofs = tuple(found[RuleKind.PROOF])
    covered = {number for proof in proofs for number in proof.covers}
    left = required(change) - covered
    vetoes, doubts = tuple(found[RuleKind.VETO]), tuple(found[RuleKind.DOUBT])
    if proofs and not left and not vetoes and not doubts:
        return _editorial(change, context, proofs, tuple(misses), editorial_banner=editorial_banner)
    facts = sorted(found[RuleKind.FACT], key=lambda fact: -fact.strength)
    if facts and not vetoes:
        return _named(change, context, tuple(facts), tuple(misses))
    unproved = (_uncleared(change, covered),) if left or not doubts else doubts
    return _unknown(change, context, vetoes or unproved, tuple(misses))


@cache
def _miss(rule: str) -> Miss:
    return Miss(rule=rule)


def ruleset_digest(ruleset: RuleSet, lexicon: Lexicon) -> str:
    """Return SHA-256 over the rule set, the lexicon and the source of every rule."""
    return _digest(ruleset.digest, lexicon.digest)


@lru_cache(maxsize=16)
def _digest(ruleset: str, lexicon: str) -> str:
    parts = (ruleset, lexicon, _sources_digest())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@cache
def _sources_digest() -> str:
    folder = Path(__file__).resolve().parent
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _editorial(
    change: Change,
    context: Context,
    proofs: tuple[Finding, ...],
    misses: tuple[Miss, ...],
    *,
    editorial_banner: bool,
) -> Verdict:
    return Verdict(
        change=change,
        outcome=Outcome.EDITORIAL,
        material=False,
        touches_stored=False,
        confidence=min(_track_record(proof.rule, context) for proof in proofs),
        findings=proofs,
        misses=misses,
        route=context.ruleset.route(
            material=False, touches_stored=False, editorial_banner=editorial_banner
        ),
        ruleset_digest=ruleset_digest(context.ruleset, context.lexicon),
    )


def _named(
    change: Change, context: Context, facts: tuple[Finding, ...], misses: tuple[Miss, ...]
) -> Verdict:
    """Return a material verdict, or an unknown one where the second opinion doubts the facts."""
    found, reading = evidence(change, context), read(change)
    terms = about_terms(change, context)
    seen = features(change, reading, found, terms=terms)
    opinion = context.lexicon.opinion
    share = opinion.share(seen)
    if share < opinion.gate and not speaks_plainly(reading, seen):
        return _unknown(change, context, (_doubted(share), *facts), misses)
    grounds = _grounds(change, context, seen)
    return _routed(
        Verdict(
            change=change,
            outcome=Outcome.MATERIAL,
            material=True,
            touches_stored=touches_stored(found, reading, terms=terms),
            grounds=grounds,
            direction=direction(reading, grounds[0]),
            confidence=_track_record(facts[0].rule, context),
            opinion=share,
            sites=scopes.sites(reading, context),
            categories=scopes.categories(reading, context),
            findings=facts,
            misses=misses,
        ),
        context,
    )


def _unknown(
    change: Change, context: Context, findings: tuple[Finding, ...], misses: tuple[Miss, ...]
) -> Verdict:
    grounds: tuple[Ground, ...] = (Ground.PURPOSE,)
    turn, opinion = Direction.NEUTRAL, 1.0
    if not any(finding.rule in _UNREAD for finding in findings):
        found, reading = evidence(change, context), read(change)
        seen = features(change, reading, found, terms=about_terms(change, context))
        grounds = _grounds(change, context, seen) or grounds
        turn = direction(reading, grounds[0])
        opinion = context.lexicon.opinion.share(seen)
    return _routed(
        Verdict(
            change=change,
            outcome=Outcome.UNKNOWN,
            material=True,
            touches_stored=True,
            grounds=grounds,
            direction=turn,
            opinion=opinion,
            findings=findings,
            misses=misses,
        ),
        context,
    )


def _grounds(change: Change, context: Context, seen: Mapping[str, float]) -> tuple[Ground, ...]:
    """Return the grounds, weightiest first, as the rules and the second opinion rank them."""
    lexicon = context.lexicon
    about = {**seen, **features_above(change, lexicon)}
    return lexicon.opinion.ranked(about)[:_MOST_GROUNDS]


def _routed(verdict: Verdict, context: Context) -> Verdict:
    rules = context.ruleset
    silence = rules.silence_for(
        ground=verdict.ground, direction=verdict.direction, touches_stored=verdict.touches_stored
    )
    known = verdict.outcome is Outcome.MATERIAL
    route = rules.route(
        material=True,
        touches_stored=verdict.touches_stored,
        grounds=verdict.grounds if known else None,
        direction=verdict.direction if known else None,
    )
    return replace(
        verdict,
        silence=silence.silence,
        route=route,
        ruleset_digest=ruleset_digest(rules, context.lexicon),
    )


def _route(diff: Diff, verdicts: tuple[Verdict, ...], ruleset: RuleSet) -> Route:
    if verdicts:
        return strongest(tuple(verdict.route for verdict in verdicts))
    invisible = any(diff.ignored.values()) or diff.old.source != diff.new.source
    return ruleset.routes["invisible"] if invisible else Route.NONE


def _track_record(rule: str, context: Context) -> float:
    upheld, total = context.lexicon.record.get(rule, (0, 0))
    return round((upheld + 1) / (total + 2), 3)


def _uncleared(change: Change, covered: set[int]) -> Finding:
    reading = read(change)
    left = tuple(sorted(number for number in required(change) - covered))
    if not reading.two_sided:
        says = "A passage was added or removed that no rule could clear; a person must decide."
    elif any(number >= 0 for number in left):
        says = "No rule accounts for these words, so they may change what is promised."
    else:
        says = (
            "The words stand elsewhere or lead to another page; they may say something else there."
        )
    return Finding(
        rule="not-cleared",
        says=says,
        old=words_of(reading, left, new=False),
        new=words_of(reading, left, new=True),
    )


_UNREAD = frozenset({"too-long", "too-many"})
"""Findings that say that a change was not analysed."""


def _too_many() -> Finding:
    return Finding(
        rule="too-many",
        says="So much has changed that this passage was not analysed; a person must decide.",
    )


def _doubted(share: float) -> Finding:
    return Finding(
        rule="second-opinion",
        says="The words name a ground, but changes like this one were seldom material "
        f"({share:.0%}); a person must decide.",
    )


def _too_long() -> Finding:
    return Finding(
        rule="too-long",
        says=f"The passage is longer than {_LONGEST_CHANGE:,} letters; a person must decide.",
    )
