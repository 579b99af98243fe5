"""Who must be told: the decision on every shape of people, in one fixed order of questions."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from notifier.errors import UnknownThingError
from notifier.plan.keys import COHORT_KEY_LENGTH, short_hash
from notifier.plan.model import Cohort, Decision, Reason, Ruling, Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from notifier.plan.model import (
        Exposure,
        Holding,
        Shape,
        ShapeRow,
        TellingChange,
        Told,
        Transfer,
    )

    Days = Callable[[str], int]
    """From a person's country to the whole local days of their notice."""

AUDIENCE_RULE = "affected-from-own-baseline/1"
"""Names the rule that ``decide`` and ``decide_transfer`` apply; an approval binds it."""

_ALL = "all"
_REFUSALS = {"refuse", "withdraw"}


def decide(shape: Shape, exposure: Exposure, days: Days) -> Ruling:
    """Return what a version means for people of one shape.

    Asked in this order: erased; nothing stored under this policy; role attendee; governed by a
    partner; everything under the new or a later version; no telling change reaches anything held;
    every reaching change told before. Whoever is left is told, by mail where that reaches them.

    :raises UnknownThingError: data is held under a version that ``exposure`` does not know
    """
    excluded = _outside_the_policy(shape)
    if excluded is not None:
        return excluded
    old = [h for h in shape.holdings if h.version not in exposure.newer_or_same]
    if not old:
        return _excluded(Reason.JOINED_UNDER_NEW)
    reaching = _reaching(old, exposure)
    if not reaching:
        return _excluded(Reason.NOT_AFFECTED)
    keys = frozenset(key for found in reaching.values() for key in found)
    told = _told_before(keys, shape.told, exposure.told_keys)
    if told is not None:
        return _excluded(told)
    cohort = _cohort(reaching)
    sites = sorted({h.site for h in old if _touching(h, exposure)})
    return _told_ruling(
        shape,
        cohort.key,
        cohort.baselines,
        days,
        shape.locale or _locale(sites, exposure.site_locales),
    )


def decide_transfer(shape: Shape, transfer: Transfer, days: Days) -> Ruling:
    """Return what an acquisition means for people of one shape.

    Everybody with data that transfers is told, under whichever policy and version it was collected.
    """
    excluded = _outside_the_policy(shape)
    if excluded is not None:
        return excluded
    moving = _moving(shape, transfer)
    if not moving:
        return _excluded(Reason.NOT_AFFECTED)
    baselines = _ordered({h.version for h in moving}, transfer.order)
    locale = shape.locale or _locale(sorted({h.site for h in moving}), transfer.site_locales)
    return _told_ruling(shape, _transfer_cohort(moving).key, baselines, days, locale)


def cohorts_of(shapes: Iterable[Shape], exposure: Exposure) -> dict[str, Cohort]:
    """Return, by key, the cohorts of those shapes that a version's telling changes reach."""
    found: dict[str, Cohort] = {}
    for shape in shapes:
        reaching = _reaching(
            [h for h in shape.holdings if h.version not in exposure.newer_or_same], exposure
        )
        if reaching:
            cohort = _cohort(reaching)
            found.setdefault(cohort.key, cohort)
    return dict(sorted(found.items()))


def transfer_cohorts_of(shapes: Iterable[Shape], transfer: Transfer) -> dict[str, Cohort]:
    """Return, by key, the cohorts of those shapes whose data transfers."""
    found: dict[str, Cohort] = {}
    for shape in shapes:
        moving = _moving(shape, transfer)
        if moving:
            cohort = _transfer_cohort(moving)
            found.setdefault(cohort.key, cohort)
    return dict(sorted(found.items()))


def tally(shapes: Iterable[ShapeRow], rulings: Mapping[int, Ruling]) -> Tally:
    """Return how many people got which ruling; the totals add up, for every site as well."""
    people = 0
    totals: Counter[str] = Counter()
    by_site: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in shapes:
        ruling = rulings[row.id]
        label: str = ruling.decision.value
        if ruling.decision is Decision.EXCLUDED:
            label = f"{label}:{ruling.reason.value}"
        people += row.people
        totals[label] += row.people
        for site in {h.site for h in row.shape.holdings}:
            by_site[site][label] += row.people
    return Tally(
        people=people,
        totals=dict(sorted(totals.items())),
        by_site={site: dict(sorted(counts.items())) for site, counts in sorted(by_site.items())},
    )


def _outside_the_policy(shape: Shape) -> Ruling | None:
    if shape.status == "erased":
        return _excluded(Reason.ERASED)
    if not shape.holdings:
        return _excluded(Reason.NEVER_STORED)
    if shape.role == "attendee":
        return _excluded(Reason.PROCESSOR_ROLE)
    if shape.partner_governed:
        return _excluded(Reason.PARTNER_GOVERNED)
    return None


def _excluded(reason: Reason) -> Ruling:
    return Ruling(decision=Decision.EXCLUDED, reason=reason)


def _told_ruling(
    shape: Shape, cohort: str, baselines: tuple[str, ...], days: Days, locale: str
) -> Ruling:
    decision, reason = Decision.EMAIL, Reason.AFFECTED
    if shape.guardian_missing:
        decision, reason = Decision.INTERSTITIAL, Reason.GUARDIAN_MISSING
    elif not shape.reachable:
        decision, reason = Decision.INTERSTITIAL, Reason.NO_ADDRESS
    return Ruling(
        decision=decision,
        reason=reason,
        cohort=cohort,
        baselines=baselines,
        notice_days=days(shape.country),
        locale=locale,
    )


def _reaching(old: Sequence[Holding], exposure: Exposure) -> dict[str, tuple[str, ...]]:
    """Return the keys of the changes that reach what is held, by baseline, oldest first."""
    keys: defaultdict[str, set[str]] = defaultdict(set)
    for holding in old:
        keys[holding.version].update(change.key for change in _touching(holding, exposure))
    order = _ordered((version for version, found in keys.items() if found), exposure.order)
    return {version: tuple(sorted(keys[version])) for version in order}


def _touching(holding: Holding, exposure: Exposure) -> list[TellingChange]:
    try:
        changes = exposure.by_baseline[holding.version]
    except KeyError as error:
        # Leaving such people out would skip them in silence.
        raise UnknownThingError(
            f"Data is held under version {holding.version!r} of {exposure.policy!r}, whose text is"
            " not known. Nothing was planned.",
            next_step="Commit that version with --historical, or import the collections again.",
        ) from error
    return [
        change
        for change in changes
        if (_ALL in change.sites or holding.site in change.sites)
        and (_ALL in change.categories or holding.category in change.categories)
    ]


def _told_before(
    keys: frozenset[str],
    told: Sequence[Told],
    told_keys: Mapping[tuple[str, str], frozenset[str]],
) -> Reason | None:
    """Return why these changes need no new telling, or nothing where one of them was never told."""
    relevant = [t for t in told if told_keys.get((t.campaign, t.cohort), frozenset()) & keys]
    known = frozenset(k for t in relevant for k in told_keys[t.campaign, t.cohort])
    if not keys <= known:
        return None
    choices = [t.choice for t in relevant if t.choice]
    refused = bool(choices) and choices[-1] in _REFUSALS
    return Reason.REFUSED_BEFORE if refused else Reason.ALREADY_TOLD


def _cohort(reaching: Mapping[str, tuple[str, ...]]) -> Cohort:
    pairs = tuple(reaching.items())
    return Cohort(
        key=short_hash(sorted(pairs), COHORT_KEY_LENGTH),
        baselines=tuple(reaching),
        change_keys=tuple(sorted({key for found in reaching.values() for key in found})),
        by_baseline=pairs,
    )


def _moving(shape: Shape, transfer: Transfer) -> list[Holding]:
    return [
        h
        for h in shape.holdings
        if h.site in transfer.sites
        and (_ALL in transfer.categories or h.category in transfer.categories)
    ]


def _transfer_cohort(moving: Iterable[Holding]) -> Cohort:
    what = tuple(sorted({f"{h.site}:{h.category}" for h in moving}))
    return Cohort(
        key=short_hash(["transfer", *what], COHORT_KEY_LENGTH), baselines=(), change_keys=what
    )


def _ordered(versions: Iterable[str], order: Sequence[str]) -> tuple[str, ...]:
    place = {version: number for number, version in enumerate(order)}
    return tuple(sorted(versions, key=lambda v: (place.get(v, len(place)), v)))


def _locale(sites: Iterable[str], locales: Mapping[str, str]) -> str:
    return next((locales[site] for site in sites if locales.get(site)), "")
