"""The notices of campaigns: their words at approval, their instants from the rows."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from notifier.banner import Notice, Severity
from notifier.campaign.acquisition import Acquisition
from notifier.campaign.machine import APPROVED_STATES
from notifier.campaign.wording import long_date
from notifier.classify.model import Route
from notifier.classify.ruleset import strongest
from notifier.pipeline.acquire import policies_of, zone_of
from notifier.pipeline.letters import change_url, summary_of
from notifier.pipeline.propose import heard_of
from notifier.plan.schedule import start_of_day
from notifier.store.campaigns import all_campaigns, notes_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from notifier.classify.model import Verdict
    from notifier.home import Home
    from notifier.pipeline.propose import Plan
    from notifier.store.engine import Session
    from notifier.store.tables import CampaignRow

_SHOWN = {
    Route.EMAIL: Severity.PROMINENT,
    Route.PROMINENT_BANNER: Severity.PROMINENT,
    Route.BANNER: Severity.STANDARD,
}


def notice_words(home: Home, tx: Session, plan: Plan) -> list[dict[str, Any]]:
    """Return what each site would show, as JSON for the approval, one object a site."""
    if plan.campaign.kind == "acquisition":
        return _acquisition_words(home, plan.campaign)
    campaign = plan.campaign
    policy = home.policy(campaign.policy)
    note = notes_of(tx, campaign.id).get(("", policy.language))
    words = []
    for site in policy.sites:
        verdicts = _reaching(plan, site)
        severity = _SHOWN.get(
            strongest(tuple(v.route for v in verdicts)) if verdicts else plan.route
        )
        if severity is None:
            continue
        loud = [v for v in verdicts if _SHOWN.get(v.route) is severity]
        values = {
            "kind": "version",
            "severity": severity.value,
            "policy": policy.title,
            "day": long_date(date.fromisoformat(campaign.effective_date), policy.language),
            "summary": summary_of(loud),
            "words": note.text if note else "",
            "mailed": plan.told > 0,
            "site": home.site(site).name,
        }
        url = change_url(home, campaign.policy, _previous(plan), campaign.version)
        words.append(_phrase(home, site, policy.language, severity, url, values))
    return words


def _previous(plan: Plan) -> str:
    return plan.assessment.previous if plan.assessment else ""


def _reaching(plan: Plan, site: str) -> list[Verdict]:
    """Return what a site must show: since the version before, and whatever is mailed."""
    assessment = plan.assessment
    if assessment is None:
        return []
    mailed = {key for cohort in plan.cohorts.values() for key in cohort.change_keys}
    view = assessment.views.get(assessment.previous)
    since = set(view.verdicts) if view else set()
    return [
        verdict
        for key, verdict in assessment.changes.items()
        if key in since | mailed and {"all", site} & set(verdict.sites)
    ]


def _acquisition_words(home: Home, campaign: CampaignRow) -> list[dict[str, Any]]:
    terms = Acquisition.from_terms(campaign.terms)
    words = []
    for name in terms.sites:
        site = home.site(name)
        values = {
            "kind": "acquisition",
            "severity": Severity.PROMINENT.value,
            "company": home.settings.company.name,
            "contact": home.settings.company.contact,
            "acquirer": terms.acquirer.name,
            "readers": terms.readers,
            "site": site.name,
            "day": long_date(terms.closes, site.locale),
        }
        url = site.choice_url or site.url
        words.append(_phrase(home, name, site.locale, Severity.PROMINENT, url, values))
    return words


def _phrase(
    home: Home, site: str, locale: str, severity: Severity, url: str, values: Mapping[str, Any]
) -> dict[str, Any]:
    def part(name: str) -> str:
        template, _ = home.templates.localized(f"banner/{name}.txt", locale)
        return " ".join(home.templates.render(template, **values).split())

    return {
        "site": site,
        "severity": severity.value,
        "title": part("title"),
        "text": part("text"),
        "url": url,
        "locale": locale,
    }


def approved_notices(home: Home, tx: Session) -> list[Notice]:
    """Return the notices of every approved campaign, past and to come, with their instants."""
    return [
        notice
        for campaign in all_campaigns(tx)
        if campaign.state in APPROVED_STATES and campaign.approved_at
        for notice in _notices(home, campaign)
    ]


def _notices(home: Home, campaign: CampaignRow) -> Iterable[Notice]:
    starts = heard_of(campaign)
    effective = max(campaign.effective_at, campaign.approved_at or campaign.effective_at)
    for words in campaign.approval.get("notices", []):
        if words["site"] not in home.settings.sites:
            continue  # the site was taken out of the configuration: there is no feed to write
        yield Notice(
            id=campaign.id,
            sites=(words["site"],),
            severity=Severity(words["severity"]),
            title=words["title"],
            text=words["text"],
            url=words["url"],
            from_=starts,
            until=max(_until(home, campaign), starts + timedelta(days=1)),
            effective=effective,
            locale=words["locale"],
            policy=campaign.policy,
            version=campaign.version,
        )


def _until(home: Home, campaign: CampaignRow) -> datetime:
    """Return the end of the last day on which a notice is shown."""
    day = date.fromisoformat(campaign.effective_date)
    if campaign.kind == "acquisition":
        sites = Acquisition.from_terms(campaign.terms).sites
        days = max((p.notice_days for p in policies_of(home, sites)), default=90)
        return start_of_day(day + timedelta(days=days), zone_of(home, sites))
    policy = home.policy(campaign.policy)
    return start_of_day(day + timedelta(days=policy.notice_days), policy.zone)
