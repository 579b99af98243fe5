"""The *Workflow* list: people who act at once, twice, against another, or after a restore."""

from __future__ import annotations

import shutil
import threading
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from notifier.consent import Choice
from notifier.errors import InputError, NotifierError, PromiseError
from notifier.home import Home
from notifier.pipeline.acquire import open_acquisition
from notifier.pipeline.choose import record
from notifier.pipeline.decide import Ruling, approve, set_note, set_ruling
from notifier.pipeline.plans import plan_campaign
from notifier.pipeline.propose import make_plan, need_campaign
from notifier.pipeline.prove import verify_home
from notifier.pipeline.steer import (
    cancel,
    give_up,
    go_on,
    pause,
    reject,
    reschedule,
    resume,
)
from notifier.store.messages import Intent, claim, record_intent
from tests.world import (
    DEFERRED,
    DEFERRED_AT_END,
    DROPPED,
    LOST,
    START,
    TYPO,
    V1,
    V2,
    V3,
    ScriptedChannel,
    World,
    people_under,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CAMPAIGN = "privacy@v2"
CROWD = [f"p{n}" for n in range(6)]
BUYER = """
id = "buyer"
sites = ["alpha"]
categories = ["contact"]
closes = 2027-03-01
how_to_refuse = "Write to us."
readers = "Its own staff."
[acquirer]
name = "Buyer Ltd"
address = "2 High Street"
email = "privacy@buyer.example"
"""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path, channel=ScriptedChannel()) as world:
        world.crowd(people_under("v1", CROWD))
        world.commit("v2", V2, "2027-03-01")
        yield world


@pytest.fixture
def approved(world: World) -> World:
    approve(world.home, CAMPAIGN, actor="second")
    return world


# ---- P2: whatever was approved is edited ---------------------------------------------------------


def _rule(world: World) -> None:
    with world.home.store.read() as tx:
        plan = make_plan(world.home, tx, need_campaign(tx, CAMPAIGN))
    change = next(iter(plan.assessment.changes))
    ruling = Ruling(change=change, material=True, reason="as before")
    set_ruling(world.home, CAMPAIGN, ruling, actor="second")


def _note(world: World) -> None:
    set_note(world.home, CAMPAIGN, text="Please read.", locale="", change="", actor="second")


def _move_date(world: World) -> None:
    reschedule(world.home, CAMPAIGN, effective=date(2027, 4, 1), actor="author")


def _template(world: World) -> None:
    path = world.home.path / "templates/banner/title.txt"
    path.parent.mkdir(parents=True)
    path.write_text("Something else\n")
    world.home.__dict__.pop("templates", None)


def _setting(section: str, **changes: object) -> Callable[[World], None]:
    def change(world: World) -> None:
        settings = world.home.settings
        old = getattr(settings, section)
        new = old.model_copy(update=changes)
        world.home.settings = settings.model_copy(update={section: new})

    return change


def _stored(world: World) -> None:
    with world.home.store.write() as tx:
        row = need_campaign(tx, CAMPAIGN)
        row.approval = row.approval | {"locale": "de"}
        tx.add(row)


def _another_version_before(world: World) -> None:
    world.commit("v1b", TYPO, "2027-02-01")


EDITS = {
    "a ruling": _rule,
    "legal's words": _note,
    "the date": _move_date,
    "a template": _template,
    "the sender": _setting("mail", sender="Other <other@example.com>"),
    "the links": _setting("web", base_url="https://elsewhere.example.com"),
    "the retry reserve": _setting("review", four_eyes=True, retry_reserve_days=3),
    "the company": _setting("company", name="Another Company"),
    "what is stored": _stored,
    "a version in between": _another_version_before,
}


@pytest.mark.parametrize("what", EDITS)
def test_p2_whatever_is_edited_after_the_approval_voids_it(approved: World, what: str) -> None:
    EDITS[what](approved)
    approved.run()
    assert (approved.state(), approved.told(), approved.notices()) == ("proposed", 0, [])
    assert approved.counts() == {}
    assert len(approved.entries("approval_voided")) + len(approved.entries("reschedule")) == 1


def test_p2_a_version_before_that_is_rejected_voids_the_approval(world: World) -> None:
    """What was compared with it is no longer there to be told."""
    world.commit("v3", V1.replace("24 months", "12 months"), "2027-06-01")
    approve(world.home, "privacy@v3", actor="second")
    reject(world.home, CAMPAIGN, reason="not this one", actor="second")
    assert any("void" in said for said in world.run())
    assert (world.state("privacy@v3"), world.told()) == ("proposed", 0)
    approve(world.home, "privacy@v3", actor="second")
    world.run()
    assert world.told() == len(CROWD)


# ---- two at once ---------------------------------------------------------------------------------


def at_once(world: World, *acts: Callable[[Home], object]) -> list[NotifierError | None]:
    """Do all at the same moment, each as a process of its own would; return what each was told."""
    gate = threading.Barrier(len(acts))
    answers: list[NotifierError | None] = [None] * len(acts)

    def work(number: int) -> None:
        home = Home(path=world.home.path, settings=world.home.settings, clock=lambda: world.now)
        with home:
            gate.wait(20)
            try:
                acts[number](home)
            except NotifierError as error:
                answers[number] = error

    threads = [threading.Thread(target=work, args=(n,)) for n in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def test_p2_of_two_approvers_at_once_one_is_told_that_it_is_done(world: World) -> None:
    answers = at_once(
        world,
        lambda home: approve(home, CAMPAIGN, actor="second"),
        lambda home: approve(home, CAMPAIGN, actor="third"),
    )
    (refused,) = [error for error in answers if error]
    assert (refused.code, refused.exit_code) == ("wrong_state", 2)
    assert len(world.entries("approval")) == 1
    world.run()
    assert world.told() == len(CROWD)


def test_p2_approve_against_reject_has_one_winner_and_the_world_follows_it(world: World) -> None:
    approval, rejection = at_once(
        world,
        lambda home: approve(home, CAMPAIGN, actor="second"),
        lambda home: reject(home, CAMPAIGN, reason="no", actor="third"),
    )
    assert (approval is None) != (rejection is None)
    world.run()
    assert world.state() == ("complete" if approval is None else "rejected")
    assert world.told() == (len(CROWD) if approval is None else 0)


def test_p14_pause_cancel_and_decide_at_once_leave_one_state(approved: World) -> None:
    at_once(
        approved,
        lambda home: pause(home, CAMPAIGN, actor="one"),
        lambda home: cancel(home, CAMPAIGN, actor="two"),
        lambda home: pause(home, CAMPAIGN, actor="three"),
    )
    approved.run()
    assert (approved.state(), approved.told()) == ("cancelled", 0)
    assert verify_home(approved.home, checkpoint=None, key="").holds


# ---- while it sends ------------------------------------------------------------------------------


def test_p2_after_cancel_no_more_leave(approved: World) -> None:
    channel = approved.channel

    class Cancelling(ScriptedChannel):
        def handed(self, letter, outcome):
            super().handed(letter, outcome)
            if len(self.taken) == 2:
                home = Home(
                    path=approved.home.path,
                    settings=approved.home.settings,
                    clock=lambda: approved.now,
                )
                with home:
                    cancel(home, CAMPAIGN, actor="operator")

    approved.mail(connections=1)
    approved.channel = channel = Cancelling(clock=approved)
    approved.run()
    approved.now += timedelta(days=1)
    approved.run()
    assert len(channel.taken) == 2
    assert approved.state() == "cancelled"
    assert approved.notices() == []
    assert approved.counts() == {"planned": 4, "sent": 2}


def test_a_newer_version_while_the_older_is_sending(approved: World) -> None:
    approved.channel.script = {"p0@example.com": [DEFERRED] * 99}
    approved.mail(retry_minutes=[60 * 24 * 4])
    approved.run()
    approved.commit("v3", V3, "2027-06-01")
    totals = plan_campaign(approved.home, "privacy@v3")["totals"]
    assert totals == {"email": len(CROWD)}
    approve(approved.home, "privacy@v3", actor="second")
    approved.run()
    assert approved.state() == "sending"
    assert approved.counts("privacy@v3") == {"deferred": 1, "sent": 5}
    approved.now += timedelta(days=5)
    approved.channel.script = {}
    approved.run()
    assert approved.counts() == {"sent": 6}
    assert approved.counts("privacy@v3") == {"sent": 6}


def test_p1_what_is_left_when_a_later_version_is_in_force_is_superseded(world: World) -> None:
    approve(world.home, CAMPAIGN, actor="second")
    pause(world.home, CAMPAIGN, actor="operator")
    world.commit("v3", V3, "2027-06-01")
    approve(world.home, "privacy@v3", actor="second")
    world.run()
    assert world.counts("privacy@v3") == {"sent": 6}
    world.now = START.replace(month=6, day=2)
    world.run()
    assert (world.state(), world.state("privacy@v3")) == ("superseded", "complete")
    with pytest.raises(InputError, match="superseded"):
        resume(world.home, CAMPAIGN, actor="operator")
    assert world.told() == 6


def test_p1_a_later_version_that_nobody_was_told_ends_no_campaign(approved: World) -> None:
    """Its approval can still be void, and who was left would be skipped."""
    pause(approved.home, CAMPAIGN, actor="operator")
    approved.mail(dry_run=True)
    approved.commit("v3", V3, "2027-06-01")
    approve(approved.home, "privacy@v3", actor="second")
    approved.run()
    approved.now = START.replace(month=6, day=2)
    approved.run()
    assert approved.state() == "paused"
    pause(approved.home, "privacy@v3", actor="operator")
    reschedule(approved.home, "privacy@v3", effective=date(2027, 9, 1), actor="author")
    approved.mail(dry_run=False)
    resume(approved.home, CAMPAIGN, actor="operator")
    approved.run()
    go_on(approved.home, CAMPAIGN, reason="late, but told", actor="second")
    approved.run()
    assert (approved.state(), approved.counts()) == ("complete", {"sent": 6})


def test_p2_an_older_version_cannot_come_into_force_after_a_later_one(world: World) -> None:
    world.commit("v3", V3, "2027-06-01")
    approve(world.home, "privacy@v3", actor="second")
    world.run()
    world.now = START.replace(month=6, day=2)
    with pytest.raises(InputError, match="later than v2"):
        approve(world.home, CAMPAIGN, actor="second", override="late")
    world.run()
    assert world.state() == "superseded"
    assert world.permit("p0") == "awaiting_choice"


def test_an_acquisition_over_a_material_change_tells_both_and_counts_each(
    approved: World, tmp_path: Path
) -> None:
    file = tmp_path / "buyer.toml"
    file.write_text(BUYER)
    buyer = open_acquisition(approved.home, file, actor="author").campaign
    approved.run()
    assert approved.told() == len(CROWD)
    approve(approved.home, buyer, actor="second")
    approved.run()
    assert approved.told() == 2 * len(CROWD)
    assert (approved.state(), approved.state(buyer)) == ("complete", "complete")
    assert sorted(approved.notices()) == [buyer, CAMPAIGN]
    approved.choose("p0", Choice.REFUSE, buyer)
    assert approved.permit("p0") == "before_effective"


def test_p4_pause_and_resume_a_hundred_times(approved: World) -> None:
    approved.mail(per_day=2)
    for turn in range(100):
        pause(approved.home, CAMPAIGN, actor="operator")
        resume(approved.home, CAMPAIGN, actor="operator")
        if turn % 25 == 0:
            approved.turn()
    approved.now += timedelta(days=1)
    approved.run()
    approved.now += timedelta(days=1)
    approved.run()
    assert approved.channel.recipients() == [f"{p}@example.com" for p in CROWD]
    assert approved.state() == "complete"


def test_p9_a_post_that_is_clicked_twice_at_once_is_one_event(approved: World) -> None:
    approved.run()
    token = approved.link("p0")
    answers = at_once(approved, *[lambda home: record(home, token, Choice.REFUSE)] * 4)
    assert answers == [None] * 4
    assert approved.rows("SELECT person_id, decision FROM choice") == [("p0", "refuse")]
    assert len(approved.entries("choice")) == 1


def test_p14_a_claim_of_a_voided_approval_is_no_claim_of_the_next(approved: World) -> None:
    """SQLite gives the numbers of discarded messages to new ones."""
    store = approved.home.store
    with store.write() as tx:
        need_campaign(tx, CAMPAIGN).state = "sending"
        old = claim(tx, [CAMPAIGN], "frozen:1:1", approved.now, 9, 600)
    _note(approved)
    approve(approved.home, CAMPAIGN, actor="second")
    with store.write() as tx:
        need_campaign(tx, CAMPAIGN).state = "sending"
        new = claim(tx, [CAMPAIGN], "frozen:1:1", approved.now, 9, 600)
        assert {one.id for one in old} == {one.id for one in new}
        intents = [Intent(claimed=one, recipient="x@y", sha256="s") for one in old]
        assert record_intent(tx, approved.now, intents) == [False] * len(old)


# ---- what a doubt leaves behind ------------------------------------------------------------------


@pytest.mark.parametrize("lift", ["only_to", "dry_run"])
def test_p2_whoever_may_have_been_told_is_not_told_otherwise(approved: World, lift: str) -> None:
    """A mail in doubt that is then held, or deferred, may still have arrived."""
    approved.channel.script = {f"{p}@example.com": [LOST, DEFERRED] for p in CROWD[1:]}
    approved.channel.script["p0@example.com"] = [DROPPED]
    approved.mail(connections=1)
    approved.turn()
    approved.mail(dry_run=lift == "dry_run", only_to=["x@y"] if lift == "only_to" else [])
    approved.now += timedelta(hours=5)
    approved.run()
    assert approved.counts().keys() == {"held"}
    with pytest.raises(PromiseError, match="already told"):
        set_note(approved.home, CAMPAIGN, text="Other.", locale="", change="", actor="second")


def test_p2_words_that_were_refused_after_they_left_can_still_be_changed(approved: World) -> None:
    approved.channel.script = {f"{p}@example.com": [DEFERRED_AT_END] for p in CROWD}
    approved.run()
    assert approved.counts() == {"deferred": 6}
    _note(approved)
    assert approved.counts() == {}
    approve(approved.home, CAMPAIGN, actor="second")
    approved.run()
    assert approved.counts() == {"sent": 6}
    assert all(b"Please read." in mail.data for mail in approved.channel.taken)


# ---- decide --------------------------------------------------------------------------------------


def test_p2_the_author_cannot_decide_to_send_late(approved: World) -> None:
    approved.now += timedelta(days=40)
    approved.run()
    with pytest.raises(PromiseError) as caught:
        go_on(approved.home, CAMPAIGN, reason="I am sure", actor="AUTHOR")
    assert (caught.value.code, caught.value.exit_code) == ("four_eyes", 3)
    with pytest.raises(InputError, match="reason"):
        go_on(approved.home, CAMPAIGN, reason=" ", actor="second")
    with pytest.raises(InputError, match="resume is not possible"):
        resume(approved.home, CAMPAIGN, actor="second")
    approved.run()
    assert (approved.state(), approved.told()) == ("needs_decision", 0)


@pytest.mark.parametrize("answer", [go_on, give_up])
def test_a_decision_that_nobody_asked_for_is_refused(approved: World, answer) -> None:
    with pytest.raises(InputError, match="nothing waits for a decision"):
        answer(approved.home, CAMPAIGN, reason="because", actor="second")
    assert approved.state() == "approved"


# ---- P5: a database restored from yesterday ------------------------------------------------------


def _yesterday(world: World, tmp_path: Path) -> Callable[[], None]:
    """Keep the database as it is now; return what puts it back."""
    kept = tmp_path / "kept"
    kept.mkdir()
    world.home.store.close()
    for path in world.home.path.glob("var/notifier.db*"):
        shutil.copy(path, kept / path.name)

    def restore() -> None:
        world.home.store.close()
        for path in world.home.path.glob("var/notifier.db*"):
            path.unlink()
        for path in kept.iterdir():
            shutil.copy(path, world.home.path / "var" / path.name)

    return restore


def test_p5_a_copy_from_the_middle_of_a_campaign_is_found_out(
    approved: World, tmp_path: Path
) -> None:
    approved.mail(per_day=2)
    approved.run()
    restore = _yesterday(approved, tmp_path)
    approved.now += timedelta(days=1)
    approved.run()
    assert approved.counts() == {"planned": 2, "sent": 4}
    restore()
    assert any("restored" in said for said in approved.run())
    assert (approved.state(), approved.told()) == ("needs_decision", 4)


def test_p5_a_restored_database_tells_nobody_who_is_imported_into_it(
    approved: World, tmp_path: Path
) -> None:
    approved.run()
    restore = _yesterday(approved, tmp_path)
    approved.crowd(people_under("v1", ["new"]))
    approved.run()
    assert approved.told() == len(CROWD) + 1
    restore()
    approved.crowd(people_under("v1", ["new"]))
    approved.run()
    assert (approved.state(), approved.told()) == ("complete", len(CROWD) + 1)


def test_p5_one_decision_does_not_let_the_other_campaigns_go(
    approved: World, tmp_path: Path
) -> None:
    approved.commit("v3", V3, "2027-06-01")
    approve(approved.home, "privacy@v3", actor="second")
    pause(approved.home, "privacy@v3", actor="operator")
    restore = _yesterday(approved, tmp_path)
    approved.run()
    restore()
    go_on(approved.home, CAMPAIGN, reason="we know who was told", actor="second")
    assert approved.state("privacy@v3") == "needs_decision"
    with pytest.raises(InputError):
        resume(approved.home, "privacy@v3", actor="operator")
    approved.run()
    assert approved.state("privacy@v3") == "needs_decision"
    assert approved.counts("privacy@v3") == {"planned": 6}
    assert verify_home(approved.home, checkpoint=None, key="").holds
