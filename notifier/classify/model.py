"""The verdict on a diff: outcome, grounds and findings of every change, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from notifier.diff.model import Change


class Outcome(StrEnum):
    """How sure the engine is. ``unknown`` is routed as material that touches stored data."""

    EDITORIAL = "editorial"
    MATERIAL = "material"
    UNKNOWN = "unknown"


class Ground(StrEnum):
    """What a material change is about; the rubric's words."""

    DATA = "data"
    PURPOSE = "purpose"
    SHARING = "sharing"
    RECIPIENTS = "recipients"
    SALE_ADS = "sale_ads"
    RETENTION = "retention"
    SECURITY = "security"
    TRANSFER = "transfer"
    RIGHTS = "rights"
    CONTROLLER = "controller"
    CHILDREN = "children"
    TRACKING = "tracking"
    LEGAL = "legal"
    NOTICE = "notice"
    TERMS = "terms"
    NONE = "none"


GROUND_ORDER = {ground: place for place, ground in enumerate(Ground)}
"""The rubric's order, which breaks ties."""


class Direction(StrEnum):
    """Whether the company may do more (wider), less (narrower), or plainly neither."""

    WIDER = "wider"
    NARROWER = "narrower"
    NEUTRAL = "neutral"


class Route(StrEnum):
    """Where a change must be told, strongest first."""

    EMAIL = "email"
    PROMINENT_BANNER = "prominent_banner"
    BANNER = "banner"
    CHANGELOG = "changelog"
    NONE = "none"


class Silence(StrEnum):
    """What happens when a person who was told says nothing."""

    APPLIES = "applies"
    """The new terms apply once the notice has run."""
    KEEPS_OLD = "keeps_old"
    """The old terms stay until the person accepts."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One reason: which rule says what, quoting both sides."""

    rule: str
    says: str
    """One plain sentence that a lawyer and a reader understand."""
    old: str = ""
    """The quoted words of the old text, empty where there are none."""
    new: str = ""
    source: str = ""
    """Statute, guidance or promise that makes it so; empty for an editorial proof."""
    covers: tuple[int, ...] = ()
    """For a proof: the numbers of the differing runs of words that it accounts for."""
    ground: Ground = Ground.NONE
    """For a fact: what it is about."""
    direction: Direction = Direction.NEUTRAL
    """For a fact: what it does to the promise."""
    strength: float = 0.0
    """For a fact: how plainly the differing words name the ground; it only orders grounds."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Miss:
    """A rule that looked at the change and did not fire."""

    rule: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """The classification of one change."""

    change: Change
    outcome: Outcome
    material: bool
    touches_stored: bool
    grounds: tuple[Ground, ...] = ()
    """Weightiest first; empty when not material."""
    direction: Direction = Direction.NEUTRAL
    confidence: float = 0.0
    """The track record of the rule that decided, 0 to 1; 0 for ``unknown``."""
    opinion: float = 0.0
    """How likely the learned second opinion takes it to be material, 0 to 1. It never decides
    alone: it orders what a person has to look at. 0 for what a proof cleared."""
    categories: tuple[str, ...] = ("all",)
    sites: tuple[str, ...] = ("all",)
    findings: tuple[Finding, ...] = ()
    """At least one."""
    misses: tuple[Miss, ...] = ()
    silence: Silence = Silence.APPLIES
    route: Route = Route.NONE
    ruleset_digest: str = ""
    """SHA-256 over the rule set, the lexicon and the rules that gave this verdict."""

    @property
    def ground(self) -> Ground:
        """Return the weightiest ground, or ``none``."""
        return self.grounds[0] if self.grounds else Ground.NONE


@dataclass(frozen=True, kw_only=True, slots=True)
class Classification:
    """The verdict on a whole diff under one rule set."""

    verdicts: tuple[Verdict, ...]
    ruleset: str
    ruleset_digest: str
    """SHA-256 over rule set, lexicon and rule sources: same digest, same verdicts."""
    material: bool
    touches_stored: bool
    route: Route
    notes: tuple[str, ...] = ()
