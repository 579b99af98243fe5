"""Compare and classify a new version from every baseline in use, with the reviewer's rulings."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifier.classify.context import Scope
from notifier.classify.engine import classify
from notifier.classify.lexicon import load_lexicon
from notifier.classify.model import Ground, Route
from notifier.classify.ruleset import RuleSet, load_ruleset, strongest
from notifier.diff import compare
from notifier.pipeline.history import History, read_document, read_history
from notifier.plan.keys import change_key
from notifier.plan.model import Exposure, TellingChange
from notifier.policy.history import before
from notifier.review import Override, apply_override
from notifier.store.campaigns import all_campaigns, rulings_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notifier.classify.lexicon import Lexicon
    from notifier.classify.model import Classification, Verdict
    from notifier.diff.model import Diff
    from notifier.home import Home
    from notifier.settings import Policy
    from notifier.store.engine import Session
    from notifier.store.tables import CampaignRow, RulingRow, VersionRow


@dataclass(frozen=True, kw_only=True)
class View:
    """The new version as seen from one older one."""

    baseline: str
    diff: Diff
    classification: Classification
    """As the engine said it; rulings are in ``verdicts``."""
    said: Mapping[str, Verdict]
    """By content key, as the engine said it."""
    verdicts: Mapping[str, Verdict]
    """By content key, with the reviewer's rulings applied."""


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """Everything known about what a version changes, for whom."""

    previous: str
    """The version before; empty for a policy's first version."""
    views: Mapping[str, View]
    """By baseline, the version before first, then oldest first."""
    ruleset: RuleSet
    lexicon: Lexicon
    exposure: Exposure

    def said(self, key: str) -> tuple[Verdict, ...]:
        """Return what the engine said of a change, from each baseline that sees it."""
        return tuple(view.said[key] for view in self.views.values() if key in view.said)

    @property
    def changes(self) -> dict[str, Verdict]:
        """Return every change seen from any baseline, by content key, in reading order."""
        seen: dict[str, Verdict] = {}
        for view in self.views.values():
            for key, verdict in view.verdicts.items():
                seen.setdefault(key, verdict)
        return seen

    @property
    def route(self) -> Route:
        """Return where the change from the version before must be told."""
        view = self.views.get(self.previous)
        if view is None:
            return Route.NONE
        routes = tuple(v.route for v in view.verdicts.values())
        return strongest(routes) if routes else view.classification.route

    @property
    def material(self) -> bool:
        """Say whether anything since the version before is material."""
        view = self.views.get(self.previous)
        return view is not None and any(v.material for v in view.verdicts.values())

    @property
    def touches_stored(self) -> bool:
        """Say whether anything since the version before touches what is stored."""
        view = self.views.get(self.previous)
        return view is not None and any(v.touches_stored for v in view.verdicts.values())


def assess(home: Home, tx: Session, campaign: CampaignRow, in_use: frozenset[str]) -> Assessment:
    """Return what a campaign's version changes from the version before and each baseline in use.

    ``in_use`` are the versions under which data of this policy is held.

    :raises EvidenceError: a stored text is damaged
    """
    policy = home.policy(campaign.policy)
    history = read_history(tx, campaign.policy)
    ruleset, lexicon = load_ruleset(policy.ruleset), load_lexicon(home.path / "lexicon")
    new = history.row(campaign.version)
    previous = before(history.facts, new.effective_at)
    newer = frozenset(
        fact.version
        for fact in history.facts
        if fact.version == new.version
        or (fact.effective_at >= new.effective_at and not (fact.draft or fact.withdrawn))
    )
    names = [previous.version] if previous else []
    names += [v for v in history.rows if v in in_use and v not in newer and v not in names]
    rulings = {key: override(row) for key, row in rulings_of(tx, campaign.id).items()}
    views = {}
    for name in names:
        diff, verdict = _judge(home, history.rows[name], new, ruleset, lexicon, campaign.policy)
        views[name] = _view(name, diff, verdict, rulings, ruleset, policy)
    return Assessment(
        previous=previous.version if previous else "",
        views=views,
        ruleset=ruleset,
        lexicon=lexicon,
        exposure=Exposure(
            policy=campaign.policy,
            version=campaign.version,
            newer_or_same=newer,
            by_baseline={name: _telling(view) for name, view in views.items()},
            told_keys=_told(tx, campaign, history),
            order=tuple(history.rows),
            site_locales={name: home.site(name).locale for name in policy.sites},
        ),
    )


def pair_view(
    home: Home, tx: Session, policy_id: str, history: History, old: str, new: str
) -> View:
    """Return one version as seen from another, with the rulings of the newer one's campaign."""
    policy = home.policy(policy_id)
    ruleset, lexicon = load_ruleset(policy.ruleset), load_lexicon(home.path / "lexicon")
    rows = (history.row(old), history.row(new))
    diff, verdict = _judge(home, *rows, ruleset, lexicon, policy_id)
    rulings = {k: override(row) for k, row in rulings_of(tx, f"{policy_id}@{new}").items()}
    return _view(old, diff, verdict, rulings, ruleset, policy)


def _view(
    name: str,
    diff: Diff,
    classification: Classification,
    rulings: Mapping[str, Override],
    ruleset: RuleSet,
    policy: Policy,
) -> View:
    said: dict[str, Verdict] = {}
    for verdict in classification.verdicts:
        key = change_key(verdict.change)
        # The same words added twice are one decision: the weightier reading stands.
        if key not in said or verdict.material > said[key].material:
            said[key] = verdict
    banner = policy.editorial_banner
    verdicts = {
        key: apply_override(verdict, rulings[key], ruleset, editorial_banner=banner)
        if key in rulings
        else verdict
        for key, verdict in said.items()
    }
    return View(
        baseline=name, diff=diff, classification=classification, said=said, verdicts=verdicts
    )


def override(row: RulingRow) -> Override:
    """Return a stored ruling as the value the review applies."""
    return Override(
        material=row.material,
        touches_stored=row.touches_stored,
        grounds=tuple(Ground(g) for g in row.grounds.split(",") if g),
        categories=tuple(c for c in row.categories.split(",") if c),
        sites=tuple(s for s in row.sites.split(",") if s),
        reason=row.reason,
        actor=row.actor,
    )


def _telling(view: View) -> tuple[TellingChange, ...]:
    return tuple(
        TellingChange(key=key, sites=verdict.sites, categories=verdict.categories)
        for key, verdict in view.verdicts.items()
        if verdict.route is Route.EMAIL
    )


def _told(
    tx: Session, campaign: CampaignRow, history: History
) -> dict[tuple[str, str], frozenset[str]]:
    """Return what the approved cohorts of the policy's other campaigns were told.

    Whoever was told of a later day was not told that the same change binds on an earlier one.
    """
    told: dict[tuple[str, str], frozenset[str]] = {}
    for other in all_campaigns(tx):
        if other.id == campaign.id or other.policy != history.policy:
            continue
        if other.effective_date > campaign.effective_date:
            continue
        for key, cohort in other.approval.get("cohorts", {}).items():
            told[other.id, key] = frozenset(cohort["changes"])
    return told


_CACHE: OrderedDict[tuple[str, ...], tuple[Diff, Classification]] = OrderedDict()
_CACHE_SIZE = 32


def _judge(
    home: Home,
    old: VersionRow,
    new: VersionRow,
    ruleset: RuleSet,
    lexicon: Lexicon,
    policy_id: str,
) -> tuple[Diff, Classification]:
    """Return diff and classification of two stored texts, once per process for the same inputs."""
    policy = home.policy(policy_id)
    key = (
        old.raw_sha256,
        new.raw_sha256,
        ruleset.digest,
        lexicon.digest,
        str(policy.editorial_banner),
        repr([(name, home.site(name)) for name in policy.sites]),
        repr(home.settings.people.categories),
    )
    if key not in _CACHE:
        diff = compare(read_document(home, old), read_document(home, new))
        _CACHE[key] = (diff, judge_diff(home, diff, policy_id, ruleset, lexicon))
        while len(_CACHE) > _CACHE_SIZE:
            _CACHE.popitem(last=False)
    return _CACHE[key]


def judge_diff(
    home: Home, diff: Diff, policy_id: str, ruleset: RuleSet, lexicon: Lexicon
) -> Classification:
    """Classify a diff as one policy of a home: its sites, categories and banner setting."""
    policy = home.policy(policy_id)
    sites = {name: (home.site(name).name, home.site(name).url) for name in policy.sites}
    return classify(
        diff,
        ruleset=ruleset,
        lexicon=lexicon,
        editorial_banner=policy.editorial_banner,
        scope=Scope(sites=sites, categories=home.settings.people.categories),
    )
