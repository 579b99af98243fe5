"""The states of a campaign and of one message, and what may lead from one to the next."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from notifier.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping


class CampaignState(StrEnum):
    """Where a campaign stands."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    SENDING = "sending"
    PAUSED = "paused"
    NEEDS_DECISION = "needs_decision"
    COMPLETE = "complete"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"


class CampaignEvent(StrEnum):
    """What can happen to a campaign."""

    PROPOSE = "propose"
    APPROVE = "approve"
    VOID = "void"
    """Something the approval binds was changed."""
    REJECT = "reject"
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    """Back to approved: it starts again as soon as it is due, checked against its notify-by.

    While it sends, too: held messages whose hold was lifted go on."""
    COMPLETE = "complete"
    NEED_DECISION = "need_decision"
    CANCEL = "cancel"
    RESCHEDULE = "reschedule"
    SUPERSEDE = "supersede"
    REOPEN = "reopen"
    """People who must be told were imported after everybody else had been."""


class MessageState(StrEnum):
    """Where one message stands."""

    PLANNED = "planned"
    CLAIMED = "claimed"
    SENT = "sent"
    DEFERRED = "deferred"
    UNKNOWN = "unknown"
    BOUNCED = "bounced"
    SUPPRESSED = "suppressed"
    HELD = "held"
    NEEDS_ATTENTION = "needs_attention"


class MessageEvent(StrEnum):
    """What can happen to one message."""

    CLAIM = "claim"
    RELEASE = "release"
    """Back to planned: a claim given up, a time come, a hold ended, an address given."""
    SEND = "send"
    """The relay's 250 is durable."""
    DEFER = "defer"
    LOSE = "lose"
    """The relay's answer was never read."""
    BOUNCE = "bounce"
    SUPPRESS = "suppress"
    HOLD = "hold"
    PARK = "park"


class Suppression(StrEnum):
    """Why a message is not sent at all; the closed list."""

    NO_ADDRESS = "no_address"
    COMPLAINT = "complaint"
    ERASED = "erased"
    GUARDIAN_MISSING = "guardian_missing"


_C, _E = CampaignState, CampaignEvent
_STOPPABLE: Final = {
    _E.VOID: _C.PROPOSED,
    _E.NEED_DECISION: _C.NEEDS_DECISION,
    _E.CANCEL: _C.CANCELLED,
    _E.SUPERSEDE: _C.SUPERSEDED,
}
"""What can happen to every approved campaign, whether or not it has begun to send."""

CAMPAIGN: Final[Mapping[CampaignState | None, Mapping[CampaignEvent, CampaignState]]] = {
    None: {_E.PROPOSE: _C.PROPOSED},
    _C.PROPOSED: {
        _E.APPROVE: _C.APPROVED,
        _E.REJECT: _C.REJECTED,
        _E.CANCEL: _C.CANCELLED,
        _E.RESCHEDULE: _C.PROPOSED,
        _E.SUPERSEDE: _C.SUPERSEDED,
    },
    _C.APPROVED: {
        **_STOPPABLE,
        _E.START: _C.SENDING,
        _E.PAUSE: _C.PAUSED,
        _E.RESCHEDULE: _C.PROPOSED,
    },
    _C.SENDING: {
        **_STOPPABLE,
        _E.PAUSE: _C.PAUSED,
        _E.RESUME: _C.APPROVED,
        _E.COMPLETE: _C.COMPLETE,
    },
    _C.PAUSED: {**_STOPPABLE, _E.RESUME: _C.APPROVED, _E.RESCHEDULE: _C.PROPOSED},
    _C.NEEDS_DECISION: {
        _E.VOID: _C.PROPOSED,
        _E.START: _C.SENDING,
        _E.CANCEL: _C.CANCELLED,
        _E.RESCHEDULE: _C.PROPOSED,
        _E.SUPERSEDE: _C.SUPERSEDED,
    },
    _C.COMPLETE: {
        _E.REOPEN: _C.SENDING,
        _E.CANCEL: _C.CANCELLED,
        _E.SUPERSEDE: _C.SUPERSEDED,
    },
    _C.CANCELLED: {},
    _C.REJECTED: {},
    _C.SUPERSEDED: {},
}
"""State, event → next state; ``None``: a campaign that does not exist yet. All else is refused."""

APPROVED_STATES: Final = frozenset(
    {_C.APPROVED, _C.SENDING, _C.PAUSED, _C.NEEDS_DECISION, _C.COMPLETE, _C.SUPERSEDED}
)
"""States in which an approval stands, if the campaign ever had one (``approved_at``)."""
OPEN_STATES: Final = frozenset(state for state, events in CAMPAIGN.items() if state and events)
"""States from which something can still happen."""

_M, _V = MessageState, MessageEvent
MESSAGE: Final[Mapping[MessageState, Mapping[MessageEvent, MessageState]]] = {
    _M.PLANNED: {
        _V.CLAIM: _M.CLAIMED,
        _V.DEFER: _M.DEFERRED,
        _V.SUPPRESS: _M.SUPPRESSED,
        _V.HOLD: _M.HELD,
        _V.PARK: _M.NEEDS_ATTENTION,
    },
    _M.CLAIMED: {
        _V.RELEASE: _M.PLANNED,
        _V.SEND: _M.SENT,
        _V.DEFER: _M.DEFERRED,
        _V.LOSE: _M.UNKNOWN,
        _V.BOUNCE: _M.BOUNCED,
        _V.SUPPRESS: _M.SUPPRESSED,
        _V.HOLD: _M.HELD,
        _V.PARK: _M.NEEDS_ATTENTION,
    },
    _M.DEFERRED: {
        _V.RELEASE: _M.PLANNED,
        _V.CLAIM: _M.CLAIMED,
        _V.SUPPRESS: _M.SUPPRESSED,
        _V.PARK: _M.NEEDS_ATTENTION,
    },
    _M.UNKNOWN: {
        _V.RELEASE: _M.PLANNED,
        _V.CLAIM: _M.CLAIMED,
        _V.BOUNCE: _M.BOUNCED,
        _V.SUPPRESS: _M.SUPPRESSED,
        _V.PARK: _M.NEEDS_ATTENTION,
    },
    _M.SENT: {_V.BOUNCE: _M.BOUNCED},
    _M.HELD: {
        _V.RELEASE: _M.PLANNED,
        _V.SUPPRESS: _M.SUPPRESSED,
        _V.PARK: _M.NEEDS_ATTENTION,
    },
    _M.NEEDS_ATTENTION: {
        _V.RELEASE: _M.PLANNED,
        _V.BOUNCE: _M.BOUNCED,
        _V.SUPPRESS: _M.SUPPRESSED,
    },
    _M.BOUNCED: {},
    _M.SUPPRESSED: {_V.RELEASE: _M.PLANNED},
}
"""State, event → next state of one message. All else is refused."""

MESSAGE_DONE: Final = frozenset({_M.SENT, _M.BOUNCED, _M.SUPPRESSED, _M.NEEDS_ATTENTION})
"""Where a message may rest when its campaign is complete (P1)."""


def next_state(
    state: str | None, event: CampaignEvent | str, *, campaign: str = "The campaign"
) -> CampaignState:
    """Return the state that an event leads to.

    :raises InputError: not possible from this state; says what is
    """
    known = None if state is None else CampaignState(state)
    happened = CampaignEvent(event)
    following = CAMPAIGN[known].get(happened)
    if following is None:
        where = "does not exist yet" if known is None else f"is {known.value}"
        raise _refused(campaign, where, happened.value, [e.value for e in CAMPAIGN[known]])
    return following


def next_message_state(state: str, event: MessageEvent | str) -> MessageState:
    """Return the state that an event leads one message to.

    :raises InputError: not possible from this state; says what is
    """
    known, happened = MessageState(state), MessageEvent(event)
    following = MESSAGE[known].get(happened)
    if following is None:
        possible = [e.value for e in MESSAGE[known]]
        raise _refused("The message", f"is {known.value}", happened.value, possible)
    return following


def _refused(what: str, where: str, event: str, possible: list[str]) -> InputError:
    return InputError(
        f"{what} {where}; {event.replace('_', ' ')} is not possible from there. Nothing was done.",
        code="wrong_state",
        next_step=f"Possible now: {', '.join(sorted(possible)).replace('_', ' ')}."
        if possible
        else "Nothing can happen to it any more.",
        possible=sorted(possible),
    )
