"""Everything that an approval binds, as one JSON document with a digest."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from notifier.campaign.letter import TEMPLATES, consequences
from notifier.pipeline.acquire import policies_of
from notifier.pipeline.history import read_history
from notifier.pipeline.letters import content_for, locales_of, silence_of
from notifier.pipeline.notices import notice_words
from notifier.plan.audience import AUDIENCE_RULE
from notifier.store.campaigns import notes_of, rulings_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notifier.home import Home
    from notifier.pipeline.propose import Plan
    from notifier.store.engine import Session
    from notifier.store.tables import SkeletonRow


def approval_document(
    home: Home, tx: Session, plan: Plan, skeletons: Sequence[SkeletonRow]
) -> dict[str, Any]:
    """Return what is approved; the same inputs give the same document, whoever the people are.

    Who exactly is told follows from the audience rule and the rows when the campaign runs; how many
    that was at the approval is kept beside the document (``extras``), not in it.
    """
    campaign = plan.campaign
    return {
        "schema": "notifier.approval/1",
        "campaign": campaign.id,
        "kind": campaign.kind,
        "terms": campaign.terms,
        "versions": _versions(tx, plan),
        "classification": _classification(plan),
        "rulings": _rulings(tx, campaign.id),
        "notes": [
            {"change": key, "locale": locale, "text": row.text}
            for (key, locale), row in sorted(notes_of(tx, campaign.id).items())
        ],
        "audience_rule": AUDIENCE_RULE,
        "locale": locales_of(home, campaign)[0],
        "cohorts": _cohorts(home, tx, plan),
        "words": {
            f"{row.kind}/{row.cohort}/{row.locale}": _digest(row.subject, row.text, row.html)
            for row in skeletons
        },
        "templates": home.templates.digest([*TEMPLATES, "banner/"]),
        "notices": notice_words(home, tx, plan),
        "envelope": {
            "from": home.settings.mail.sender,
            "reply_to": home.settings.mail.reply_to,
            "base_url": home.settings.web.base_url,
        },
        "dates": {
            "effective": campaign.effective_date,
            "not_before": campaign.not_before.isoformat() if campaign.not_before else None,
            "retry_reserve_days": home.settings.review.retry_reserve_days,
            "profiles": _profiles(home, plan),
        },
    }


def extras(plan: Plan) -> dict[str, Any]:
    """Return what is kept beside an approved document: totals and dates as they were then."""
    return {
        "route": plan.route.value,
        "totals": dict(plan.tally.totals),
        "population": plan.tally.people,
        "calendar": {
            "notice_days": plan.calendar.notice_days,
            "notify_by": plan.calendar.notify_by.isoformat(),
            "sending_seconds": plan.calendar.sending_seconds,
        },
    }


EXTRAS = ("route", "totals", "population", "calendar")
"""Keys of ``extras``: what is not part of the digest."""


def _digest(*parts: str) -> str:
    total = hashlib.sha256()
    for part in parts:
        total.update(f"{len(part)}\0{part}".encode())
    return total.hexdigest()


def _versions(tx: Session, plan: Plan) -> dict[str, str]:
    if plan.assessment is None:
        return {}
    history = read_history(tx, plan.campaign.policy)
    names = [*plan.assessment.views, plan.campaign.version]
    return {name: history.row(name).canonical_sha256 for name in names}


def _classification(plan: Plan) -> dict[str, Any]:
    if plan.assessment is None:
        return {}
    return {
        name: {
            "ruleset": view.classification.ruleset,
            "digest": view.classification.ruleset_digest,
            "parser": [view.diff.old.parser, view.diff.new.parser],
            "changes": {
                key: [v.outcome.value, v.route.value, v.silence.value, [g.value for g in v.grounds]]
                for key, v in view.verdicts.items()
            },
        }
        for name, view in plan.assessment.views.items()
    }


def _rulings(tx: Session, campaign: str) -> list[dict[str, Any]]:
    return [
        {
            "change": key,
            "material": row.material,
            "touches_stored": row.touches_stored,
            "grounds": row.grounds,
            "categories": row.categories,
            "sites": row.sites,
            "reason": row.reason,
            "actor": row.actor,
        }
        for key, row in sorted(rulings_of(tx, campaign).items())
    ]


def _cohorts(home: Home, tx: Session, plan: Plan) -> dict[str, Any]:
    notes = notes_of(tx, plan.campaign.id)
    locale = locales_of(home, plan.campaign)[0]
    found = {}
    for key, cohort in sorted(plan.cohorts.items()):
        content = content_for(home, tx, plan, cohort, notes=notes, locale=locale)
        told = consequences(content, home.templates, locale)
        found[key] = {
            "baselines": list(cohort.baselines),
            "changes": list(cohort.change_keys),
            "silence": silence_of(home, plan, cohort).value,
            "opening": told.opening,
            "if_accept": told.if_accept,
            "if_refuse": told.if_refuse,
            "if_nothing": told.if_nothing,
        }
    return found


def _profiles(home: Home, plan: Plan) -> dict[str, str]:
    if plan.campaign.kind == "acquisition":
        merged: dict[str, str] = {}
        for policy in policies_of(home, tuple(plan.campaign.terms["sites"])):
            merged |= policy.notice
        return merged
    return dict(home.policy(plan.campaign.policy).notice)
