"""Every transition that exists, and a refusal for every one that does not."""

import ast
import itertools
from pathlib import Path

import pytest

from notifier.campaign.machine import (
    CAMPAIGN,
    MESSAGE,
    MESSAGE_DONE,
    OPEN_STATES,
    CampaignEvent,
    CampaignState,
    MessageEvent,
    MessageState,
    next_message_state,
    next_state,
)
from notifier.errors import InputError
from notifier.policy.history import VERSION, VersionState, VersionStatus, next_status


def test_states_are_those_of_the_tables():
    assert {s.value for s in CampaignState} == {
        "proposed", "approved", "sending", "paused", "needs_decision", "complete", "cancelled",
        "rejected", "superseded",
    }  # fmt: skip
    assert {s.value for s in MessageState} == {
        "planned", "claimed", "sent", "deferred", "unknown", "bounced", "suppressed", "held",
        "needs_attention",
    }  # fmt: skip
    assert set(CAMPAIGN) == {None, *CampaignState}
    assert set(MESSAGE) == set(MessageState)


@pytest.mark.parametrize("walk", [
    "propose approve start complete",
    "propose approve void approve start pause resume start complete",
    "propose approve need_decision start complete",
    "propose approve need_decision reschedule approve start cancel",
    "propose reschedule approve cancel",
    "propose reject",
    "propose supersede",
    "propose approve start need_decision cancel",
    "propose approve start pause need_decision start complete",
    "propose approve start resume need_decision start complete reopen complete",
])  # fmt: skip
def test_walks(walk):
    state = None
    for event in walk.split():
        state = next_state(state, event)
    assert isinstance(state, CampaignState)


@pytest.mark.parametrize(
    ("state", "event"),
    [
        ("proposed", "start"),  # nothing without authority
        ("proposed", "resume"),
        ("rejected", "approve"),
        ("cancelled", "start"),
        ("complete", "start"),
        ("approved", "approve"),
        ("paused", "start"),
        ("paused", "complete"),
        ("sending", "reject"),
        ("needs_decision", "complete"),
        ("needs_decision", "resume"),  # only a decision answers it
        (None, "approve"),
    ],
)
def test_refusals_name_the_state_and_what_is_possible(state, event):
    with pytest.raises(InputError) as caught:
        next_state(state, event, campaign="privacy@v2")
    error = caught.value
    assert "privacy@v2" in error.message
    assert state is None or state.replace("_", " ") in error.message.replace("_", " ")
    for possible in CAMPAIGN[state if state is None else CampaignState(state)]:
        assert possible.value in error.details["possible"]
        assert possible.value.replace("_", " ") in error.next_step


def test_whatever_is_not_in_the_table_is_refused():
    for state, event in itertools.product([None, *CampaignState], CampaignEvent):
        if event not in CAMPAIGN[state]:
            with pytest.raises(InputError):
                next_state(state, event)
    for one, happened in itertools.product(MessageState, MessageEvent):
        if happened not in MESSAGE[one]:
            with pytest.raises(InputError):
                next_message_state(one, happened)


def test_p2_only_an_approved_campaign_can_ever_send():
    senders = {s for s, events in CAMPAIGN.items() if CampaignEvent.START in events}
    assert senders == {CampaignState.APPROVED, CampaignState.NEEDS_DECISION}
    into_approved = {
        (s, e) for s, events in CAMPAIGN.items() for e, to in events.items() if to == "approved"
    }
    assert {s for s, e in into_approved} == {"proposed", "sending", "paused"}
    for state in (CampaignState.PAUSED, CampaignState.NEEDS_DECISION):
        assert {s for s, ev in CAMPAIGN.items() if state in ev.values()} <= {
            "approved", "sending", "paused",
        }  # fmt: skip


def test_every_open_state_can_be_left_and_no_message_state_is_a_trap():
    assert set(CampaignState) - {"cancelled", "rejected", "superseded"} == OPEN_STATES
    for state in MessageState:
        if state not in MESSAGE_DONE:
            reach, seen = {state}, set()
            while reach - seen:
                now = (reach - seen).pop()
                seen.add(now)
                reach |= set(MESSAGE[now].values())
            assert "sent" in reach
            assert "suppressed" in reach


def test_a_sent_message_is_never_sent_again():
    assert set(MESSAGE[MessageState.SENT]) == {MessageEvent.BOUNCE}
    assert MESSAGE[MessageState.BOUNCED] == {}


PACKAGE = Path(__file__).resolve().parents[2] / "notifier"


def test_no_code_sets_a_state_by_hand():
    """Campaigns move in pipeline/moves.py only, versions by ``next_status`` only."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                places = [p for t in targets for p in (t.elts if isinstance(t, ast.Tuple) else [t])]
                set_here = {place.attr for place in places if isinstance(place, ast.Attribute)}
                by = ast.unparse(node.value) if node.value else ""
                if "state" in set_here and name != "pipeline/moves.py":
                    found.append((name, ast.unparse(node)))
                if "status" in set_here and not by.startswith("next_status("):
                    found.append((name, ast.unparse(node)))
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "CampaignRow":
                begins = {k.arg: ast.unparse(k.value) for k in node.keywords}
                if begins.get("state") != "OPENED":
                    found.append((name, str(begins)))
    assert found == []


@pytest.mark.parametrize(
    ("status", "following"),
    [("committed", "draft"), ("committed", "committed"), ("withdrawn", "committed"),
     ("withdrawn", "draft"), ("draft", "withdrawn"), ("withdrawn", "withdrawn")],
)  # fmt: skip
def test_a_stored_version_never_goes_back(status, following):
    with pytest.raises(ValueError, match="cannot become"):
        next_status(status, VersionStatus(following))


def test_every_version_state_can_come_about_and_the_last_ones_stay():
    assert set(VERSION) == {None, *VersionState}
    assert {to for events in VERSION.values() for to in events} == set(VersionState)
    assert VERSION[VersionState.WITHDRAWN] == {}
