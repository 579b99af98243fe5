"""The first wave in the rows: who is in it, who waits for it, what became of it.

Nothing is stored but the messages' states and the ledger's entries: the wave is whoever was let
out, the rest is ``held`` with reason ``first_wave``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func, or_, select, update

from notifier.plan.wave import Wave
from notifier.store.backlog import DUE, FIRST_WAVE, counts, unhold
from notifier.store.campaigns import last_at, last_seq
from notifier.store.tables import MessageRow

if TYPE_CHECKING:
    from sqlmodel import Session

_M: Any = MessageRow.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it

WAVE_HELD, WAVE_RELEASED = "first_wave", "first_wave_released"
"""Kinds of the ledger's entries."""


def hold_rest(tx: Session, campaign: str, people: int) -> int:
    """Let a random wave of ``people`` out, hold all other planned notices; return how many.

    Whoever was let out before counts, so it may be called at any time. The largest cohorts have one
    person each in the wave before any has two; beyond that each has its share. The random ``ref``
    of the messages makes the sample random.
    """
    planned = and_(_M.c.campaign == campaign, _M.c.kind == "notice", _M.c.state == "planned")
    out = and_(
        _M.c.campaign == campaign,
        _M.c.kind == "notice",
        or_(
            _M.c.state.in_(("claimed", "deferred", "unknown", "sent", "bounced")),
            and_(_M.c.state == "needs_attention", _M.c.attempts > 0),
        ),
    )
    room = max(0, people - _count(tx, out))
    if _count(tx, planned) <= room:
        return 0
    ranked = select(
        _M.c.id,
        _M.c.ref,
        func.row_number().over(partition_by=_M.c.cohort, order_by=_M.c.ref).label("rank"),
        func.count().over(partition_by=_M.c.cohort).label("size"),
    )
    among = ranked.where(planned).subquery()
    first = among.c.rank == 1
    place = case((first, -among.c.size), else_=(among.c.rank - 0.5) / among.c.size)
    wave = select(among.c.id).order_by(~first, place, among.c.ref).limit(room)
    change = update(_M).where(planned, _M.c.id.not_in(wave))
    return int(tx.connection().execute(change.values(state="held", reason=FIRST_WAVE)).rowcount)


def release_rest(tx: Session, campaign: str) -> int:
    """Let everybody go who is held for the first wave; return how many."""
    return unhold(tx, campaign, (FIRST_WAVE,))


def was_released(tx: Session, campaign: str) -> bool:
    """Say whether the rest was let go since the last approval: newcomers wait for nothing."""
    released = last_seq(tx, (WAVE_RELEASED,), campaign=campaign)
    return released > last_seq(tx, ("approval",), campaign=campaign)


def find_wave(tx: Session, campaign: str) -> Wave | None:
    """Return the first wave for which others of a campaign wait; nothing where nobody does."""
    mine = and_(_M.c.campaign == campaign, _M.c.kind == "notice")
    held = _count(tx, and_(mine, _M.c.state == "held", _M.c.reason == FIRST_WAVE))
    if not held:
        return None
    last = last_at(tx, ("outcome",), campaign=campaign) or last_at(
        tx, (WAVE_HELD,), campaign=campaign
    )
    assert last is not None  # noqa: S101  whoever holds writes it down
    found = counts(tx, campaign)
    rest = and_(
        mine,
        or_(
            _M.c.state.in_((*DUE, "claimed")),
            and_(_M.c.state == "held", _M.c.reason != FIRST_WAVE),
        ),
    )
    return Wave(
        accepted=found.get("sent", 0),
        refused=found.get("bounced", 0),
        open=_count(tx, rest),
        held=held,
        last_outcome_at=last,
    )


def _count(tx: Session, which: Any) -> int:
    query = select(func.count()).select_from(_M).where(which)
    return int(tx.connection().execute(query).scalar_one())
