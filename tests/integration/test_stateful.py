"""P1 to P4, P6, P9, P17 under any order of what people, relays and clocks do.

Hypothesis commits, rules, approves, pauses, decides, runs, chooses, imports and moves the clock in
any order, on a real home with a channel that refuses and drops. What must hold whatever happened is
checked after every step, against what the channel took and what the machine itself remembers.

``make test`` walks the same paths each time, ``make explore`` new and more ones
(``EXPLORE`` is the number of walks).
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from notifier.banner import instant
from notifier.consent import Choice
from notifier.errors import InputError, PromiseError
from notifier.pipeline.approval import EXTRAS
from notifier.pipeline.decide import Ruling, approve, set_note, set_ruling
from notifier.pipeline.permits import permit_document
from notifier.pipeline.plans import plan_campaign
from notifier.pipeline.propose import make_plan, need_campaign
from notifier.pipeline.prove import verify_home
from notifier.pipeline.publish import check
from notifier.pipeline.show import status_document, versions_document
from notifier.pipeline.steer import cancel, give_up, go_on, pause, reject, reschedule, resume
from notifier.plan.schedule import start_of_day
from notifier.policy.history import VERSION
from notifier.review import approval_digest
from tests.world import (
    BOUNCED,
    DEFERRED,
    DEFERRED_AT_END,
    DROPPED,
    LOST,
    REJECTED,
    TYPO,
    V1,
    V2,
    V3,
    ScriptedChannel,
    World,
    people_under,
)

TEXTS = (
    V2,
    V3,
    TYPO,
    V1.replace("24 months", "12 months"),
    V1 + "\n## Contact\n\nWrite to us at any time.\n",
)
OUTCOMES = (BOUNCED, DEFERRED, DEFERRED_AT_END, DROPPED, LOST, REJECTED)
NUMBERS = st.integers(0, 5)
WHICH = st.sampled_from((0, 0, 0, 1, 2))
"""A campaign, counted from the newest."""
OPEN = {"planned", "claimed", "deferred", "unknown", "held"}
PHASES = [Phase.generate, Phase.shrink]
EXPLORE = int(os.environ.get("EXPLORE", "0"))


class Life(RuleBasedStateMachine):
    """One policy, its campaigns, its people, and everybody who acts on them."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="life"))
        self.channel = ScriptedChannel()
        self.world = World(self.folder, channel=self.channel, made=self.template)
        self.home = self.world.home
        self.names = 1
        self.persons = 0
        self.stands: dict[str, bool] = {}
        """By campaign: approved by somebody else, and nothing it binds was touched since."""
        self.excused: set[str] = set()
        """Campaigns whose lateness somebody took upon themselves."""
        self.audience: dict[str, set[str]] = defaultdict(set)
        """By campaign: who had to be told when it was approved."""
        self.said: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.seen = 0
        self.standing: dict[str, str] = {}
        self.set_back = False

    def teardown(self) -> None:
        self.p5_the_chain_is_whole()
        self.home.close()
        shutil.rmtree(self.folder)

    # ---- helpers ----------------------------------------------------------------------------

    def campaigns(self) -> list[str]:
        return [
            name for (name,) in self.world.rows("SELECT id FROM campaign ORDER BY opened_at, id")
        ]

    def pick(self, number: int) -> str:
        found = self.campaigns()
        return found[-1 - number % len(found)]

    def has_campaigns(self) -> bool:
        return bool(self.campaigns())

    def attempt(self, act, *arguments, **named) -> bool:
        """Do it; whatever is refused must be refused in words, and not by accident."""
        try:
            act(self.home, *arguments, **named)
        except (InputError, PromiseError):
            return False
        return True

    def voided(self, campaign: str, *, done: bool) -> None:
        if done:
            self.stands[campaign] = False
            self.excused.discard(campaign)

    # ---- what the legal team does -------------------------------------------------------------

    @initialize(
        text=st.sampled_from(TEXTS[:4]),
        days=st.sampled_from((50, 80)),
        far=st.sampled_from(("told", "approved", "proposed")),
    )
    def begin_with_a_change(self, text: str, days: int, far: str) -> None:
        self.import_people(4)
        self.commit(text, days)
        if far != "proposed":
            self.approve(0, "", 0)
        if far == "told":
            self.relay_will(1, [DEFERRED])
            self.run(1)

    @rule(text=st.sampled_from(TEXTS), days=st.sampled_from((3, 38, 50, 80, 200)))
    def commit(self, text: str, days: int) -> None:
        self.names += 1
        effective = (self.world.now + timedelta(days=days)).date().isoformat()
        with_mark = text + f"\nEdition {self.names}.\n"
        self.attempt(lambda _: self.world.commit(f"v{self.names}", with_mark, effective))

    @precondition(has_campaigns)
    @rule(number=WHICH, material=st.booleans(), which=st.integers(-3, 5))
    def edit(self, number: int, which: int, *, material: bool) -> None:
        """Rule on a change, or give words for the mail."""
        campaign = self.pick(number)
        if which < 0:
            words = {"text": "In our own words.", "locale": "", "change": "", "actor": "author"}
            self.voided(campaign, done=self.attempt(set_note, campaign, **words))
            return
        with self.home.store.read() as tx:
            plan = make_plan(self.home, tx, need_campaign(tx, campaign))
        keys = list(plan.assessment.changes)
        if not keys:
            return
        ruling = Ruling(change=keys[which % len(keys)], material=material, reason="so I say")
        self.voided(campaign, done=self.attempt(set_ruling, campaign, ruling, actor="second"))

    @precondition(has_campaigns)
    @rule(number=WHICH, override=st.sampled_from(("", "", "a court")), wait=NUMBERS)
    def approve(self, number: int, override: str, wait: int) -> None:
        campaign = self.pick(number)
        out = self.folder / "plan.jsonl"
        plan_campaign(self.home, campaign, out)
        rows = [json.loads(line) for line in out.read_text().splitlines()]
        not_before = self.world.now + timedelta(days=wait - 3) if wait > 3 else None
        terms = {"override": override, "not_before": not_before}
        assert not self.attempt(approve, campaign, actor="AUTHOR", **terms), "P2: four eyes"
        if not self.attempt(approve, campaign, actor="second", **terms):
            return
        self.stands[campaign] = True
        self.audience[campaign] = {r["person_id"] for r in rows if r["decision"] != "excluded"}
        if override:
            self.excused.add(campaign)

    # ---- what the operator does ---------------------------------------------------------------

    @precondition(has_campaigns)
    @rule(number=WHICH, what=st.sampled_from((pause, resume) * 4 + (cancel,)))
    def steer(self, number: int, what) -> None:
        campaign = self.pick(number)
        done = self.attempt(what, campaign, actor="operator")
        if what is cancel:
            self.voided(campaign, done=done)

    @precondition(has_campaigns)
    @rule(number=WHICH, days=st.sampled_from((-1, 10, 60, 120, 0)))
    def move_or_reject(self, number: int, days: int) -> None:
        """Give it another day, or with none reject it."""
        campaign = self.pick(number)
        if not days:
            done = self.attempt(reject, campaign, reason="no", actor="second")
            self.voided(campaign, done=done)
            return
        day = (self.world.now + timedelta(days=days)).date()
        done = self.attempt(reschedule, campaign, effective=day, actor="author")
        self.voided(campaign, done=done)

    @precondition(has_campaigns)
    @rule(number=WHICH, answer=st.sampled_from((go_on, go_on, give_up)))
    def decide(self, number: int, answer) -> None:
        campaign = self.pick(number)
        assert not self.attempt(go_on, campaign, reason="because", actor="author"), "P2: four eyes"
        done = self.attempt(answer, campaign, reason="because", actor="second")
        if done and answer is go_on:
            self.excused.add(campaign)
        elif done:
            self.voided(campaign, done=True)

    @rule(
        dry_run=st.sampled_from((False, False, False, True)),
        people=st.sampled_from((0, 0, 2)),
        per_day=st.sampled_from((0, 0, 0, 2)),
        only_to=st.sampled_from(((), (), ("P1@example.com",))),
    )
    def configure(self, *, dry_run: bool, people: int, per_day: int, only_to: tuple) -> None:
        first = {"people": people, "hold_hours": 12, "max_bounce": 0.3}
        self.world.mail(dry_run=dry_run, first=first, per_day=per_day, only_to=only_to)

    @rule(count=st.integers(1, 3), version=st.sampled_from(("v1", "v1", "v2")))
    def import_people(self, count: int, version: str = "v1") -> None:
        names = [f"p{self.persons + n}" for n in range(count)]
        known = {row[0] for row in self.world.rows("SELECT version FROM version")}
        self.world.crowd(people_under(version if version in known else "v1", names))
        self.persons += count

    @rule(person=st.integers(0, 9), outcomes=st.lists(st.sampled_from(OUTCOMES), max_size=3))
    def relay_will(self, person: int, outcomes: list) -> None:
        self.channel.script[f"p{person}@example.com"] = list(outcomes)

    @precondition(has_campaigns)
    @rule(number=WHICH)
    def approve_and_run(self, number: int) -> None:
        self.approve(number, "", 0)
        self.run(2)

    @rule(times=st.integers(1, 3), away=st.sampled_from((0, 0, 0, 40)))
    def run(self, times: int, away: int = 0) -> None:
        """Let runners work, perhaps after nobody did for so many days."""
        self.world.now += timedelta(days=away)
        for _ in range(times):
            self.world.turn()
            self.after_turn()

    @rule(
        step=st.sampled_from(
            (
                timedelta(seconds=1), timedelta(minutes=31), timedelta(hours=13),
                timedelta(days=1), timedelta(days=6), timedelta(days=40),
                timedelta(hours=-1), timedelta(days=-1),
            )
        )
    )  # fmt: skip
    def clock(self, step: timedelta) -> None:
        self.world.now += step
        self.set_back = self.set_back or step < timedelta(0)
        self.a_permit_is_never_early()

    # ---- what people do -----------------------------------------------------------------------

    @precondition(lambda self: bool(self.channel.taken))
    @rule(number=st.integers(0, 50), decision=st.sampled_from(Choice), twice=st.booleans())
    def choose(self, number: int, decision: Choice, *, twice: bool) -> None:
        mail = self.channel.taken[number % len(self.channel.taken)]
        campaign, person = self.owner_of(mail)
        for _ in range(1 + twice):
            try:
                self.world.choose(person, decision, campaign)
            except AssertionError:  # the neutral page: the campaign no longer stands
                assert self.state(campaign) in {"cancelled", "rejected", "proposed"}
                return
        if self.said[campaign, person][-1:] != [decision.value]:
            self.said[campaign, person].append(decision.value)

    # ---- what must hold around a turn ---------------------------------------------------------

    def state(self, campaign: str) -> str:
        ((state,),) = self.world.rows(f"SELECT state FROM campaign WHERE id = '{campaign}'")
        return state

    def owner_of(self, mail) -> tuple[str, str]:
        """P2, P5: whatever arrived is a message that the rows know."""
        ref = mail.message_id.strip("<>").partition("@")[0]
        found = self.world.rows(
            f"SELECT campaign, person_id FROM message WHERE instr('{ref}', ref) > 0"
        )
        assert len(found) == 1, mail.message_id
        return found[0]

    def after_turn(self) -> None:
        mail_settings = self.home.settings.mail
        for mail in self.channel.taken[self.seen :]:
            campaign, person = self.owner_of(mail)
            assert self.stands.get(campaign), "P2: sent without a standing approval"
            self._in_time(campaign, person, mail)
            assert not mail_settings.dry_run
            assert not mail_settings.only_to or mail.recipient == "p1@example.com"
        self.seen = len(self.channel.taken)
        for notice in json.loads((self.home.var / "feed/alpha.json").read_text())["notices"]:
            assert self.stands.get(notice["id"]), "P2: public without a standing approval"
            assert notice["from"] <= instant(self.world.now), "P6: early"
            assert notice["until"] > instant(self.world.now)
        assert check(self.home) == {"alpha": []}
        for campaign in self.campaigns():
            if self.state(campaign) == "complete":
                people = self.world.counts(campaign)
                assert not people.keys() & OPEN, "P1: complete while somebody is open"
        self.p5_the_chain_is_whole()

    def _in_time(self, campaign: str, person: str, mail) -> None:
        """P3: nobody of the approved audience is told late unless somebody decided so."""
        with self.home.store.read() as tx:
            row = need_campaign(tx, campaign)
        assert mail.at >= (row.not_before or mail.at)
        assert mail.at >= row.approved_at or self.set_back
        if campaign in self.excused or person not in self.audience[campaign]:
            return
        days = row.approval["calendar"]["notice_days"]
        effective = date.fromisoformat(row.effective_date)
        begins = start_of_day(effective - timedelta(days=days), self.home.policy("privacy").zone)
        assert mail.at < begins, "P3: told late as if on time"

    # ---- what must hold after every step --------------------------------------------------------

    @invariant()
    def p1_and_p17_each_person_is_in_one_state(self) -> None:
        for campaign in status_document(self.home)["campaigns"]:
            rows = self.world.rows(
                f"SELECT person_id FROM message WHERE campaign = '{campaign['id']}'"
            )
            persons = {person for (person,) in rows}
            assert sum(campaign["people"].values()) == len(rows) == len(persons)
            if self.stands.get(campaign["id"]) and campaign["state"] != "proposed":
                assert self.audience[campaign["id"]] <= persons, "P1: skipped"

    @invariant()
    def p2_what_was_approved_is_what_stands(self) -> None:
        with self.home.store.read() as tx:
            rows = [need_campaign(tx, campaign) for campaign in self.campaigns()]
        for row in rows:
            sending = row.state in {"approved", "sending", "paused", "needs_decision", "complete"}
            if row.state == "proposed" and self.stands.get(row.id):
                self.stands[row.id] = False  # run found that what it binds was changed
                self.excused.discard(row.id)
            assert not sending or self.stands.get(row.id), (row.id, row.state)
            if sending:
                assert row.approved_by.casefold() != row.author.casefold()
                bound = {key: v for key, v in row.approval.items() if key not in EXTRAS}
                assert approval_digest(bound) == row.approved_digest

    @invariant()
    def p4_each_message_is_taken_once_and_again_only_when_in_doubt(self) -> None:
        copies = defaultdict(list)
        for mail in self.channel.taken:
            copies[self.owner_of(mail)].append(mail)
        unread = Counter(self.channel.unread)
        for (campaign, person), mails in copies.items():
            assert len({(mail.message_id, mail.sha256) for mail in mails}) == 1
            doubts = unread[mails[0].message_id]
            assert len(mails) <= 1 + doubts, f"P4: {person} twice for {campaign} without a doubt"

    @invariant()
    def p9_a_choice_is_what_was_said_and_nothing_else(self) -> None:
        found = defaultdict(list)
        for campaign, person, decision in self.world.rows(
            "SELECT campaign, person_id, decision FROM choice ORDER BY id"
        ):
            found[campaign, person].append(decision)
        assert found == {key: said for key, said in self.said.items() if said}

    def a_permit_is_never_early(self) -> None:
        answer = permit_document(self.home, "p1", policy="privacy")
        with self.home.store.read() as tx:
            rows = [need_campaign(tx, c) for c in self.campaigns()]
        asked = [row for row in rows if self.stands.get(row.id)]
        newest = max(asked, key=lambda row: row.effective_at, default=None)
        if newest is not None and answer["may_apply"]:
            assert self.world.now >= newest.effective_at
            if newest.id in {campaign for campaign, _ in self.said}:
                last = self.said.get((newest.id, "p1"), ["accept"])[-1:]
                assert last in ([], ["accept"])

    @invariant()
    def versions_walk_as_the_table_says(self) -> None:
        now = {
            v["version"]: v["state"] for v in versions_document(self.home, "privacy")["versions"]
        }
        if not self.set_back:
            for version, state in now.items():
                assert state in _reach(self.standing.get(version)), (version, state)
        self.set_back = False
        self.standing = now

    def p5_the_chain_is_whole(self) -> None:
        assert verify_home(self.home, checkpoint=None, key="").holds


def _reach(state: str | None) -> set[str]:
    """Return every state that a version can come to in any number of steps, its own first."""
    reach, edge = {state} - {None}, {state}
    while edge:
        edge = {to.value for one in edge for to in VERSION[one]} - reach
        reach |= edge
    return reach


@pytest.mark.slow
def test_what_is_promised_holds_whatever_happens_in_whatever_order(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("template")
    with World(folder, channel=ScriptedChannel()):
        Life.template = folder / "home"
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=EXPLORE or 15,
            stateful_step_count=40 if EXPLORE else 25,
            derandomize=not EXPLORE,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=PHASES,
        ),
    )
