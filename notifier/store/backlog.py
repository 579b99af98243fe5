"""Messages that wait: how many, for what, and what lets them go on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, distinct, exists, func, or_, select, update

from notifier.evidence.chain import Act
from notifier.store.claims import REPLY_NEVER_READ
from notifier.store.ledger import append_many
from notifier.store.tables import CampaignRow, MessageRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel import Session

_M: Any = MessageRow.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_C: Any = CampaignRow.__table__  # type: ignore[attr-defined]

MAY_SEND = ("sending",)
"""Campaign states in which a message may leave; asked again in the intent's own transaction.

Not ``approved``: whatever brought a campaign back there, it is looked at again before it sends.
"""
DUE = ("planned", "deferred", "unknown")
FIRST_WAVE = "first_wave"
"""Held until the first wave is settled and its hold is over."""
RELAY_DOWN = "relay_down"
RELAY_UNRELIABLE = "relay_unreliable"
"""Deferred with everything else that was due: the relay cannot be reached (due again as soon as it
can), or takes messages and never answers (due again by the schedule)."""


def defer_for_relay(
    tx: Session,
    campaign_ids: Sequence[str],
    now: datetime,
    next_at: datetime,
    reason: str = RELAY_DOWN,
) -> int:
    """Defer everything due, because no message can be handed on; return how many.

    No attempt is consumed, and the time for which a message is retried does not begin. Messages in
    doubt stay so.
    """
    due = and_(_is_due(campaign_ids, now), _M.c.state.in_(("planned", "deferred")))
    change = update(_M).where(due).values(state="deferred", reason=reason, next_at=next_at)
    deferred = int(tx.connection().execute(change).rowcount)
    if deferred:
        body = {"reason": reason, "deferred": deferred}
        append_many(tx, now=now, acts=[Act(kind="relay", body=body)])
    return deferred


def wake_for_relay(tx: Session, campaign_ids: Sequence[str]) -> int:
    """Make due at once what waits only because the relay was down; return how many."""
    waiting = and_(
        _M.c.campaign.in_(campaign_ids), _M.c.state == "deferred", _M.c.reason == RELAY_DOWN
    )
    change = update(_M).where(waiting).values(next_at=None, reason="")
    return int(tx.connection().execute(change).rowcount)


def unhold(tx: Session, campaign: str, reasons: Sequence[str]) -> int:
    """Bring messages held for one of these reasons back to ``planned``; return how many."""
    held = and_(_M.c.campaign == campaign, _M.c.state == "held", _M.c.reason.in_(reasons))
    change = update(_M).where(held).values(state="planned", reason="", next_at=None)
    return int(tx.connection().execute(change).rowcount)


def unpark(tx: Session, campaign: str, person_id: str = "") -> int:
    """Bring what needs attention back to ``planned``, of everybody or of one; return how many.

    The time for which a message is retried begins anew. What left once stays the same bytes, and is
    marked as a repetition where nobody knows that it was refused.
    """
    parked = and_(_M.c.campaign == campaign, _M.c.state == "needs_attention")
    if person_id:
        parked = and_(parked, _M.c.person_id == person_id)
    may_have_arrived = and_(_M.c.recipient != "", _M.c.reply_code == 0)
    change = (
        update(_M)
        .where(parked)
        .values(
            state="planned",
            reason=case((may_have_arrived, REPLY_NEVER_READ), else_=""),
            next_at=None,
            first_deferred_at=None,
        )
    )
    return int(tx.connection().execute(change).rowcount)


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """What is left to do for some campaigns."""

    due: int
    """Can be claimed now."""
    claimed: int
    """Is in somebody's hands."""
    relay_down: int
    """Deferred only because the relay could not be reached."""
    next_at: datetime | None
    """When the next deferral ends, where there is one."""


def waiting(tx: Session, campaign_ids: Sequence[str], now: datetime) -> Waiting:
    """Count what is left to do, from the rows."""
    mine = _M.c.campaign.in_(campaign_ids)
    run = tx.connection()

    def count(*conditions: Any) -> int:
        return int(
            run.execute(select(func.count()).select_from(_M).where(*conditions)).scalar_one()
        )

    later = select(func.min(_M.c.next_at)).where(mine, _M.c.state.in_(DUE), _M.c.next_at > now)
    return Waiting(
        due=count(_is_due(campaign_ids, now)),
        claimed=count(mine, _M.c.state == "claimed"),
        relay_down=count(mine, _M.c.state == "deferred", _M.c.reason == RELAY_DOWN),
        next_at=run.execute(later).scalar(),
    )


def counts(tx: Session, campaign: str) -> dict[str, int]:
    """Return how many messages of a campaign are in each state, from the rows."""
    query = select(_M.c.state, func.count()).where(_M.c.campaign == campaign)
    found = tx.connection().execute(query.group_by(_M.c.state).order_by(_M.c.state))
    return {state: int(number) for state, number in found}


def any_sent(tx: Session, campaign_ids: Sequence[str]) -> bool:
    """Whether a message of these campaigns was ever accepted by the relay."""
    query = select(exists().where(_M.c.campaign.in_(campaign_ids), _M.c.state == "sent"))
    return bool(tx.connection().execute(query).scalar())


def sending_days_before(tx: Session, now: datetime) -> int:
    """Return on how many days (UTC) before today messages left, for the ramp."""
    query = select(func.count(distinct(func.date(_M.c.intent_at)))).where(
        _M.c.intent_at < midnight(now)
    )
    return int(tx.connection().execute(query).scalar_one())


def _is_due(campaign_ids: Sequence[str], now: datetime) -> Any:
    return and_(
        _M.c.campaign.in_(campaign_ids),
        _M.c.state.in_(DUE),
        or_(_M.c.next_at.is_(None), _M.c.next_at <= now),
        exists().where(_C.c.id == _M.c.campaign, _C.c.state.in_(MAY_SEND)),
    )


def midnight(now: datetime) -> datetime:
    """Return the last midnight in UTC, when the cap of the day begins anew."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
