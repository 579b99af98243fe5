"""Every transition that exists, and a refusal for every one that does not."""

import itertools

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
