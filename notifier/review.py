"""The legal decision: rulings over verdicts, who may approve, and the digest that binds it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from notifier.classify.model import Finding, Ground, Outcome, Verdict
from notifier.errors import PromiseError, TooLateError
from notifier.evidence.chain import canonical_json

if TYPE_CHECKING:
    from collections.abc import Mapping
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
