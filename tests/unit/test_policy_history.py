from __future__ import annotations

from datetime import UTC, datetime, timedelta

from notifier.policy.history import VersionFact, before, collecting, in_force, public, states

DAY = timedelta(days=1)
T0 = datetime(2026, 1, 1, tzinfo=UTC)


def fact(version: str, day: int, **more) -> VersionFact:
    return VersionFact(version=version, effective_at=T0 + day * DAY, **more)


FIRST = fact("v1", 0, needs_approval=False)
NEXT = fact("v2", 30, approved_at=T0 + 5 * DAY)


def test_a_version_is_scheduled_then_in_force_then_superseded() -> None:
    facts = [FIRST, NEXT]
    assert states(facts, T0 + 10 * DAY) == {"v1": "in_force", "v2": "scheduled"}
    assert states(facts, T0 + 30 * DAY) == {"v1": "superseded", "v2": "in_force"}
    assert in_force(facts, T0 - DAY) is None


def test_nothing_takes_effect_without_approval() -> None:
    facts = [FIRST, fact("v2", 30)]
    assert states(facts, T0 + 99 * DAY) == {"v1": "in_force", "v2": "proposed"}


def test_a_late_approval_moves_the_instant_not_the_past() -> None:
    late = fact("v2", 30, approved_at=T0 + 40 * DAY)
    assert in_force([FIRST, late], T0 + 35 * DAY) is FIRST
    assert in_force([FIRST, late], T0 + 40 * DAY) is late


def test_drafts_and_withdrawn_versions_never_count() -> None:
    facts = [FIRST, fact("d", 10, draft=True), fact("w", 20, withdrawn=True, approved_at=T0)]
    assert states(facts, T0 + 50 * DAY) == {"v1": "in_force", "d": "draft", "w": "withdrawn"}
    assert before(facts, T0 + 60 * DAY) is FIRST


def test_nothing_is_public_before_approval_or_its_instant() -> None:
    held = fact("v2", 30, approved_at=T0 + 5 * DAY, not_before=T0 + 8 * DAY)
    assert public([FIRST, held], T0 + 7 * DAY) == [FIRST]
    assert public([FIRST, held], T0 + 8 * DAY) == [FIRST, held]


def test_new_people_may_join_under_a_version_before_it_binds_the_others() -> None:
    early = fact("v2", 30, approved_at=T0, new_people_at=T0 + 10 * DAY)
    assert collecting([FIRST, early]) == [("v1", T0), ("v2", T0 + 10 * DAY)]
