"""What each cohort of a campaign reads: contents and skeletons, made for approval."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from notifier.campaign.acquisition import Acquisition
from notifier.campaign.content import (
    AcquisitionContent,
    Baseline,
    ChangeView,
    Content,
    NoticeContent,
    SiteView,
    Speaker,
)
from notifier.campaign.letter import make_skeleton
from notifier.campaign.redline import change_view
from notifier.classify.model import Direction, Ground, Outcome, Silence
from notifier.classify.ruleset import load_ruleset
from notifier.pipeline.acquire import policies_of, zone_of
from notifier.pipeline.history import read_history
from notifier.review import REVIEWER
from notifier.store.campaigns import notes_of
from notifier.store.tables import SkeletonRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from notifier.classify.model import Verdict
    from notifier.home import Home
    from notifier.pipeline.propose import Plan
    from notifier.plan.model import Cohort
    from notifier.store.engine import Session
    from notifier.store.tables import CampaignRow, NoteRow

_UNSETTLED = "The words of this passage change."
_MOST_SAID = 2
"""Sentences that open a mail; a phone shows no more before the reader scrolls."""

Notes = dict[tuple[str, str], "NoteRow"]


def policy_url(home: Home, policy: str, version: str) -> str:
    """Return the public address of a version's full text."""
    return f"{home.settings.web.base_url.rstrip('/')}/policies/{policy}/{version}"


def change_url(home: Home, policy: str, old: str, new: str) -> str:
    """Return the public address of the redline between two versions."""
    return f"{home.settings.web.base_url.rstrip('/')}/changes/{policy}/{old}/{new}"


def locales_of(home: Home, campaign: CampaignRow) -> tuple[str, ...]:
    """Return the locales in which a campaign's mails are written: the authoritative language.

    Translations of the text can be attached, but a mail is only sent in words that legal approved.
    """
    if campaign.kind == "acquisition":
        sites = Acquisition.from_terms(campaign.terms).sites
        return tuple(dict.fromkeys(home.site(site).locale for site in sites))[:1]
    return (home.policy(campaign.policy).language,)


def silence_of(home: Home, plan: Plan, cohort: Cohort) -> Silence:
    """Return what silence does for a cohort: the old terms stay if any of its changes keeps them.

    For an acquisition the rule set of the acquired sites' policy says it, under ``controller``.
    """
    if plan.assessment is None:
        return transfer_silence(home, plan.campaign)
    changes = plan.assessment.changes
    kept = any(changes[key].silence is Silence.KEEPS_OLD for key in cohort.change_keys)
    return Silence.KEEPS_OLD if kept else Silence.APPLIES


def transfer_silence(home: Home, campaign: CampaignRow) -> Silence:
    """Return what silence does in an acquisition; the strictest of the policies it touches."""
    sites = Acquisition.from_terms(campaign.terms).sites
    said = {
        load_ruleset(policy.ruleset)
        .silence_for(ground=Ground.CONTROLLER, direction=Direction.NEUTRAL, touches_stored=True)
        .silence
        for policy in policies_of(home, sites)
    }
    return Silence.APPLIES if said == {Silence.APPLIES} else Silence.KEEPS_OLD


def make_skeletons(home: Home, tx: Session, plan: Plan) -> list[SkeletonRow]:
    """Return the words of every cohort in every locale of a campaign, ready to be approved."""
    notes = notes_of(tx, plan.campaign.id)
    rows = []
    for locale in locales_of(home, plan.campaign):
        for cohort in plan.cohorts.values():
            content = content_for(home, tx, plan, cohort, notes=notes, locale=locale)
            words = make_skeleton(content, home.templates, locale)
            rows.append(
                SkeletonRow(
                    campaign=plan.campaign.id,
                    kind="notice",
                    cohort=cohort.key,
                    locale=locale,
                    subject=words.subject,
                    text=words.text,
                    html=words.html,
                )
            )
    return rows


def content_for(
    home: Home, tx: Session, plan: Plan, cohort: Cohort, *, notes: Notes, locale: str
) -> Content:
    """Return what one cohort of a campaign is told, in one locale."""
    if plan.campaign.kind == "acquisition":
        return _acquisition_content(home, plan.campaign, cohort, notes, locale)
    return _notice_content(home, tx, plan, cohort, notes, locale)


def speaker(home: Home) -> Speaker:
    """Return who speaks."""
    company = home.settings.company
    return Speaker(
        name=company.name,
        address=company.address,
        contact=company.contact,
        complaints=company.complaints,
    )


def _sites(home: Home, sites: Iterable[str]) -> tuple[SiteView, ...]:
    found = [home.site(site) for site in sites]
    return tuple(SiteView(name=s.name, url=s.url, choice_url=s.choice_url) for s in found)


def _note(notes: Notes, key: str, locale: str, language: str) -> str:
    row = notes.get((key, locale)) or notes.get((key, language))
    return row.text if row else ""


def _notice_content(
    home: Home, tx: Session, plan: Plan, cohort: Cohort, notes: Notes, locale: str
) -> NoticeContent:
    campaign, assessment = plan.campaign, plan.assessment
    assert assessment is not None  # noqa: S101  only an acquisition has none
    policy = home.policy(campaign.policy)
    history = read_history(tx, campaign.policy)
    changes = assessment.changes
    shown = [changes[key] for key in _order(cohort.change_keys, changes)]
    baselines = tuple(
        Baseline(
            version=version,
            since=date.fromisoformat(history.row(version).effective_date),
            text_url=policy_url(home, campaign.policy, version),
            change_url=change_url(home, campaign.policy, version, campaign.version),
        )
        for version in cohort.baselines
    )
    return NoticeContent(
        company=speaker(home),
        policy_title=policy.title,
        sites=_sites(home, policy.sites),
        baselines=baselines,
        version=campaign.version,
        effective=date.fromisoformat(campaign.effective_date),
        timezone=policy.timezone,
        summary=summary_of(shown),
        changes=tuple(
            view_of(key, changes[key], _note(notes, key, locale, policy.language))
            for key in _order(cohort.change_keys, changes)
        ),
        silence=silence_of(home, plan, cohort),
        text_url=policy_url(home, campaign.policy, campaign.version),
        words=_note(notes, "", locale, policy.language),
        reply_to=home.settings.mail.reply_to,
    )


def _order(keys: Iterable[str], changes: Mapping[str, Verdict]) -> list[str]:
    """Return the keys in reading order, as the assessment has them."""
    wanted = set(keys)
    return [key for key in changes if key in wanted]


def summary_of(verdicts: Iterable[Verdict]) -> str:
    """Return a sentence or two for several changes: what is known of them, and how many more.

    What the classifier can say comes before what it left to a person, wherever the passages stand.
    """
    says = [reader_says(verdict)[0] for verdict in verdicts]
    known = list(dict.fromkeys(said for said in says if said != _UNSETTLED))[:_MOST_SAID]
    if not known:
        return f"The words of {len(says)} passages change." if len(says) > 1 else "".join(says)
    more = sum(said not in known for said in says)
    rest = f"And {more} more {'change' if more == 1 else 'changes'}, below." if more else ""
    return " ".join(filter(None, [*known, rest]))


def view_of(key: str, verdict: Verdict, note: str = "") -> ChangeView:
    """Return one change as readers of mail and change page see it."""
    return change_view(verdict.change, says=reader_says(verdict), note=note, key=key)


def reader_says(verdict: Verdict) -> list[str]:
    """Return what a reader is told of a verdict: no reviewer's name, no talk of rules."""
    said = [f.says for f in verdict.findings if f.rule != REVIEWER]
    settled = verdict.outcome is not Outcome.UNKNOWN and len(said) == len(verdict.findings)
    return said if settled and said else [_UNSETTLED]


def _acquisition_content(
    home: Home, campaign: CampaignRow, cohort: Cohort, notes: Notes, locale: str
) -> AcquisitionContent:
    terms = Acquisition.from_terms(campaign.terms)
    moving = [key.split(":", 1) for key in cohort.change_keys]
    sites = [site for site in terms.sites if any(site == name for name, _ in moving)]
    return AcquisitionContent(
        company=speaker(home),
        acquirer=terms.acquirer,
        sites=_sites(home, sites),
        categories=tuple(sorted({category for _, category in moving})),
        closes=terms.closes,
        timezone=zone_of(home, terms.sites).key,
        silence=transfer_silence(home, campaign),
        how_to_refuse=terms.how_to_refuse,
        words=_note(notes, "", locale, locale),
        policy_title=policies_of(home, terms.sites)[0].title,
        reply_to=home.settings.mail.reply_to,
    )
