"""The walk in one process under a clock that the test moves: what is told, shown, allowed."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from notifier.channels.mailbox import Mailbox
from notifier.consent import Choice
from notifier.errors import InputError, PromiseError, TooLateError
from notifier.pipeline.decide import approve
from notifier.pipeline.face import PublicFace
from notifier.pipeline.plans import plan_campaign
from notifier.pipeline.prove import verify_home
from notifier.pipeline.steer import cancel, go_on, pause, reschedule
from tests.world import START, TYPO, V1, V2, V3, World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with Mailbox(tmp_path / "mailbox") as mailbox, World(tmp_path, port=mailbox.port) as world:
        world.mailbox = mailbox
        yield world


@pytest.fixture
def approved(world: World) -> World:
    world.commit("v2", V2, "2027-03-01")
    world.people(ada="v1", ben="v1", new="v2")
    approve(world.home, "privacy@v2", actor="second")
    return world


def test_p7_a_permit_through_the_months(approved: World) -> None:
    assert approved.permit("ada") == "before_effective"
    approved.run()
    assert approved.told() == 2
    approved.now = datetime(2027, 2, 28, 22, 59, tzinfo=UTC)  # one minute before Berlin's midnight
    assert approved.permit("ada") == "before_effective"
    assert approved.permit("new") == "before_effective"
    approved.now += timedelta(minutes=1)
    assert approved.permit("new") == "joined_under_new"
    assert approved.permit("ada") == "awaiting_choice"  # a wider use keeps the old terms
    approved.choose("ada", Choice.ACCEPT)
    approved.choose("ben", Choice.REFUSE)
    assert [approved.permit(p) for p in ("ada", "ben")] == ["accepted", "refused"]
    approved.choose("ada", Choice.WITHDRAW)
    assert approved.permit("ada") == "refused"
    assert approved.permit("nobody") == "unknown_person"


def test_a_narrower_change_applies_when_the_notice_has_run(world: World) -> None:
    world.commit("v2", V1.replace("24 months", "12 months"), "2027-03-01")
    world.people(ada="v1")
    approve(world.home, "privacy@v2", actor="second")
    world.run()
    world.people(late="v1")
    world.now = datetime(2027, 3, 2, 12, tzinfo=UTC)
    assert world.permit("ada") == "notice_ran"
    assert world.permit("late") == "not_reached"
    world.run()
    assert world.told() == 2
    assert world.permit("late") == "notice_running"
    world.now += timedelta(days=31)
    assert world.permit("late") == "notice_ran"


def test_p7_notices_switch_on_and_off(approved: World) -> None:
    assert approved.notices() == []
    approved.run()
    assert approved.notices() == ["privacy@v2"]
    approved.now = datetime(2027, 3, 10, 22, 59, tzinfo=UTC)
    approved.run()
    assert approved.notices() == ["privacy@v2"]
    approved.now += timedelta(minutes=1)
    approved.run()
    assert approved.notices() == []


def test_p2_nothing_is_heard_before_not_before(world: World) -> None:
    world.commit("v2", V2, "2027-03-01")
    world.people(ada="v1")
    approve(world.home, "privacy@v2", actor="second", not_before=START + timedelta(days=3))
    world.run()
    assert (world.told(), world.notices()) == (0, [])
    world.now += timedelta(days=3)
    world.run()
    assert (world.told(), world.notices()) == (1, ["privacy@v2"])


def test_p3_a_campaign_that_wakes_too_late_waits_for_a_decision(approved: World) -> None:
    approved.now += timedelta(days=40)
    assert any("needs" in said or "decide" in said for said in approved.run())
    assert (approved.state(), approved.told()) == ("needs_decision", 0)
    go_on(approved.home, "privacy@v2", reason="the regulator was told", actor="second")
    approved.run()
    assert (approved.state(), approved.told()) == ("complete", 2)


def test_p3_too_late_names_a_date_that_then_works(world: World) -> None:
    world.commit("v2", V2, "2027-01-20")
    world.people(ada="v1")
    with pytest.raises(TooLateError) as caught:
        approve(world.home, "privacy@v2", actor="second")
    reschedule(world.home, "privacy@v2", effective=caught.value.earliest, actor="author")
    approve(world.home, "privacy@v2", actor="second")
    world.run()
    assert world.told() == 1


def test_p3_an_override_is_kept_with_its_reason(world: World) -> None:
    world.commit("v2", V2, "2027-01-20")
    world.people(ada="v1")
    approve(world.home, "privacy@v2", actor="second", override="a court orders it")
    world.run()
    assert world.told() == 1
    with world.home.store.read() as tx:
        assert "a court orders it" in str(
            tx.connection().exec_driver_sql("SELECT body FROM entry WHERE kind='approval'").all()
        )


def test_who_was_told_or_refused_is_not_told_the_same_again(approved: World) -> None:
    approved.run()
    approved.choose("ben", Choice.REFUSE)
    approved.now = datetime(2027, 3, 2, 12, tzinfo=UTC)
    approved.commit("v3", TYPO, "2027-06-01")
    totals = plan_campaign(approved.home, "privacy@v3")["totals"]
    assert totals["excluded:already_told"] == totals["excluded:refused_before"] == 1
    approved.commit("v4", V3, "2027-07-01")
    totals = plan_campaign(approved.home, "privacy@v4")["totals"]
    assert totals == {"email": 3}


def test_p3_whoever_was_told_of_a_later_day_is_told_of_an_earlier_one(world: World) -> None:
    world.people(ada="v1")
    world.commit("v2", V2, "2027-05-01")
    approve(world.home, "privacy@v2", actor="second")
    world.run()
    assert world.told() == 1
    world.commit("v3", TYPO, "2027-03-15")
    assert plan_campaign(world.home, "privacy@v3")["totals"] == {"email": 1}
    approve(world.home, "privacy@v3", actor="second")
    world.run()
    assert world.counts("privacy@v3") == {"sent": 1}


def test_told_people_keep_their_answer_under_the_next_version(approved: World) -> None:
    approved.run()
    approved.choose("ada", Choice.ACCEPT)
    approved.choose("ben", Choice.REFUSE)
    approved.now = datetime(2027, 3, 2, 12, tzinfo=UTC)
    approved.commit("v3", TYPO, "2027-06-01")
    approve(approved.home, "privacy@v3", actor="second")
    approved.run()
    approved.now = datetime(2027, 6, 2, 12, tzinfo=UTC)
    assert [approved.permit(p) for p in ("ada", "ben")] == ["accepted", "refused"]


def test_what_was_told_cannot_be_changed_behind_people(world: World) -> None:
    world.commit("v2", V2, "2027-03-01")
    world.people(ada="v1")
    approve(world.home, "privacy@v2", actor="second")
    world.run()
    world.people(ada="v1", ben="v1")
    world.mailbox.stop()  # ben's mail is deferred, so that the campaign goes on
    world.run()
    pause(world.home, "privacy@v2", actor="operator")
    with pytest.raises(PromiseError, match="already told"):
        reschedule(world.home, "privacy@v2", effective=date(2027, 5, 1), actor="author")


def test_what_is_in_force_cannot_be_cancelled(approved: World) -> None:
    approved.run()
    approved.now = datetime(2027, 3, 2, 12, tzinfo=UTC)
    with pytest.raises(InputError, match="in force"):
        cancel(approved.home, "privacy@v2", actor="operator")


def test_p5_a_restored_database_sends_nothing_until_somebody_decides(
    world: World, tmp_path: Path
) -> None:
    world.commit("v2", V2, "2027-03-01")
    world.people(ada="v1")
    approve(world.home, "privacy@v2", actor="second", not_before=START + timedelta(days=1))
    database, kept = world.home.path / "var/notifier.db", tmp_path / "yesterday.db"
    with closing(sqlite3.connect(database)) as now, closing(sqlite3.connect(kept)) as then:
        now.backup(then)
    world.now += timedelta(days=1)
    world.run()
    assert world.told() == 1
    world.home.store.close()
    for path in world.home.path.glob("var/notifier.db*"):
        path.unlink()
    kept.rename(database)
    assert any("restored" in said for said in world.run())
    assert (world.state(), world.told()) == ("needs_decision", 1)
    assert not verify_home(world.home, checkpoint=None, key="").holds
    go_on(world.home, "privacy@v2", reason="we know who was told", actor="second")
    world.run()
    assert (world.state(), world.told()) == ("complete", 2)
    assert verify_home(world.home, checkpoint=None, key="").holds


def test_a_notice_whose_version_before_was_never_approved_leads_to_a_page(world: World) -> None:
    world.people(ada="v1")
    world.commit("v2", V2, "2027-05-01")
    world.commit("v3", V3, "2027-06-01")
    approve(world.home, "privacy@v3", actor="second")
    world.run()
    world.now = datetime(2027, 3, 1, 12, tzinfo=UTC)
    world.run()
    (notice,) = json.loads((world.home.path / "var/feed/alpha.json").read_text())["notices"]
    assert notice["url"].endswith("/changes/privacy/v2/v3")
    face = PublicFace(world.home)
    page = face.change("privacy", "v2", "v3")
    assert page is not None
    assert (page.old, page.new) == ("v1", "v3")
    assert face.change("privacy", "v2", "v1") is None
    assert face.change("privacy", "v9", "v3") is None
