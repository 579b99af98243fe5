"""P3, P14, P17 of the first wave: who is in it, when the rest goes, and who is asked."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from notifier.errors import PromiseError, TooLateError
from notifier.pipeline.decide import approve
from notifier.pipeline.plans import plan_campaign
from notifier.pipeline.prove import verify_home
from notifier.pipeline.run import turn
from notifier.pipeline.steer import cancel, give_up, go_on, pause, reschedule, resume
from tests.world import (
    BOUNCED,
    DEFERRED,
    DROPPED,
    REJECTED,
    START,
    V1,
    V2,
    ScriptedChannel,
    World,
    people_under,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOLD = timedelta(hours=24)
CAMPAIGN = "privacy@v2"
FIRST = {"people": 4, "hold_hours": 24, "max_bounce": 0.25}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path, channel=ScriptedChannel()) as world:
        world.mail(first=FIRST, connections=1)
        world.commit("v2", V2, "2027-03-01")
        world.crowd(people_under("v1", [f"p{n:02}" for n in range(20)]))
        yield world


@pytest.fixture
def approved(world: World) -> World:
    approve(world.home, CAMPAIGN, actor="second")
    return world


def script_all(world: World, *outcomes: object) -> None:
    world.channel.script = {f"p{n:02}@example.com": list(outcomes) for n in range(20)}


def test_the_rest_waits_for_the_hold_and_then_goes_by_itself(approved: World) -> None:
    says = approved.run()
    assert approved.counts() == {"held": 16, "sent": 4}
    assert any("the other 16 wait until 2027-01-05T12:00:00Z" in said for said in says)
    assert approved.turn().next_at == START + HOLD
    assert approved.status()["first_wave"] == {
        "accepted": 4,
        "refused": 0,
        "open": 0,
        "held": 16,
        "goes_on_at": "2027-01-05T12:00:00Z",
    }
    approved.now = START + HOLD - timedelta(seconds=1)
    approved.run()
    assert (approved.state(), approved.told()) == ("sending", 4)
    approved.now += timedelta(seconds=1)
    approved.run()
    assert (approved.state(), approved.counts()) == ("complete", {"sent": 20})
    assert approved.status()["first_wave"] is None
    assert len(set(approved.channel.recipients())) == 20
    assert approved.entries("first_wave") == [{"held": 16, "people": 4}]
    assert [e["released"] for e in approved.entries("first_wave_released")] == [16]
    assert verify_home(approved.home, checkpoint=None, key="").holds


def test_the_wave_is_random_and_every_cohort_of_some_size_is_in_it(tmp_path: Path) -> None:
    drawn = set()
    for attempt in range(3):
        folder = tmp_path / str(attempt)
        folder.mkdir()
        with World(folder, channel=ScriptedChannel()) as world:
            world.mail(first={"people": 6, "hold_hours": 1, "max_bounce": 0.1})
            world.commit("v1b", V1.replace("24 months", "30 months"), "2025-01-01", historical=True)
            world.commit("v2", V2, "2027-03-01")
            both = people_under("v1", [f"a{n:02}" for n in range(40)])
            world.crowd(both | people_under("v1b", [f"b{n:02}" for n in range(10)]))
            approve(world.home, CAMPAIGN, actor="second")
            world.run()
            wave = [address[0] for address in world.channel.recipients()]
            assert sorted(wave) == ["a", "a", "a", "a", "a", "b"]
            drawn.add(tuple(world.channel.recipients()))
    assert len(drawn) > 1


@pytest.mark.parametrize(
    ("refused", "asked"), [(1, False), (2, True)], ids=["at the limit", "above it"]
)
def test_p3_too_many_refusals_ask_and_no_more_leave(
    approved: World, refused: int, *, asked: bool
) -> None:
    wave = _after_the_first(approved, *[BOUNCED] * refused)
    assert wave == {"bounced": refused, "held": 16, "sent": 4 - refused}
    assert approved.state() == ("needs_decision" if asked else "sending")
    approved.now += HOLD
    approved.run()
    if not asked:
        assert approved.counts() == {"bounced": refused, "sent": 20 - refused}
        return
    assert f"{4 - refused} accepted, {refused} refused (50.0%)" in approved.status()["reason"]
    assert approved.counts() == wave
    with pytest.raises(PromiseError, match="cannot decide"):
        go_on(approved.home, CAMPAIGN, reason="looks fine to me", actor="Author")
    go_on(approved.home, CAMPAIGN, reason="an old list; the rest is newer", actor="second")
    approved.run()
    assert approved.counts() == {"bounced": refused, "sent": 20 - refused}
    (entry,) = approved.entries("first_wave_released")
    assert (entry["reason"], entry["actor"]) == ("an old list; the rest is newer", "second")


def _after_the_first(world: World, *outcomes: object) -> dict[str, int]:
    """Give the first of the wave these outcomes, whoever they are; return what became of all."""
    world.channel.first = list(outcomes)
    world.run()
    return world.counts()


def test_p3_a_wave_that_nobody_took_proves_nothing(approved: World) -> None:
    script_all(approved, REJECTED)
    approved.run()
    assert approved.state() == "needs_decision"
    assert approved.counts() == {"held": 16, "needs_attention": 4}


def test_a_decision_to_cancel_ends_it_and_anybody_may(approved: World) -> None:
    _after_the_first(approved, BOUNCED, BOUNCED)
    give_up(approved.home, CAMPAIGN, reason="the list is wrong", actor="author")
    approved.now += HOLD
    approved.run()
    assert (approved.state(), approved.told()) == ("cancelled", 2)


def test_the_hold_counts_from_the_last_outcome(approved: World) -> None:
    script_all(approved, DEFERRED)
    says = approved.run()
    assert approved.counts() == {"deferred": 4, "held": 16}
    assert any("24 hours after the last of the wave is settled" in said for said in says)
    approved.now += timedelta(minutes=30)
    approved.run()
    assert approved.counts() == {"held": 16, "sent": 4}
    approved.now = START + HOLD
    approved.run()
    assert approved.told() == 4
    approved.now += timedelta(minutes=30)
    script_all(approved)
    approved.run()
    assert approved.told() == 20


def test_p4_a_wave_in_doubt_is_sent_again_before_it_counts(approved: World) -> None:
    assert _after_the_first(approved, DROPPED) == {"held": 16, "sent": 4}
    taken = approved.channel.taken
    assert len(taken) == 5
    assert len({(mail.message_id, mail.sha256) for mail in taken}) == 4


def test_whoever_comes_during_the_hold_waits_with_the_rest(approved: World) -> None:
    approved.run()
    approved.crowd(people_under("v1", ["late1", "late2"]))
    approved.run()
    assert approved.counts() == {"held": 18, "sent": 4}
    approved.now += HOLD
    approved.run()
    assert approved.counts() == {"sent": 22}


def test_whoever_comes_after_the_wave_was_let_go_waits_for_nothing(approved: World) -> None:
    approved.run()
    approved.now += HOLD
    approved.run()
    approved.crowd(people_under("v1", [f"late{n}" for n in range(9)]))
    approved.run()
    assert (approved.state(), approved.counts()) == ("complete", {"sent": 29})


def test_a_crowd_that_comes_after_a_small_audience_has_its_own_wave(tmp_path: Path) -> None:
    with World(tmp_path, channel=ScriptedChannel()) as world:
        world.mail(first=FIRST)
        world.commit("v2", V2, "2027-03-01")
        world.people(ada="v1", ben="v1")
        approve(world.home, CAMPAIGN, actor="second")
        world.run()
        assert (world.state(), world.told()) == ("complete", 2)
        world.crowd(people_under("v1", [f"late{n}" for n in range(9)]))
        world.run()
        assert world.counts() == {"held": 7, "sent": 4}
        world.now += HOLD
        world.run()
        assert (world.state(), world.counts()) == ("complete", {"sent": 11})


def test_a_dry_run_draws_no_wave_and_lifting_it_does(approved: World) -> None:
    approved.mail(dry_run=True)
    approved.run()
    assert (approved.counts(), approved.told()) == ({"held": 20}, 0)
    assert approved.status()["first_wave"] is None
    approved.mail(dry_run=False)
    approved.run()
    assert approved.told() == 0
    resume(approved.home, CAMPAIGN, actor="operator")
    approved.run()
    assert approved.counts() == {"held": 16, "sent": 4}
    approved.now += HOLD
    approved.run()
    assert approved.counts() == {"sent": 20}


def test_a_rehearsal_mails_the_named_and_counts_them_into_the_wave(approved: World) -> None:
    approved.mail(only_to=["P03@Example.com"])
    approved.run()
    assert approved.channel.recipients() == ["p03@example.com"]
    assert approved.counts() == {"held": 19, "sent": 1}
    approved.mail(only_to=[])
    resume(approved.home, CAMPAIGN, actor="operator")
    approved.run()
    assert approved.counts() == {"held": 16, "sent": 4}
    assert len(set(approved.channel.recipients())) == 4


def test_pause_and_resume_during_the_hold_change_nothing(approved: World) -> None:
    approved.run()
    for _ in range(5):
        pause(approved.home, CAMPAIGN, actor="operator")
        approved.run()
        resume(approved.home, CAMPAIGN, actor="operator")
        approved.run()
    assert approved.counts() == {"held": 16, "sent": 4}
    approved.now += HOLD
    approved.run()
    assert approved.counts() == {"sent": 20}


def test_taking_the_wave_out_of_the_settings_lets_the_rest_go_at_resume(approved: World) -> None:
    approved.run()
    approved.mail(first={"people": 0})
    approved.run()
    assert approved.told() == 4
    resume(approved.home, CAMPAIGN, actor="operator")
    approved.run()
    assert approved.told() == 20


def test_a_cap_of_the_day_goes_on_through_the_wave(approved: World) -> None:
    approved.mail(per_day=3)
    told = []
    for day in range(9):
        approved.now = START + timedelta(days=day)
        approved.run()
        told.append(approved.told())
    # the fourth of the wave is settled on the second day; its hold ends on the third
    assert told == [3, 4, 7, 10, 13, 16, 19, 20, 20]


def test_p14_two_runners_at_once_let_out_one_wave(approved: World) -> None:
    async def both():
        stop = asyncio.Event()
        channels = [approved.channel, ScriptedChannel(clock=approved)]
        await asyncio.gather(*(turn(approved.home, stop, channel) for channel in channels))
        return sum(len(channel.taken) for channel in channels)

    assert asyncio.run(both()) == 4
    assert approved.counts() == {"held": 16, "sent": 4}


def test_an_approval_sees_a_hold_that_would_run_past_notify_by(world: World) -> None:
    without = datetime(2027, 1, 24, 23, tzinfo=UTC)  # 30 days and 5 before 1 March in Berlin
    world.mail(first={"people": 4, "hold_hours": 400})
    notify_by = datetime.fromisoformat(plan_campaign(world.home, CAMPAIGN)["notify_by"])
    assert without - timedelta(hours=401) < notify_by < without - timedelta(hours=399)
    world.now = notify_by + timedelta(seconds=1)
    with pytest.raises(TooLateError):
        approve(world.home, CAMPAIGN, actor="second")
    world.mail(first={"people": 20, "hold_hours": 400})  # nobody would wait
    approve(world.home, CAMPAIGN, actor="second")


def test_p3_a_wave_that_takes_too_long_asks_before_the_rest_is_late(world: World) -> None:
    world.mail(retry_minutes=[60 * 24])
    script_all(world, *[DEFERRED] * 9)
    world.now = datetime(2027, 1, 23, 12, tzinfo=UTC)  # the rest must go by 24 January, 23:00
    approve(world.home, CAMPAIGN, actor="second")
    for day in (23, 24):
        world.now = datetime(2027, 1, day, 12, tzinfo=UTC)
        world.run()
        assert world.state() == "sending"
    world.now = datetime(2027, 1, 25, 12, tzinfo=UTC)
    script_all(world)
    world.run()
    assert (world.state(), world.told()) == ("needs_decision", 0)
    assert "first wave" in world.status()["reason"]
    go_on(world.home, CAMPAIGN, reason="five days of reserve are left", actor="second")
    world.run()
    assert (world.state(), world.told()) == ("complete", 20)


def test_p3_a_hold_that_ends_while_nobody_runs_is_not_sent_in_silence(approved: World) -> None:
    approved.run()
    approved.now += timedelta(days=40)
    approved.run()
    assert (approved.state(), approved.told()) == ("needs_decision", 4)


def test_p7_a_clock_that_is_set_back_only_makes_the_hold_longer(approved: World) -> None:
    approved.run()
    approved.now -= timedelta(days=1)
    approved.run()
    assert approved.told() == 4
    approved.now = START + HOLD
    approved.run()
    assert approved.told() == 20


def test_a_cancelled_wave_tells_nobody_else(approved: World) -> None:
    approved.run()
    cancel(approved.home, CAMPAIGN, actor="operator")
    approved.now += HOLD
    approved.run()
    assert (approved.told(), json.dumps(approved.notices())) == (4, "[]")


def test_a_void_approval_takes_the_hold_with_it(world: World) -> None:
    script_all(world, DEFERRED)
    approve(world.home, CAMPAIGN, actor="second")
    world.run()
    assert world.counts() == {"deferred": 4, "held": 16}
    pause(world.home, CAMPAIGN, actor="operator")
    reschedule(world.home, CAMPAIGN, effective=date(2027, 4, 1), actor="author")
    assert world.counts() == {}
    script_all(world)
    approve(world.home, CAMPAIGN, actor="second")
    world.run()
    assert world.counts() == {"held": 16, "sent": 4}
