"""P1, P2, P11 and the settings of [mail]: what is held, parked, paused, capped, taken back."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import repeat

import pytest
from sqlmodel import select

from notifier.channels.model import Letter
from notifier.dispatch import owner_is_dead, this_owner
from notifier.errors import InputError, SettingsError
from notifier.store.backlog import counts, unhold, waiting
from notifier.store.erasure import erase_person
from notifier.store.messages import (
    Intent,
    Result,
    claim,
    record_intent,
    record_outcome,
    recover,
    release,
    renew,
)
from notifier.store.people import find_person
from notifier.store.tables import CampaignRow, MessageRow
from notifier.worker import Cycle, run
from tests.delivery import (
    CAMPAIGN,
    SENDER,
    add_audience,
    entries,
    new_store,
    render,
    rows,
    send,
    states,
)
from tests.relay import HostileRelay, refuse

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path):
    store = new_store(tmp_path)
    yield store
    store.close()


@pytest.fixture
def ten(store):
    add_audience(store, [f"a{n}@example.org" for n in range(10)])
    return store


def set_campaign(store, state):
    with store.write() as tx:
        tx.exec(select(CampaignRow)).one().state = state


# ---- held -------------------------------------------------------------------------------------


def test_a_dry_run_renders_everybody_and_connects_to_nobody(ten):
    made = []

    def counted(claimed):
        made.append(claimed.ref)
        return render(claimed)

    with HostileRelay() as relay:
        done = send(ten, relay.port, renderer=counted, dry_run=True)
        assert relay.connections == 0
    assert (done.results, done.more, len(made)) == ({"held": 10}, False, 10)
    assert {(r.state, r.reason, r.attempts, r.sha256) for r in rows(ten).values()} == {
        ("held", "dry_run", 0, "")
    }
    with ten.write() as tx:
        assert unhold(tx, CAMPAIGN, ["rehearsal"]) == 0
        assert unhold(tx, CAMPAIGN, ["dry_run"]) == 10
    with HostileRelay() as relay:
        assert send(ten, relay.port).results == {"sent": 10}


def test_a_rehearsal_mails_the_named_only(ten):
    with HostileRelay() as relay:
        send(ten, relay.port, only_to=("A3@Example.org",))
        assert [m.recipient for m in relay.accepted] == ["a3@example.org"]
    assert sorted({(r.state, r.reason) for r in rows(ten).values()}) == [
        ("held", "rehearsal"),
        ("sent", ""),
    ]


def test_messages_held_for_other_reasons_are_left_alone(ten):
    with ten.write() as tx:
        first = tx.exec(select(MessageRow)).first()
        first.state, first.reason = "held", "first_wave"
    with HostileRelay() as relay:
        assert send(ten, relay.port).results == {"sent": 9}


# ---- P11 one bad row stops nobody ---------------------------------------------------------------


@pytest.mark.parametrize("bad", [{0}, {9}, {0, 4, 9}], ids=["first", "last", "some"])
def test_p11_a_row_that_cannot_be_rendered_is_parked_and_the_others_go(ten, bad):
    poisoned = {f"a{n}@example.org" for n in bad}

    def poisonous(claimed):
        if claimed.person.email in poisoned:
            raise KeyError(f"marker {claimed.person.name}")
        return render(claimed)

    with HostileRelay() as relay:
        send(ten, relay.port, renderer=poisonous)
        assert {m.recipient for m in relay.accepted} == states(ten).keys() - poisoned
    found = {a: r.reason for a, r in rows(ten).items() if r.state == "needs_attention"}
    assert found == dict.fromkeys(poisoned, "render_failed: KeyError")
    assert "marker" not in " ".join(e.body for e in entries(ten))


def test_p11_rows_that_fail_differently_are_each_parked(ten):
    def poisonous(claimed):
        if claimed.person.email == "a5@example.org":
            raise InputError("a marker", code="bad_name")
        raise ZeroDivisionError

    with HostileRelay() as relay:
        done = send(ten, relay.port, renderer=poisonous)
    assert done.paused == {}
    reasons = [r.reason for r in rows(ten).values()]
    assert reasons.count("render_failed: ZeroDivisionError") == 9
    assert reasons.count("render_failed: bad_name") == 1


def test_when_nothing_can_be_rendered_the_campaign_is_paused_and_nobody_parked(store):
    add_audience(store, [f"a{n}@example.org" for n in range(50)])

    def broken(claimed):
        raise TypeError("the template is broken")

    with HostileRelay() as relay:
        done = send(store, relay.port, renderer=broken)
        assert relay.accepted == []
    assert done.paused[CAMPAIGN].code == "all_alike"
    assert not done.more
    assert set(states(store).values()) == {"planned"}
    assert entries(store) == []


def test_p11_one_campaign_that_cannot_be_rendered_does_not_stop_another(ten):
    with ten.write() as tx:
        there = tx.exec(select(CampaignRow)).one()
        tx.add(CampaignRow(**{**there.model_dump(), "id": "terms@2"}))
        tx.add(MessageRow(campaign="terms@2", person_id="p0000", state="planned", ref="f" * 32))
        tx.add(MessageRow(campaign="terms@2", person_id="p0001", state="planned", ref="e" * 32))

    def broken(claimed):
        if claimed.campaign == CAMPAIGN:
            raise TypeError
        return render(claimed)

    with HostileRelay() as relay:
        done = _deliver_both(ten, relay.port, broken)
        assert len(relay.accepted) == 2
    assert list(done.paused) == [CAMPAIGN]
    with ten.read() as tx:
        assert counts(tx, CAMPAIGN) == {"planned": 10}
        assert counts(tx, "terms@2") == {"sent": 2}


def _deliver_both(store, port, renderer):
    from notifier.channels.smtp import Relay
    from notifier.dispatch import deliver
    from tests.delivery import SHORT, mail_settings

    mail = mail_settings(port)
    return asyncio.run(
        deliver(
            store,
            [CAMPAIGN, "terms@2"],
            mail=mail,
            retry_reserve_days=5,
            channel=Relay.from_settings(mail, timeouts=SHORT),
            render=renderer,
            stop=asyncio.Event(),
        )
    )


def test_wrong_settings_stop_at_once_and_give_everything_back(ten):
    def broken(claimed):
        raise SettingsError("mail.from is no address")

    with HostileRelay() as relay, pytest.raises(SettingsError):
        send(ten, relay.port, renderer=broken)
    assert set(states(ten).values()) == {"planned"}


def test_a_relay_that_refuses_our_sender_pauses_and_burns_nobody(store):
    add_audience(store, [f"a{n}@example.org" for n in range(30)])
    with HostileRelay(mail_replies=repeat(b"550 5.7.1 sender not allowed\r\n")) as relay:
        done = send(store, relay.port)
        assert relay.accepted == []
    assert done.pause.code == "all_alike"
    assert set(states(store).values()) == {"planned"}


def test_two_refusals_of_one_sender_are_recorded_when_others_went(ten):
    with HostileRelay(mail_replies=[b"550 5.7.1 no\r\n", b"550 5.7.1 no\r\n"]) as relay:
        send(ten, relay.port)
        assert len(relay.accepted) == 8
    found = [(r.state, r.reason) for r in rows(ten).values() if r.state != "sent"]
    assert found == [("needs_attention", "refused_policy")] * 2


def test_p4_other_bytes_or_another_address_at_a_later_attempt_are_not_sent(ten):
    later = refuse("end", "451 4.3.0 later")
    with HostileRelay({f"a{n}@example.org": [later] for n in (0, 1)}) as relay:
        now = datetime.now(UTC)
        send(ten, relay.port)

        def changed(claimed):
            letter = render(claimed)
            if claimed.person.email == "a0@example.org":
                data = letter.data + b"changed\r\n"
                return Letter.of(sender=SENDER, recipient=letter.recipient, data=data)
            return replace(letter, recipient="other@example.org")

        send(ten, relay.port, renderer=changed, clock=lambda: now + timedelta(hours=1))
        assert len(relay.accepted) == 8
    assert rows(ten)["a0@example.org"].reason == "bytes_changed"
    assert rows(ten)["a1@example.org"].reason == "recipient_changed"


# ---- P2 nothing without authority ---------------------------------------------------------------


@pytest.mark.parametrize(
    "state", ["proposed", "approved", "paused", "needs_decision", "cancelled", "rejected"]
)
def test_p2_nothing_leaves_in_other_states_of_the_campaign(ten, state):
    set_campaign(ten, state)
    with HostileRelay() as relay:
        assert not send(ten, relay.port).more
        assert relay.connections == 0
    assert set(states(ten).values()) == {"planned"}


def test_p2_after_a_pause_only_what_is_in_data_still_arrives(store):
    add_audience(store, [f"a{n}@example.org" for n in range(200)])
    with HostileRelay(seconds_per_message=0.01) as relay:

        async def work():
            sending = asyncio.create_task(asyncio.to_thread(send, store, relay.port))
            await asyncio.to_thread(relay.wait_for, lambda r: len(r.accepted) >= 10)
            await asyncio.to_thread(set_campaign, store, "paused")
            said = relay.bodies
            await sending
            return said

        said = asyncio.run(work())
        assert len(relay.accepted) <= said + 2
        with store.read() as tx:
            left = counts(tx, CAMPAIGN)
        assert left == {"planned": 200 - len(relay.accepted), "sent": len(relay.accepted)}


# ---- the cap of the day -------------------------------------------------------------------------


def test_p17_the_cap_of_the_day_counts_rows_and_ends_at_midnight(ten):
    with HostileRelay() as relay:
        done = send(ten, relay.port, clock=lambda: NOW, per_day=4)
        assert (done.results, done.capped, done.more) == ({"sent": 4}, True, False)
        assert send(ten, relay.port, clock=lambda: NOW, per_day=4).results == {}
        tomorrow = NOW.replace(day=25, hour=0)
        assert send(ten, relay.port, clock=lambda: tomorrow, per_day=4).results == {"sent": 4}
        assert len(relay.accepted) == 8


def test_a_delivery_that_ends_before_the_cap_is_reached_has_more_to_do(ten):
    with HostileRelay() as relay:
        done = send(ten, relay.port, per_day=1000, rate_per_second=10.0, budget_seconds=0.3)
        assert (done.capped, done.more) == (False, True)
        assert send(ten, relay.port, per_day=1000).results["sent"] > 0
        assert len(relay.accepted) == 10


def test_a_delivery_that_ends_before_anything_was_claimed_has_more_to_do(ten):
    with HostileRelay() as relay:
        done = send(ten, relay.port, per_day=1000, budget_seconds=0.0)
        assert (done.capped, done.stopped, done.more) == (False, False, True)
        left = 10 - sum(done.results.values())
        assert send(ten, relay.port, per_day=1000).results == {"sent": left}
        assert len(relay.accepted) == 10


def test_the_ramp_gives_the_first_days(ten):
    sent = []
    with HostileRelay() as relay:
        for day in range(5):
            at = NOW + timedelta(days=day * 2)
            done = send(ten, relay.port, clock=lambda at=at: at, ramp=(1, 2), per_day=3)
            sent.append(done.results.get("sent", 0))
    assert sent == [1, 2, 3, 3, 1]


# ---- claims -----------------------------------------------------------------------------------


def test_a_claim_that_was_taken_over_changes_nothing(ten):
    with ten.write() as tx:
        (old,) = claim(tx, [CAMPAIGN], "other:1:1", NOW, 1, 60)
        assert old.person.name == "Name p0000"
        assert record_intent(tx, NOW, [Intent(claimed=old, recipient="x@y", sha256="s")]) == [True]
    later = NOW + timedelta(seconds=61)
    with ten.write() as tx:
        assert recover(tx, NOW + timedelta(seconds=59), lambda _: False) == 0
        assert recover(tx, later, lambda _: False) == 1
        (new,) = claim(tx, [CAMPAIGN], "me:2:2", later, 1, 60)
    assert (new.id, new.fence, new.attempts, new.reason) == (old.id, 2, 1, "process_died")
    assert (new.recipient, new.sha256, new.dated_at) == ("x@y", "s", NOW)
    with ten.write() as tx:
        assert record_intent(tx, later, [Intent(claimed=old, recipient="x", sha256="z")]) == [False]
        assert record_outcome(tx, later, [Result(claimed=old, state="sent")]) == [False]
        assert release(tx, [old]) == 0
        assert renew(tx, [old], later, 60) == 0
        assert renew(tx, [new], later, 60) == 1
    kinds = [(e.kind, json.loads(e.body).get("state")) for e in entries(ten)]
    assert kinds == [("intent", None), ("outcome", "unknown")]


def test_p14_a_claim_past_its_lease_sends_nothing_though_nobody_took_it(ten):
    with ten.write() as tx:
        (one,) = claim(tx, [CAMPAIGN], "me:1:1", NOW, 1, 60)
    woken = NOW + timedelta(seconds=60)
    intent = Intent(claimed=one, recipient="x@y", sha256="s")
    with ten.write() as tx:
        assert record_intent(tx, woken, [intent]) == [False]
        assert renew(tx, [one], woken, 60) == 1
        assert record_intent(tx, woken, [intent]) == [True]


def test_the_claims_of_a_dead_process_come_back_and_of_a_living_one_do_not(ten):
    dead = subprocess.run(
        [sys.executable, "-c", "from notifier.dispatch import this_owner; print(this_owner())"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ},
    ).stdout.strip()
    assert dead.rsplit(":", 2)[0] == this_owner().rsplit(":", 2)[0]
    elsewhere = "elsewhere:" + dead.split(":", 1)[1]
    with ten.write() as tx:
        claim(tx, [CAMPAIGN], dead, NOW, 3, 3600)
        claim(tx, [CAMPAIGN], elsewhere, NOW, 3, 3600)
        (mine,) = claim(tx, [CAMPAIGN], this_owner(), NOW, 1, 3600)
        assert recover(tx, NOW, owner_is_dead) == 3
        assert counts(tx, CAMPAIGN) == {"claimed": 4, "planned": 6}
        assert release(tx, [mine]) == 1
        assert waiting(tx, [CAMPAIGN], NOW).due == 7


def test_a_number_that_another_process_got_is_another_process():
    host, pid, started = this_owner().rsplit(":", 2)
    assert not owner_is_dead(this_owner())
    assert owner_is_dead(f"{host}:{pid}:{int(started) + 1}")
    assert not owner_is_dead("nonsense")
    assert not owner_is_dead("")


def test_messages_in_doubt_and_deferrals_go_before_new_ones_in_a_fixed_order(ten):
    with ten.write() as tx:
        found = tx.exec(select(MessageRow).order_by(MessageRow.id)).all()
        found[7].state, found[7].reason, found[7].attempts = "unknown", "process_died", 1
        found[8].state, found[8].next_at = "deferred", NOW - timedelta(hours=1)
        found[9].state, found[9].next_at = "deferred", NOW + timedelta(hours=1)
        ids = [row.id for row in found]
    with ten.write() as tx:
        taken = [c.id for c in claim(tx, [CAMPAIGN], "a:1:1", NOW, 4, 60)]
        rest = [c.id for c in claim(tx, [CAMPAIGN], "b:1:1", NOW, 99, 60)]
    assert taken == [ids[7], ids[0], ids[1], ids[8]]
    assert rest == ids[2:7]


# ---- the tick -----------------------------------------------------------------------------------


def test_the_worker_goes_on_until_idle_and_waits_for_others():
    answers = [Cycle.MORE, Cycle.WAITING, Cycle.WAITING, Cycle.MORE, Cycle.IDLE]
    asked = []

    async def step(stop):
        asked.append(stop.is_set())
        return answers[len(asked) - 1]

    run(step, until_idle=True, interval_seconds=0.02)
    assert len(asked) == 5


def test_what_a_step_raises_ends_the_run():
    async def step(stop):
        raise SettingsError("no")

    with pytest.raises(SettingsError):
        run(step, interval_seconds=0.02)


def test_p7_a_clock_that_is_set_back_does_not_stop_the_tick():
    from notifier.worker import Worker

    calls = 0

    async def step(stop):
        nonlocal calls
        calls += 1
        if calls == 1:
            # As after the system's clock went back by a day: the next tick lies in the future.
            worker.job.modify(next_run_time=datetime.now(UTC) + timedelta(days=1))
        return Cycle.IDLE if calls == 3 else Cycle.WAITING

    worker = Worker(step, until_idle=True, interval_seconds=0.02)
    asyncio.run(asyncio.wait_for(worker.run(), 5))
    assert calls == 3


# ---- erased -----------------------------------------------------------------------------------


def erased(store, person):
    with store.write() as tx:
        row = find_person(tx, person)
        erase_person(tx, row, pseudonym="erased-1", mark="m", now=NOW)


@pytest.mark.parametrize(
    ("said", "state", "reason"),
    [
        (("sent", ""), "sent", ""),
        (("bounced", "refused_recipient"), "bounced", "refused_recipient"),
        (("deferred", "greylisted"), "suppressed", "erased"),
        (("unknown", "reply_never_read"), "suppressed", "erased"),
    ],
)
def test_p5_whoever_is_erased_in_data_ends_as_the_relay_says_and_is_not_tried_again(
    store, said, state, reason
):
    add_audience(store, ["a@example.org"])
    with store.write() as tx:
        (held,) = claim(tx, [CAMPAIGN], "me", NOW, 9, 60)
        intent = Intent(claimed=held, recipient="a@example.org", sha256="x", greeting="Ann")
        assert record_intent(tx, NOW, [intent]) == [True]
    erased(store, "p0000")
    later = NOW + timedelta(minutes=30)
    result = Result(
        claimed=held, state=said[0], reason=said[1], recipient="a@example.org", handed=True,
        sha256="x", next_at=later, text="a@example.org says no",
    )  # fmt: skip
    with store.write() as tx:
        assert record_outcome(tx, NOW, [result]) == [True]
    with store.read() as tx:
        (row,) = tx.exec(select(MessageRow)).all()
    assert (row.state, row.reason, row.person_id) == (state, reason, "erased-1")
    assert (row.recipient, row.greeting, row.reply_text) == ("", "", "")
    with store.write() as tx:
        assert claim(tx, [CAMPAIGN], "me", later + timedelta(days=1), 9, 60) == []


def test_p5_a_process_that_dies_over_an_erased_person_repeats_nothing(store):
    add_audience(store, ["a@example.org"])
    with store.write() as tx:
        (held,) = claim(tx, [CAMPAIGN], "me", NOW, 9, 60)
        record_intent(tx, NOW, [Intent(claimed=held, recipient="a@example.org", sha256="x")])
    erased(store, "p0000")
    with store.write() as tx:
        assert recover(tx, NOW, lambda _: True) == 1
        assert counts(tx, CAMPAIGN) == {"suppressed": 1}


def test_p5_a_claim_whose_person_is_erased_before_the_intent_may_not_send(store):
    add_audience(store, ["a@example.org"])
    with store.write() as tx:
        (held,) = claim(tx, [CAMPAIGN], "me", NOW, 9, 60)
    erased(store, "p0000")
    with store.write() as tx:
        intent = Intent(claimed=held, recipient="a@example.org", sha256="x")
        assert record_intent(tx, NOW, [intent]) == [False]
        assert counts(tx, CAMPAIGN) == {"suppressed": 1}
