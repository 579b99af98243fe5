"""The plan of a campaign: who would be told what, and by when. Decides and changes nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from notifier.campaign.acquisition import Acquisition
from notifier.classify.model import Route
from notifier.errors import UnknownThingError
from notifier.pipeline.acquire import policies_of, zone_of
from notifier.pipeline.assess import Assessment, assess
from notifier.pipeline.history import read_history
from notifier.pipeline.translations import readers_of
from notifier.plan.audience import (
    cohorts_of,
    decide,
    decide_transfer,
    tally,
    transfer_cohorts_of,
)
from notifier.plan.model import Cohort, Decision, Holding, Shape, Transfer
from notifier.plan.profiles import days_for, longest_days
from notifier.plan.schedule import calendar, sending_seconds
from notifier.policy.history import collecting
from notifier.store.audience import load_shapes, load_transfer_shapes
from notifier.store.backlog import sending_days_before
from notifier.store.campaigns import find_campaign

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from notifier.home import Home
    from notifier.plan.locales import Readers
    from notifier.plan.model import Calendar, Exposure, Ruling, ShapeRow, Tally
    from notifier.store.engine import Session
    from notifier.store.tables import CampaignRow


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a campaign would do if it were approved now."""

    campaign: CampaignRow
    assessment: Assessment | None
    """Nothing for an acquisition: there is no text to compare."""
    shapes: tuple[ShapeRow, ...]
    rulings: Mapping[int, Ruling]
    """By shape, as the transaction that made the plan numbers them."""
    cohorts: Mapping[str, Cohort]
    tally: Tally
    calendar: Calendar
    route: Route
    readers: tuple[Readers, ...] = ()
    """The recipients by locale, and what each of them can read; of a version only."""

    @property
    def mailed(self) -> bool:
        """Say whether people must be told by mail, whether or not there are any yet."""
        return self.route is Route.EMAIL

    @property
    def told(self) -> int:
        """Return how many people get a message or the interstitial."""
        return sum(
            self.tally.totals.get(d.value, 0) for d in (Decision.EMAIL, Decision.INTERSTITIAL)
        )


def need_campaign(tx: Session, campaign: str) -> CampaignRow:
    """Return a campaign's row.

    :raises UnknownThingError: there is none of that id
    """
    row = find_campaign(tx, campaign)
    if row is None:
        raise UnknownThingError(
            f"There is no campaign {campaign!r}. Nothing was done.",
            next_step="`notifier review list` and `notifier status` show the campaigns.",
        )
    return row


def make_plan(
    home: Home, tx: Session, campaign: CampaignRow, *, baselines: frozenset[str] = frozenset()
) -> Plan:
    """Return the plan of a campaign from the people as they stand in this transaction.

    ``baselines`` are versions to compare with even where nobody's data is under them any more.

    :raises EvidenceError: a stored text is damaged
    :raises UnknownThingError: data is held under a version whose text is not known
    """
    if campaign.kind == "acquisition":
        return _plan_transfer(home, tx, campaign)
    policy = home.policy(campaign.policy)
    shapes = load_shapes(
        tx,
        policy=campaign.policy,
        collecting=collecting(read_history(tx, campaign.policy).facts),
        campaign=campaign.id,
        countries=policy.notice,
    )
    in_use = baselines | {h.version for row in shapes for h in row.shape.holdings}
    assessment = assess(home, tx, campaign, in_use)
    days = partial(days_for, notice=policy.notice)
    rulings = {row.id: decide(row.shape, assessment.exposure, days) for row in shapes}
    told = any(r.decision is not Decision.EXCLUDED for r in rulings.values())
    source = read_history(tx, campaign.policy).row(campaign.version)
    return _plan(
        home,
        tx,
        campaign,
        zone=policy.zone,
        shapes=shapes,
        rulings=rulings,
        cohorts=_single_baselines(assessment.exposure)
        | cohorts_of((row.shape for row in shapes), assessment.exposure),
        assessment=assessment,
        route=Route.EMAIL if told else assessment.route,
        longest=longest_days(policy.notice),
        reading=readers_of(tx, policy, source, shapes, rulings),
    )


def _single_baselines(exposure: Exposure) -> dict[str, Cohort]:
    """Return a cohort for everybody whose whole data is under one baseline, people or not.

    So that whoever is imported after the approval usually finds approved words.
    """
    return cohorts_of(
        (_under(exposure, baseline) for baseline in exposure.by_baseline),
        exposure,
    )


def _under(exposure: Exposure, baseline: str) -> Shape:
    """Return somebody of whom everything that any change may reach is held under one baseline."""
    changes = exposure.by_baseline[baseline]
    return Shape(
        status="active",
        role="customer",
        partner_governed=False,
        reachable=True,
        guardian_missing=False,
        country="",
        locale="",
        holdings=tuple(
            Holding(site=site, category=category, version=baseline)
            for change in changes
            for site in change.sites
            for category in change.categories
        ),
    )


def _plan_transfer(home: Home, tx: Session, campaign: CampaignRow) -> Plan:
    terms = Acquisition.from_terms(campaign.terms)
    policies = policies_of(home, terms.sites)
    notice: dict[str, str] = {}
    for policy in policies:
        notice |= policy.notice
    shapes = load_transfer_shapes(
        tx,
        collecting={
            name: collecting(read_history(tx, name).facts) for name in home.settings.policies
        },
        countries=notice,
    )
    transfer = Transfer(
        sites=frozenset(terms.sites),
        categories=frozenset(terms.categories),
        site_locales={name: home.site(name).locale for name in terms.sites},
    )
    days = partial(days_for, notice=notice)
    return _plan(
        home,
        tx,
        campaign,
        zone=zone_of(home, terms.sites),
        shapes=shapes,
        rulings={row.id: decide_transfer(row.shape, transfer, days) for row in shapes},
        cohorts=transfer_cohorts_of((row.shape for row in shapes), transfer),
        assessment=None,
        route=Route.EMAIL,
        longest=longest_days(notice),
    )


def _plan(
    home: Home,
    tx: Session,
    campaign: CampaignRow,
    *,
    zone: ZoneInfo,
    shapes: list[ShapeRow],
    rulings: dict[int, Ruling],
    cohorts: dict[str, Cohort],
    assessment: Assessment | None,
    route: Route,
    longest: int,
    reading: tuple[Readers, ...] = (),
) -> Plan:
    told = [row for row in shapes if rulings[row.id].decision is not Decision.EXCLUDED]
    mail = home.settings.mail
    messages = sum(r.people for r in told if rulings[r.id].decision is Decision.EMAIL)
    dates = calendar(
        date.fromisoformat(campaign.effective_date),
        zone=zone,
        notice_days=max((rulings[row.id].notice_days for row in told), default=longest),
        reserve_days=home.settings.review.retry_reserve_days,
        messages=messages,
        rate_per_second=mail.rate_per_second,
        per_day=mail.per_day,
        ramp=_ramp_ahead(home, tx),
        hold_hours=mail.first.hold_hours if 0 < mail.first.people < messages else 0.0,
        now=max(home.now(), heard_of(campaign)),
    )
    return Plan(
        campaign=campaign,
        assessment=assessment,
        shapes=tuple(shapes),
        rulings=rulings,
        cohorts=dict(sorted(cohorts.items())),
        tally=tally(shapes, rulings),
        calendar=dates,
        route=route,
        readers=reading,
    )


def sending_time(home: Home, tx: Session, messages: int, hold_hours: float = 0.0) -> float:
    """Return how long so many messages take from now on at the configured rates, in seconds."""
    mail = home.settings.mail
    return sending_seconds(
        messages,
        rate_per_second=mail.rate_per_second,
        per_day=mail.per_day,
        ramp=_ramp_ahead(home, tx),
        hold_hours=hold_hours,
    )


def _ramp_ahead(home: Home, tx: Session) -> tuple[int, ...]:
    """Return the days of ``mail.ramp`` that are still to come."""
    ramp = home.settings.mail.ramp
    return ramp[sending_days_before(tx, home.now()) :] if ramp else ()


def heard_of(campaign: CampaignRow) -> datetime:
    """Return the instant before which nobody hears of a campaign, approved or not, UTC."""
    moments = [campaign.opened_at, campaign.not_before, campaign.approved_at]
    if campaign.kind == "acquisition":
        moments.append(Acquisition.from_terms(campaign.terms).announce)
    return max(moment for moment in moments if moment is not None)


def approved_plan(home: Home, tx: Session, campaign: CampaignRow) -> Plan:
    """Return today's plan with exactly the cohorts that were approved, whoever the people are now.

    What it says can be compared with what was approved: people who came or went change nothing, not
    even the last one under a baseline, or the last one of all. A version that was compared and is
    withdrawn is missing from its views.
    """
    approval = campaign.approval
    plan = make_plan(home, tx, campaign, baselines=frozenset(approval["versions"]))
    cohorts = {
        key: Cohort(
            key=key,
            baselines=tuple(found["baselines"]),
            change_keys=tuple(found["changes"]),
        )
        for key, found in approval["cohorts"].items()
    }
    assessment = plan.assessment
    if assessment is not None:
        views = {n: view for n, view in assessment.views.items() if n in approval["versions"]}
        assessment = replace(assessment, views=views)
    return replace(
        plan,
        assessment=assessment,
        cohorts=cohorts,
        route=Route(approval["route"]),
        tally=replace(plan.tally, people=approval["population"], totals=approval["totals"]),
    )
