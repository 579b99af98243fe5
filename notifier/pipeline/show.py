"""What commands show of campaigns and versions: JSON documents, and their text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notifier.banner import instant
from notifier.classify.render import queue_order
from notifier.diff.render.terminal import redline
from notifier.errors import UnknownThingError
from notifier.pipeline.history import History, read_history, read_policy
from notifier.pipeline.propose import need_campaign
from notifier.pipeline.translations import (
    UNREAD,
    comparison_lines,
    reader_documents,
    translation_documents,
)
from notifier.pipeline.waves import wave_document
from notifier.pipeline.weighed import change_documents, precedent_lines, upheld
from notifier.policy.history import in_force, states
from notifier.review import TOO_LATE
from notifier.store.campaigns import all_campaigns, notes_of
from notifier.store.messages import counts
from notifier.store.versions import translations

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from notifier.home import Home
    from notifier.pipeline.propose import Plan
    from notifier.store.engine import Session
    from notifier.store.tables import CampaignRow


def plan_head(home: Home, plan: Plan) -> dict[str, Any]:
    """Return a plan's head: verdict, route, people, dates, and what stands in the way."""
    calendar = plan.calendar
    late = plan.mailed and home.now() > calendar.notify_by
    document: dict[str, Any] = {
        "campaign": plan.campaign.id,
        "state": plan.campaign.state,
        "effective": plan.campaign.effective_date,
        "effective_at": instant(plan.campaign.effective_at),
        "route": plan.route.value,
        "people_affected": plan.told,
        "notify_by": instant(calendar.notify_by) if plan.mailed else None,
        "earliest_effective": calendar.earliest_effective.isoformat() if plan.mailed else None,
        "notice_days": calendar.notice_days if plan.mailed else None,
        "too_late": late,
        "readers": reader_documents(plan.readers),
    }
    if plan.assessment is not None:
        verdicts = list(plan.assessment.changes.values())
        document |= {
            "material": plan.assessment.material,
            "touches_stored": plan.assessment.touches_stored,
            "previous": plan.assessment.previous,
            "outcomes": {
                name: sum(v.outcome.value == name for v in verdicts)
                for name in ("material", "unknown", "editorial")
            },
        }
    return document


def head_text(head: dict[str, Any]) -> str:
    """Return a plan's head as a few lines."""
    lines = []
    if "material" in head:
        verdict = "material" if head["material"] else "not material"
        stored = ", touches what is stored" if head["touches_stored"] else ""
        found = ", ".join(f"{n} {name}" for name, n in head["outcomes"].items() if n)
        lines.append(f"Verdict    {verdict}{stored} ({found or 'nothing a reader sees'})")
    lines += [
        f"Route      {head['route'].replace('_', ' ')}",
        f"People     {head['people_affected']} to be told personally",
        f"Effective  {head['effective']}",
    ]
    if head["notify_by"]:
        lines.append(
            f"Notify by  {head['notify_by']} ({head['notice_days']} days of notice and the retry"
            " reserve)"
        )
        lines.append(f"Earliest   {head['earliest_effective']} is the first lawful effective date")
    if head["too_late"]:
        lines.append(TOO_LATE.format(earliest=head["earliest_effective"]))
    lines += [UNREAD.format(**each) for each in head["readers"] if each["reads"] is None]
    return "\n".join(lines)


def plan_document(home: Home, plan: Plan) -> dict[str, Any]:
    """Return the whole plan: dates, cohorts, and totals that add up to the population."""
    return {
        "schema": "notifier.plan/1",
        **plan_head(home, plan),
        "population": plan.tally.people,
        "totals": dict(plan.tally.totals),
        "by_site": {site: dict(totals) for site, totals in plan.tally.by_site.items()},
        "cohorts": [
            {"key": c.key, "baselines": list(c.baselines), "changes": list(c.change_keys)}
            for c in plan.cohorts.values()
        ],
    }


def review_document(home: Home, tx: Session, plan: Plan) -> dict[str, Any]:
    """Return everything a reviewer decides on: each change with its findings, rulings and notes."""
    campaign = plan.campaign
    return {
        "schema": "notifier.review/1",
        **plan_head(home, plan),
        "kind": campaign.kind,
        "author": campaign.author,
        "approved_by": campaign.approved_by or None,
        "digest": campaign.approved_digest or None,
        "terms": campaign.terms or None,
        "translations": _translations(home, tx, campaign),
        "notes": [
            {"change": key or None, "locale": locale, "text": row.text}
            for (key, locale), row in sorted(notes_of(tx, campaign.id).items())
        ],
        "changes": change_documents(tx, plan.assessment, campaign.id) if plan.assessment else [],
    }


def _translations(home: Home, tx: Session, campaign: CampaignRow) -> list[dict[str, Any]]:
    if campaign.kind == "acquisition":
        return []
    source = read_history(tx, campaign.policy).row(campaign.version)
    return translation_documents(home, tx, source)


def review_text(plan: Plan, document: dict[str, Any], *, color: bool) -> str:
    """Return what a reviewer reads on a terminal of a ``review_document``.

    What nobody ruled on comes first, and of that what should be looked at first.
    """
    parts = [f"{plan.campaign.id}: {plan.campaign.state}", head_text(document), ""]
    for each in document["translations"]:
        standing = "" if each["current"] else ", not of the text as it stands now"
        parts.append(f"Translation {each['locale']}, attested by {each['attested_by']}{standing}")
        parts += [f"  {line}" for line in comparison_lines(each)]
    if document["translations"]:
        parts.append("")
    verdicts = plan.assessment.changes if plan.assessment else {}
    queue = sorted(
        document["changes"], key=lambda c: (c["ruled"], *queue_order(verdicts[c["key"]]))
    )
    for change in queue:
        verdict = verdicts[change["key"]]
        grounds = ", ".join(change["grounds"])
        label = change["outcome"] + (f" ({grounds})" if grounds else "")
        parts.append(f"{change['key']}  {label} → {change['route'].replace('_', ' ')}")
        if verdict.change.heading:
            parts.append(f"  § {verdict.change.heading}")
        parts.append("  " + redline(verdict.change, color=color).replace("\n", "\n  "))
        parts += [f"  · {f['says']} [{f['rule']}{upheld(f['record'])}]" for f in change["findings"]]
        parts += precedent_lines(plan.campaign.id, change)
        parts.append("")
    return "\n".join(parts).rstrip()


def campaigns_document(home: Home) -> dict[str, Any]:
    """Return every campaign with its state, for ``review list``."""
    with home.store.read() as tx:
        rows = [
            {
                "id": row.id,
                "kind": row.kind,
                "state": row.state,
                "effective": row.effective_date,
                "author": row.author,
                "approved_by": row.approved_by or None,
            }
            for row in all_campaigns(tx)
        ]
    return {"schema": "notifier.reviews/1", "campaigns": rows}


def status_document(home: Home, campaign: str = "") -> dict[str, Any]:
    """Return the campaigns with their people by message state, summing to the audience."""
    with home.store.read() as tx:
        rows: Iterable[CampaignRow] = (
            [need_campaign(tx, campaign)] if campaign else all_campaigns(tx)
        )
        return {
            "schema": "notifier.status/1",
            "campaigns": [
                {
                    "id": row.id,
                    "kind": row.kind,
                    "state": row.state,
                    "reason": row.state_reason or None,
                    "effective": row.effective_date,
                    "notify_by": instant(row.notify_by) if row.notify_by else None,
                    "people": counts(tx, row.id),
                    "first_wave": wave_document(home, tx, row),
                }
                for row in rows
            ],
        }


def versions_document(home: Home, policy: str = "") -> dict[str, Any]:
    """Return the versions of one policy or of all, oldest first."""
    now = home.now()
    names = [policy] if policy else list(home.settings.policies)
    rows = []
    with home.store.read() as tx:
        for name in names:
            home.policy(name)
            rows += _version_rows(tx, read_history(tx, name), now)
    return {"schema": "notifier.versions/1", "versions": rows}


def _version_rows(tx: Session, history: History, now: datetime) -> list[dict[str, Any]]:
    standing = states(history.facts, now)
    return [
        {
            "policy": row.policy,
            "version": row.version,
            "state": standing[row.version].value,
            "effective": row.effective_date,
            "effective_at": instant(row.effective_at),
            "author": row.author,
            "committed_at": instant(row.committed_at),
            "historical": row.historical,
            "locales": [row.locale, *(t.locale for t in translations(tx, row.policy, row.version))],
            "sha256": row.raw_sha256,
            "canonical_sha256": row.canonical_sha256,
            "parser": row.parser,
            "summary": row.summary,
            "file": row.file,
            "git_commit": row.git_commit or None,
        }
        for row in history.rows.values()
    ]


def version_document(home: Home, name: str) -> dict[str, Any]:
    """Return one version with its text; ``P`` alone is the one in force.

    :raises UnknownThingError: no such policy or version, or none is in force
    """
    policy, _, version = name.partition("@")
    home.policy(policy)
    now = home.now()
    with home.store.read() as tx:
        history = read_history(tx, policy)
        if not version:
            current = in_force(history.facts, now)
            if current is None:
                raise UnknownThingError(
                    f"No version of {policy!r} is in force.",
                    next_step="Name one: `notifier versions list` shows them.",
                )
            version = current.version
        row = history.row(version)
        found = next(r for r in _version_rows(tx, history, now) if r["version"] == version)
        text = read_policy(home, row).text
    return {"schema": "notifier.version/1", **found, "text": text}
