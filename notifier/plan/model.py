"""Who is told of what: shapes of people, rulings over them, cohorts, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime


class Decision(StrEnum):
    """What the plan does with one person; the closed list of the contract."""

    EMAIL = "email"
    INTERSTITIAL = "interstitial"
    """Affected, but cannot be reached by mail: the site shows it at the next sign-in."""
    EXCLUDED = "excluded"


class Reason(StrEnum):
    """Why: for ``excluded`` always one of the first eight; for the others what applies."""

    NOT_AFFECTED = "not_affected"
    JOINED_UNDER_NEW = "joined_under_new"
    ALREADY_TOLD = "already_told"
    PARTNER_GOVERNED = "partner_governed"
    PROCESSOR_ROLE = "processor_role"
    ERASED = "erased"
    NEVER_STORED = "never_stored"
    REFUSED_BEFORE = "refused_before"
    AFFECTED = "affected"
    NO_ADDRESS = "no_address"
    GUARDIAN_MISSING = "guardian_missing"


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Holding:
    """Data of one category, collected on one site under one version of the policy."""

    site: str
    category: str
    version: str


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Told:
    """An earlier campaign of which a message reached the person, and what they last said to it."""

    campaign: str
    cohort: str
    choice: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """Everything about a person that decides; people of one shape are always decided alike.

    A million people have a few hundred shapes, so the pure stage decides shapes and the database
    applies the rulings to people in one statement.
    """

    status: str
    role: str
    partner_governed: bool
    reachable: bool
    """Has a usable address: their own, or for a child the guardian's."""
    guardian_missing: bool
    """A child without a usable guardian address."""
    country: str
    locale: str
    holdings: tuple[Holding, ...]
    """Sorted; resolved to versions; only those of the campaign's policy."""
    told: tuple[Told, ...] = ()
    """In the order of the choices: whoever chose last stands last; without a choice, first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ShapeRow:
    """A shape as a transaction numbered it, and how many people have it."""

    id: int
    shape: Shape
    people: int


@dataclass(frozen=True, kw_only=True, slots=True)
class TellingChange:
    """A material change touching stored data, and whose holdings it reaches."""

    key: str
    """Content key: the same change seen from any baseline has the same key."""
    sites: tuple[str, ...] = ("all",)
    categories: tuple[str, ...] = ("all",)


@dataclass(frozen=True, kw_only=True, slots=True)
class Exposure:
    """What a version changes, seen from each baseline that is in use."""

    policy: str
    version: str
    newer_or_same: frozenset[str]
    """The new version and any later one: data collected under these joined under the new terms."""
    by_baseline: Mapping[str, tuple[TellingChange, ...]]
    """For each other baseline version in use, the changes that must be told; may be empty."""
    told_keys: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    """(campaign, cohort) of earlier campaigns → keys of the changes that were told in it."""
    order: tuple[str, ...] = ()
    """The policy's versions, oldest first; versions it does not name come last, by name."""
    site_locales: Mapping[str, str] = field(default_factory=dict)
    """Locale of each site, for people whose own is not known."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Transfer:
    """What an acquisition takes over."""

    sites: frozenset[str]
    categories: frozenset[str]
    """``{"all"}`` for every category."""
    order: tuple[str, ...] = ()
    """Versions, oldest first, as in ``Exposure``."""
    site_locales: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ruling:
    """The decision on one shape."""

    decision: Decision
    reason: Reason
    cohort: str = ""
    """Key of the cohort whose words they read; empty when excluded."""
    baselines: tuple[str, ...] = ()
    """The baseline versions from which the person is affected, oldest first."""
    notice_days: int = 0
    """Whole local days that the notice runs for this person."""
    locale: str = ""
    """Of the mail: the person's own, else that of their first affected site."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cohort:
    """People who read the same words: the same baselines affected by the same changes.

    For an acquisition ``baselines`` is empty and ``change_keys`` are what transfers, as
    ``site:category``.
    """

    key: str
    """Short and stable: derived from baselines and change keys."""
    baselines: tuple[str, ...]
    change_keys: tuple[str, ...]
    """From any of the baselines, sorted."""
    by_baseline: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """(baseline, keys of the changes that reach what was collected under it), oldest first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Calendar:
    """The dates of a campaign."""

    effective_date: date
    effective_at: datetime
    """Start of that day in the policy's time zone, UTC."""
    notice_days: int
    """The longest notice period of anyone told."""
    notify_by: datetime
    """Last instant at which sending may begin, UTC."""
    earliest_effective: date
    """The first lawful effective date if sending began now."""
    sending_seconds: float
    """How long sending takes at the configured rates."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """How many people got which ruling."""

    people: int
    totals: Mapping[str, int]
    """``email``, ``interstitial``, ``excluded:<reason>`` → people; adds up to ``people``."""
    by_site: Mapping[str, Mapping[str, int]]
    """The same for the people with data on each site; each adds up to that site's people."""
