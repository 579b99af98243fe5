"""The history of one policy: which version was, is and will be in force."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime


class VersionState(StrEnum):
    """Where a version stands; derived, never stored."""

    DRAFT = "draft"
    """May be replaced; never public."""
    PROPOSED = "proposed"
    """Committed, not approved, and no later version has taken effect."""
    SCHEDULED = "scheduled"
    """Approved, not yet effective."""
    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    """Rejected or cancelled; never takes effect."""


class VersionStatus(StrEnum):
    """What is stored of a version; everything else follows from its campaign and the clock."""

    DRAFT = "draft"
    COMMITTED = "committed"
    WITHDRAWN = "withdrawn"


_S = VersionState
VERSION: Final[Mapping[VersionState | None, Mapping[VersionState, str]]] = {
    None: {
        _S.DRAFT: "commit --draft",
        _S.PROPOSED: "commit",
        _S.IN_FORCE: "commit of a first or historical version",
        _S.SUPERSEDED: "commit --historical before one that is in force",
        _S.SCHEDULED: "commit of a first version that takes effect later",
    },
    _S.DRAFT: {
        _S.DRAFT: "commit --draft again",
        _S.PROPOSED: "commit",
        _S.IN_FORCE: "commit of a first version",
        _S.SCHEDULED: "commit of a first version that takes effect later",
    },
    _S.PROPOSED: {
        _S.SCHEDULED: "approval",
        _S.IN_FORCE: "approval after its date, where nobody is mailed",
        _S.WITHDRAWN: "rejection, or cancelling the campaign",
        _S.SUPERSEDED: "a later version took effect before anybody approved it",
    },
    _S.SCHEDULED: {
        _S.IN_FORCE: "its effective instant",
        _S.PROPOSED: "the approval is void: rescheduled, or something it binds was changed",
        _S.WITHDRAWN: "cancelling the campaign",
    },
    _S.IN_FORCE: {
        _S.SUPERSEDED: "a later version takes effect",
        _S.PROPOSED: "the approval is void before anybody was told",
    },
    _S.SUPERSEDED: {
        _S.IN_FORCE: "the approval of the later version is void before anybody was told",
        _S.PROPOSED: "the same, where nobody had approved this one",
    },
    _S.WITHDRAWN: {},
}
"""State → next state, and by what; ``None``: a version that does not exist yet. Time only ahead."""

_STORED: Final = {
    VersionStatus.DRAFT: frozenset({VersionStatus.DRAFT, VersionStatus.COMMITTED}),
    VersionStatus.COMMITTED: frozenset({VersionStatus.WITHDRAWN}),
    VersionStatus.WITHDRAWN: frozenset[VersionStatus](),
}


def next_status(status: str, following: VersionStatus) -> VersionStatus:
    """Return what is stored of a version from now on.

    :raises ValueError: it cannot follow: a committed text stays, a withdrawn one never comes back
    """
    if following not in _STORED[VersionStatus(status)]:
        raise ValueError(f"a version that is {status} cannot become {following}")
    return following


@dataclass(frozen=True, kw_only=True, slots=True)
class VersionFact:
    """What decides a version's state. All instants are aware UTC."""

    version: str
    effective_at: datetime
    draft: bool = False
    withdrawn: bool = False
    needs_approval: bool = True
    """False for a policy's first version and for historical ones."""
    approved_at: datetime | None = None
    not_before: datetime | None = None
    """Nothing of it is public earlier, although it is approved."""
    new_people_at: datetime | None = None

    @property
    def counts(self) -> bool:
        """Say whether it is, or will be, the company's word."""
        return not (self.draft or self.withdrawn) and (
            not self.needs_approval or self.approved_at is not None
        )

    @property
    def in_force_from(self) -> datetime:
        """Return when it takes effect: never before somebody approved it."""
        if self.approved_at is None:
            return self.effective_at
        return max(self.effective_at, self.approved_at)

    @property
    def public_from(self) -> datetime:
        """Return since when everybody may read it; without approval, since it takes effect."""
        if self.approved_at is None:
            return self.effective_at
        return max(self.approved_at, self.not_before or self.approved_at)

    @property
    def collects_from(self) -> datetime:
        """Return since when newly collected data is under it."""
        return min(self.new_people_at or self.in_force_from, self.in_force_from)


def states(facts: Sequence[VersionFact], now: datetime) -> dict[str, VersionState]:
    """Return the state of every version at ``now``."""
    current = in_force(facts, now)
    return {fact.version: _state(fact, current, now) for fact in facts}


def _state(fact: VersionFact, current: VersionFact | None, now: datetime) -> VersionState:
    if fact.draft:
        return VersionState.DRAFT
    if fact.withdrawn:
        return VersionState.WITHDRAWN
    if not fact.counts:
        late = current is not None and current.effective_at > fact.effective_at
        return VersionState.SUPERSEDED if late else VersionState.PROPOSED
    if now < fact.in_force_from:
        return VersionState.SCHEDULED
    return VersionState.IN_FORCE if fact is current else VersionState.SUPERSEDED


def public(facts: Sequence[VersionFact], now: datetime) -> list[VersionFact]:
    """Return the versions that everybody may read at ``now``, in the order they take effect."""
    return [fact for fact in facts if fact.counts and fact.public_from <= now]


def in_force(facts: Sequence[VersionFact], now: datetime) -> VersionFact | None:
    """Return the version in force at ``now``, or nothing before the first."""
    begun = [fact for fact in facts if fact.counts and fact.in_force_from <= now]
    return max(begun, key=lambda fact: fact.in_force_from, default=None)


def collecting(facts: Sequence[VersionFact]) -> list[tuple[str, datetime]]:
    """Return (version, first instant at which data was collected under it), oldest first.

    Only versions that count: a proposal nobody approved governs nobody's data.
    """
    counting = [fact for fact in facts if fact.counts]
    return sorted(((f.version, f.collects_from) for f in counting), key=lambda pair: pair[1])


def before(facts: Sequence[VersionFact], effective_at: datetime) -> VersionFact | None:
    """Return the version that one effective at ``effective_at`` would follow, or nothing.

    Proposals count: the text before is the one the company said last, approved or not. Drafts and
    withdrawn versions do not.
    """
    earlier = [
        fact
        for fact in facts
        if not (fact.draft or fact.withdrawn) and fact.effective_at < effective_at
    ]
    return max(earlier, key=lambda fact: fact.effective_at, default=None)
