"""The legal decision: rulings over verdicts, who may approve, and the digest that binds it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from notifier.classify.model import Finding, Ground, Outcome, Verdict
from notifier.classify.wilson import Share
from notifier.errors import PromiseError, TooLateError
from notifier.evidence.chain import canonical_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from notifier.classify.ruleset import RuleSet


REVIEWER = "reviewer"
"""The name under which a person's ruling stands among the findings of rules."""

TOO_LATE = (
    "TOO LATE   the notice no longer fits; reschedule to {earliest} or later, or nobody may approve"
)
"""What the plan says before anybody tries to approve."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Override:
    """A reviewer's word on one change. Empty tuples keep what the classifier said."""

    material: bool
    touches_stored: bool
    grounds: tuple[Ground, ...] = ()
    categories: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    reason: str
    actor: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """A reviewer's word on one change, and the very words that it was said about."""

    campaign: str
    change: str
    """Content key (``plan.keys``)."""
    at: str
    """UTC instant, as the ledger writes it."""
    actor: str
    material: bool
    touches_stored: bool
    grounds: tuple[str, ...]
    """Weightiest first; the classifier's, where the reviewer named none."""
    reason: str
    kind: str
    heading: str
    old: str
    new: str
    ruleset_sha256: str
    lexicon_sha256: str

    def is_precedent_for(self, verdict: Verdict, key: str, digests: tuple[str, str]) -> bool:
        """Say whether it was made on exactly this change, under these rules and words.

        ``digests`` are those of the rule set and the lexicon. One letter more or less is another
        change: what was decided about it says nothing here.
        """
        change = verdict.change
        return (self.change, self.old, self.new) == (key, change.old, change.new) and digests == (
            self.ruleset_sha256,
            self.lexicon_sha256,
        )


def last_words(decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    """Return the last decision on each change of each campaign, in the order they were made."""
    last = {(each.campaign, each.change): each for each in decisions}
    return tuple(sorted(last.values(), key=lambda each: each.at))


def track_record(
    approved: Iterable[Mapping[str, Mapping[str, Any]]],
) -> dict[str, Share]:
    """Return how often what a rule led to was upheld, by rule.

    ``approved`` holds, for each approval, its changes by key: ``rules`` that decided, and whether
    the verdict ``stands``. Whoever approves a campaign upholds each verdict that nobody overruled.
    """
    counts: dict[str, list[int]] = {}
    for changes in approved:
        for said in changes.values():
            for rule in said["rules"]:
                count = counts.setdefault(rule, [0, 0])
                count[0] += bool(said["stands"])
                count[1] += 1
    return {rule: Share(count=up, total=of) for rule, (up, of) in sorted(counts.items())}


def releases(verdicts: Iterable[Verdict], *, material: bool, touches_stored: bool) -> bool:
    """Say whether a ruling takes away a notice that one of the verdicts so far gives people."""
    return any(
        verdict.material > material or verdict.touches_stored > touches_stored
        for verdict in verdicts
    )


def require_second_word(
    *, campaign: str, change: str, author: str, actor: str, four_eyes: bool, act: str = "record"
) -> None:
    """Refuse that whoever committed a change alone clears what no proof cleared.

    ``act`` is the verb of what is not done.

    :raises PromiseError: author and actor are the same person, compared case-folded
    """
    if four_eyes and author.casefold() == actor.casefold():
        raise PromiseError(
            f"{actor} committed {campaign} and cannot clear {change} of it alone: what no rule"
            " proved editorial needs the word of a second person (review.four_eyes). Nothing was"
            f" {act.removesuffix('e')}ed.",
            code="four_eyes",
            next_step=f"Let a second person rule on it: `notifier review set {campaign} {change}"
            " … --as THEM`.",
        )


def apply_override(
    verdict: Verdict, override: Override, ruleset: RuleSet, *, editorial_banner: bool
) -> Verdict:
    """Return the verdict as the reviewer ruled it; the reviewer's reason is its first finding."""
    grounds = (override.grounds or verdict.grounds) if override.material else ()
    stored = override.material and override.touches_stored
    says = f"Ruled by {override.actor}: {override.reason}"
    silence = ruleset.silence_for(
        ground=grounds[0] if grounds else Ground.NONE,
        direction=verdict.direction,
        touches_stored=stored,
    )
    return replace(
        verdict,
        outcome=Outcome.MATERIAL if override.material else Outcome.EDITORIAL,
        material=override.material,
        touches_stored=stored,
        grounds=grounds,
        confidence=1.0,
        categories=override.categories or verdict.categories,
        sites=override.sites or verdict.sites,
        findings=(Finding(rule=REVIEWER, says=says), *verdict.findings),
        silence=silence.silence,
        route=ruleset.route(
            material=override.material,
            touches_stored=stored,
            grounds=grounds,
            editorial_banner=editorial_banner,
        ),
    )


def approval_digest(document: Mapping[str, Any]) -> str:
    """Return the SHA-256 over the canonical JSON of everything that an approval binds.

    Versions, diffs, classifications, rulings, legal's words, rendered templates, audience rule,
    notices, envelope and dates: whoever changes one of them changes the digest.
    """
    return hashlib.sha256(canonical_json(document).encode()).hexdigest()


def require_second_person(
    *, author: str, approver: str, four_eyes: bool, act: str = "approve"
) -> None:
    """Refuse an approval, or a decision to send all the same, by whoever committed the change.

    ``act`` is the verb of what they tried.

    :raises PromiseError: author and approver are the same person, compared case-folded
    """
    if four_eyes and author.casefold() == approver.casefold():
        raise PromiseError(
            f"{approver} committed this change and cannot {act} it too (review.four_eyes)."
            f" Nothing was {act}d.",
            code="four_eyes",
            next_step=f"Let a second person {act}, with --as THEM.",
        )


def require_in_time(
    *, mailed: bool, begin: datetime, notify_by: datetime, earliest: date, override: str
) -> None:
    """Refuse an approval after which the mails could not leave in time.

    ``begin`` is when sending would start, ``notify_by`` the last instant at which it may; both UTC.

    :raises TooLateError: people are mailed, the notice no longer fits, nobody gave a reason
    """
    if mailed and begin > notify_by and not override:
        raise TooLateError(
            "The notice period no longer fits: mails would have to begin by"
            f" {notify_by:%Y-%m-%d %H:%M} UTC. Nothing was approved. The earliest lawful effective"
            f" date is {earliest.isoformat()}.",
            earliest=earliest,
            next_step=f"Run `notifier campaign reschedule … --effective {earliest.isoformat()}`, or"
            " approve with --override-notice REASON, which the ledger keeps.",
        )
