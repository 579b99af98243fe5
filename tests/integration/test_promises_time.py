"""P3 and P7, the *Time* list: whatever clocks and calendars do, nothing early, twice or late."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from notifier.errors import InputError, TooLateError
from notifier.pipeline.commit import parse_instant
from notifier.pipeline.decide import approve
from notifier.pipeline.plans import plan_campaign
from notifier.pipeline.steer import go_on, pause, reschedule, resume
from tests.world import (
    DEFERRED,
    LOST,
    START,
    TOML,
    V1,
    V2,
    ScriptedChannel,
    World,
    people_under,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CAMPAIGN = "privacy@v2"
DUE = START + timedelta(days=3)
CROWD = [f"p{n}" for n in range(6)]
MILDER = V1.replace("24 months", "12 months")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path, channel=ScriptedChannel()) as world:
        world.crowd(people_under("v1", CROWD))
        yield world


def proposed(world: World, effective: str = "2027-03-01") -> World:
    world.commit("v2", V2, effective)
    return world


# ---- down over the due instant -------------------------------------------------------------------


@pytest.mark.parametrize("late", [timedelta(seconds=1), timedelta(days=3)], ids=["1 s", "3 days"])
def test_p7_down_over_the_due_instant(world: World, late: timedelta) -> None:
    approve(proposed(world).home, CAMPAIGN, actor="second", not_before=DUE)
    world.now = DUE - timedelta(seconds=1)
    world.run()
    assert (world.told(), world.notices()) == (0, [])
    world.now = DUE + late
    world.run()
    world.run()
    assert world.channel.recipients() == [f"{p}@example.com" for p in CROWD]
    assert (world.state(), world.notices()) == ("complete", [CAMPAIGN])


@pytest.mark.parametrize("late", [timedelta(seconds=1), timedelta(days=3)], ids=["1 s", "3 days"])
def test_p3_down_over_notify_by(world: World, late: timedelta) -> None:
    done = approve(proposed(world).home, CAMPAIGN, actor="second")
    world.now = done.notify_by + late
    world.run()
    assert (world.state(), world.told()) == ("needs_decision", 0)


def test_p3_the_last_instant_is_in_time(world: World) -> None:
    done = approve(proposed(world).home, CAMPAIGN, actor="second")
    world.now = done.notify_by
    world.run()
    assert (world.state(), world.told()) == ("complete", len(CROWD))


# ---- jumps of the clock --------------------------------------------------------------------------

JUMPS = [timedelta(hours=1), timedelta(hours=-1), timedelta(days=1), timedelta(days=-1)]


@pytest.mark.parametrize("jump", JUMPS, ids=str)
def test_p7_a_clock_that_jumps_and_comes_back_sends_nothing_early_or_twice(
    world: World, jump: timedelta
) -> None:
    approve(proposed(world).home, CAMPAIGN, actor="second", not_before=DUE)
    world.channel.script = {"p0@example.com": [DEFERRED, DEFERRED], "p1@example.com": [LOST]}
    moments = [DUE - timedelta(hours=30), DUE, DUE + timedelta(hours=1), DUE + timedelta(hours=3)]
    for moment in moments:
        for now in (moment, moment + jump, moment):
            world.now = now
            told = world.told()
            world.run()
            assert world.told() == told or now >= DUE
    assert world.channel.recipients() == [f"{p}@example.com" for p in CROWD]
    assert world.state() == "complete"


@pytest.mark.parametrize("stage", ["approved", "waiting for a deferral", "paused", "held"])
def test_p3_a_jump_of_forty_days_asks_and_tells_nobody(world: World, stage: str) -> None:
    world.channel.script = {f"{p}@example.com": [DEFERRED] for p in CROWD}
    approve(proposed(world).home, CAMPAIGN, actor="second")
    world.mail(dry_run=stage == "held")
    if stage != "approved":
        world.run()
    if stage == "paused":
        pause(world.home, CAMPAIGN, actor="operator")
    world.now += timedelta(days=40)
    if stage in {"paused", "held"}:
        world.mail(dry_run=False)
        resume(world.home, CAMPAIGN, actor="operator")
    world.run()
    assert (world.state(), world.told()) == ("needs_decision", 0)
    go_on(world.home, CAMPAIGN, reason="better late", actor="second")
    for _ in range(2):
        world.run()
        world.now += timedelta(hours=1)
    assert world.told() in {0, len(CROWD)}
    assert world.state() == "complete"


def test_p7_a_jump_of_forty_days_and_back_is_asked_about_once(world: World) -> None:
    approve(proposed(world).home, CAMPAIGN, actor="second")
    world.now += timedelta(days=40)
    world.run()
    world.now -= timedelta(days=40)
    world.run()
    assert (world.state(), world.told()) == ("needs_decision", 0)
    go_on(world.home, CAMPAIGN, reason="the clock was wrong", actor="second")
    world.run()
    assert (world.state(), world.told()) == ("complete", len(CROWD))


def test_p3_whoever_is_left_when_the_notice_begins_is_not_told_in_silence(world: World) -> None:
    world.mail(retry_minutes=[60 * 24])
    world.channel.script = {"p0@example.com": [DEFERRED] * 99}
    done = approve(proposed(world).home, CAMPAIGN, actor="second")
    world.now = done.notify_by
    begins = utc(2027, 1, 29, 23)  # 30 days before 1 March in Berlin
    while world.now < begins:
        world.run()
        assert world.state() in {"sending", "complete"}
        world.now += timedelta(hours=24)
    assert world.counts() == {"needs_attention": 1, "sent": 5}


def test_p3_a_runner_that_was_away_asks_when_the_notice_has_begun(world: World) -> None:
    world.channel.script = {"p0@example.com": [DEFERRED]}
    approve(proposed(world).home, CAMPAIGN, actor="second")
    world.run()
    world.now = utc(2027, 1, 29, 22, 59)
    pause(world.home, CAMPAIGN, actor="operator")
    world.run()
    world.now = utc(2027, 1, 29, 23)
    resume(world.home, CAMPAIGN, actor="operator")
    world.run()
    assert (world.state(), world.told()) == ("needs_decision", 5)


# ---- legal days ----------------------------------------------------------------------------------

DAYS = [
    # the day's first instant in UTC; midnight is skipped, comes twice, or is as ever
    ("Africa/Cairo", "2027-04-30", utc(2027, 4, 29, 22)),
    ("America/Havana", "2027-03-14", utc(2027, 3, 14, 5)),
    ("America/Havana", "2027-11-07", utc(2027, 11, 7, 4)),
    ("Asia/Beirut", "2027-03-28", utc(2027, 3, 27, 22)),
    ("America/Los_Angeles", "2027-03-14", utc(2027, 3, 14, 8)),
    ("America/Los_Angeles", "2027-11-07", utc(2027, 11, 7, 7)),
    ("Europe/Berlin", "2027-03-28", utc(2027, 3, 27, 23)),
    ("Europe/Berlin", "2028-02-29", utc(2028, 2, 28, 23)),
]


@pytest.mark.parametrize(("zone", "day", "begins"), DAYS, ids=[f"{z} {d}" for z, d, _ in DAYS])
def test_p7_a_version_takes_effect_with_its_local_day(
    tmp_path: Path, zone: str, day: str, begins: datetime
) -> None:
    toml = TOML.replace("Europe/Berlin", zone)
    with World(tmp_path, channel=ScriptedChannel(), toml=toml) as world:
        world.commit("v2", MILDER, day)
        world.people(ada="v1", new="v2")
        approve(world.home, CAMPAIGN, actor="second")
        world.run()
        for seconds, expected in (
            (-1, ["before_effective", "before_effective"]),
            (0, ["notice_ran", "joined_under_new"]),
        ):
            world.now = begins + timedelta(seconds=seconds)
            world.run()
            assert [world.permit("ada"), world.permit("new")] == expected
        last = date.fromisoformat(day) + timedelta(days=10)
        assert world.told() == 1
        world.now = datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=1)
        world.run()
        assert world.notices() == []


@pytest.mark.parametrize(
    ("effective", "code"),
    [
        ("2026-12-31", "effective_in_the_past"),
        ("2027-01-04", "effective_in_the_past"),  # today has begun
        ("2027-02-29", "bad_input"),
        ("9999-12-31", "bad_date"),
        ("0001-01-01", "bad_date"),
        ("2027-03-01T00:00:00", "bad_input"),
        ("tomorrow", "bad_input"),
    ],
)
def test_p7_a_day_that_cannot_be_is_refused_and_nothing_is_stored(
    world: World, effective: str, code: str
) -> None:
    with pytest.raises(InputError) as caught:
        world.commit("v2", V2, effective)
    assert caught.value.exit_code == 2
    assert caught.value.code == code
    assert world.rows("SELECT version FROM version") == [("v1",)]
    assert world.rows("SELECT id FROM campaign") == []


@pytest.mark.parametrize("text", ["2027-02-01", "2027-02-01T08:00:00", "9999-12-31T00:00:00Z", ""])
def test_p7_an_instant_without_a_zone_is_none(text: str) -> None:
    with pytest.raises(InputError):
        parse_instant(text)


def test_p3_a_date_inside_the_notice_period_names_the_first_that_works(world: World) -> None:
    proposed(world, "2027-01-20")
    head = plan_campaign(world.home, CAMPAIGN)
    assert head["too_late"]
    with pytest.raises(TooLateError) as caught:
        approve(world.home, CAMPAIGN, actor="second")
    assert caught.value.exit_code == 3
    earliest = caught.value.details["earliest_effective"]
    assert earliest == head["earliest_effective"]
    day = date.fromisoformat(earliest)
    reschedule(world.home, CAMPAIGN, effective=day - timedelta(days=1), actor="author")
    with pytest.raises(TooLateError):
        approve(world.home, CAMPAIGN, actor="second")
    reschedule(world.home, CAMPAIGN, effective=day, actor="author")
    approve(world.home, CAMPAIGN, actor="second")
    world.run()
    assert world.told() == len(CROWD)


def test_p3_an_approval_for_an_instant_after_notify_by_is_too_late_now(world: World) -> None:
    done = plan_campaign(proposed(world).home, CAMPAIGN)["notify_by"]
    moment = datetime.fromisoformat(done) + timedelta(seconds=1)
    with pytest.raises(TooLateError):
        approve(world.home, CAMPAIGN, actor="second", not_before=moment)
    approve(world.home, CAMPAIGN, actor="second", not_before=moment - timedelta(seconds=1))
