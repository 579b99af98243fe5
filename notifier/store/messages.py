"""Messages in somebody's hands: claimed, about to leave, settled.

A claim has an owner, a fence and a lease. Everything that a sender writes afterwards is guarded by
all of them, so a process that was frozen and wakes changes nothing. Every intent and every outcome
is an entry of the ledger in the same transaction.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, case, exists, func, null, or_, select, update

from notifier.evidence.chain import Act
from notifier.evidence.commitment import commit_person
from notifier.store.backlog import MAY_SEND, any_sent, counts, midnight, unhold
from notifier.store.claims import DOUBTS, PROCESS_DIED, Addressee, Claimed, Intent, Result
from notifier.store.ledger import append_many
from notifier.store.tables import CampaignRow, MessageRow, PersonRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from sqlmodel import Session

__all__ = [
    "Addressee",
    "Claimed",
    "Intent",
    "Result",
    "any_sent",
    "claim",
    "counts",
    "record",
    "record_intent",
    "record_outcome",
    "recover",
    "release",
    "renew",
    "unhold",
]

_M: Any = MessageRow.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_C: Any = CampaignRow.__table__  # type: ignore[attr-defined]
_P: Any = PersonRow.__table__  # type: ignore[attr-defined]

_OUTCOMES = frozenset(
    {"sent", "deferred", "unknown", "bounced", "held", "needs_attention", "planned"}
)
_ID_CHUNK = 500


def recover(tx: Session, now: datetime, owner_is_dead: Callable[[str], bool]) -> int:
    """Take back the claims of dead local processes and of expired leases; return how many.

    Where the bytes may have left (an intent without outcome) the message becomes ``unknown`` and
    due at once, with an entry in the ledger; where they have not, ``planned`` again.
    ``owner_is_dead`` must say no where it cannot know, as for another machine's process.
    """
    owners = select(_M.c.owner, func.min(_M.c.lease_until)).where(_M.c.state == "claimed")
    found = tx.connection().execute(owners.group_by(_M.c.owner)).all()
    dead = [owner for owner, _ in found if owner_is_dead(owner)]
    expired = [owner for owner, lease in found if lease is None or lease <= now]
    if not dead and not expired:
        return 0
    lost = and_(
        _M.c.state == "claimed",
        or_(_M.c.owner.in_(dead), _M.c.lease_until.is_(None), _M.c.lease_until <= now),
    )
    doubtful = _claimed_rows(tx, and_(lost, _M.c.intent_at.is_not(None)))
    taken = _release_where(tx, and_(lost, _M.c.intent_at.is_(None)))
    change = {
        "state": case((_ERASED, "suppressed"), else_="unknown"),
        "reason": case((_ERASED, "erased"), else_=PROCESS_DIED),
        "next_at": None,
        **_UNCLAIMED,
    }
    tx.connection().execute(
        update(_M).where(and_(lost, _M.c.intent_at.is_not(None))).values(change)
    )
    append_many(
        tx,
        now=now,
        acts=(
            _act(
                "outcome",
                c,
                state="unknown",
                reason=PROCESS_DIED,
                sha256=c.sha256,
                attempt=c.attempts,
            )
            for c in doubtful
        ),
    )
    return taken + len(doubtful)


def claim(
    tx: Session,
    campaign_ids: Sequence[str],
    owner: str,
    now: datetime,
    limit: int,
    lease_seconds: float,
    *,
    per_day: int = 0,
) -> list[Claimed]:
    """Claim up to ``limit`` due messages, those in doubt first, then the longest waiting.

    ``per_day`` above 0 caps the messages that left since midnight UTC together with all that are
    claimed by anybody; the count is taken from the rows, in this transaction.
    """
    if per_day:
        limit = min(limit, per_day - left_today(tx, now))
    if limit <= 0 or not campaign_ids:
        return []
    ids: list[int] = []
    for campaign in campaign_ids:
        for which in _due_in_order(campaign, now):
            ids += _take(tx, which, owner, now + timedelta(seconds=lease_seconds), limit - len(ids))
            if len(ids) >= limit:
                return _taken(tx, ids, now)
    return _taken(tx, ids, now)


def renew(tx: Session, claims: Iterable[Claimed], now: datetime, lease_seconds: float) -> int:
    """Prolong the leases of claims that are still this owner's; return how many are."""
    until = now + timedelta(seconds=lease_seconds)
    change = update(_M).where(_HELD).values(lease_until=until)
    kept = 0
    for c in claims:
        kept += tx.connection().execute(change, _guard(c)).rowcount
    return kept


def record_intent(tx: Session, now: datetime, intents: Sequence[Intent]) -> list[bool]:
    """Write down that these bytes are about to leave; say for each whether they may.

    False where the claim is no longer this owner's, its lease has ended (whoever was frozen looks
    again at the clock and the campaign first), or the campaign was paused, cancelled or replaced
    meanwhile: then nothing may be sent. From the first intent on address, name, Date and digest are
    fixed, unless nothing left after all.
    """
    return record(tx, now, (), intents)


def record_outcome(tx: Session, now: datetime, results: Sequence[Result]) -> list[bool]:
    """Write down what became of these claims; False where a claim is no longer this owner's.

    :raises ValueError: a state that no claim can end in
    """
    return record(tx, now, results, ())


def record(
    tx: Session, now: datetime, results: Sequence[Result], intents: Sequence[Intent]
) -> list[bool]:
    """Write down outcomes and then intents, in one transaction; say for each whether it held."""
    steps = [(_SETTLE, _settled(result, now), _outcome_act(result)) for result in results]
    steps += [(_INTEND, _intended(intent, now), _intent_act(intent)) for intent in intents]
    run = tx.connection()
    held = [run.execute(change, values).rowcount == 1 for change, values, _ in steps]
    acts = [act for (_, _, act), done in zip(steps, held, strict=True) if done]
    if acts:
        append_many(tx, now=now, acts=acts)
    return held


def release(tx: Session, claims: Iterable[Claimed]) -> int:
    """Give claims back of which nothing left, as if they had never been taken; return how many."""
    released = 0
    for c in claims:
        released += _release_where(tx, and_(_HELD, _M.c.intent_at.is_(None)), _guard(c))
    return released


_UNCLAIMED = {"owner": "", "lease_until": None}
# What was tried before goes on waiting as what it was.
_STATE_BEFORE = case(
    (_M.c.reason.in_(DOUBTS), "unknown"),
    (and_(_M.c.attempts == 0, _M.c.reason == ""), "planned"),
    else_="deferred",
)
_HELD = and_(
    _M.c.id == bindparam("b_id"),
    _M.c.owner == bindparam("b_owner"),
    _M.c.fence == bindparam("b_fence"),
    _M.c.state == "claimed",
)
_INTEND = (
    update(_M)
    .where(
        _HELD,
        _M.c.intent_at.is_(None),
        _M.c.lease_until > bindparam("b_intent_at"),
        exists().where(_C.c.id == _M.c.campaign, _C.c.state.in_(MAY_SEND)),
    )
    .values(
        recipient=bindparam("b_recipient"),
        greeting=bindparam("b_greeting"),
        sha256=bindparam("b_sha256"),
        dated_at=bindparam("b_dated_at"),
        attempts=bindparam("b_attempts"),
        intent_at=bindparam("b_intent_at"),
    )
)
_SETTLED = (
    "state", "reason", "next_at", "attempts", "recipient", "sha256", "dated_at",
    "first_deferred_at", "sent_at", "reply_code", "reply_text", "queue_id",
)  # fmt: skip
# Whoever is erased while their message is in DATA: what was sent stays sent, all else ends here.
_ERASED = exists().where(_P.c.person_id == _M.c.person_id, _P.c.status == "erased")
_OVER = and_(_ERASED, bindparam("b_state").not_in(["sent", "bounced"]))
_SETTLE = (
    update(_M)
    .where(_HELD)
    .values(
        {name: bindparam(f"b_{name}") for name in _SETTLED}
        | {
            **_UNCLAIMED,
            "state": case((_OVER, "suppressed"), else_=bindparam("b_state")),
            "reason": case((_OVER, "erased"), else_=bindparam("b_reason")),
            # Inside case() a parameter has no column to take its type, its form on disk, from.
            "next_at": case((_OVER, null()), else_=bindparam("b_next_at", type_=_M.c.next_at.type)),
            "recipient": case((_ERASED, ""), else_=bindparam("b_recipient")),
            "greeting": case(
                (or_(_ERASED, bindparam("b_recipient") == ""), ""), else_=_M.c.greeting
            ),
            "reply_text": case((_ERASED, ""), else_=bindparam("b_reply_text")),
        }
    )
)


def _guard(c: Claimed) -> dict[str, Any]:
    return {"b_id": c.id, "b_owner": c.owner, "b_fence": c.fence}


def _settled(result: Result, now: datetime) -> dict[str, Any]:
    if result.state not in _OUTCOMES:
        raise ValueError(f"{result.state!r} is no outcome of a claim")
    c = result.claimed
    tried = result.attempted or bool(c.attempts)
    deferred = c.first_deferred_at or (now if result.state in {"deferred", "unknown"} else None)
    values = {
        "state": result.state,
        "reason": result.reason,
        "next_at": result.next_at,
        "attempts": c.attempts + (1 if result.attempted else 0),
        # What was refused before it left was handed to nobody: the next attempt is made anew.
        "recipient": c.recipient or (result.recipient if result.handed else ""),
        "sha256": c.sha256 or (result.sha256 if result.handed else ""),
        "dated_at": c.dated_at if tried else None,
        "first_deferred_at": deferred,
        "sent_at": now if result.state == "sent" else None,
        "reply_code": result.code,
        "reply_text": result.text,
        "queue_id": result.queue_id,
    }
    return {**_guard(c), **{f"b_{name}": value for name, value in values.items()}}


def _intended(intent: Intent, now: datetime) -> dict[str, Any]:
    c = intent.claimed
    return {
        **_guard(c),
        "b_recipient": intent.recipient,
        "b_greeting": intent.greeting,
        "b_sha256": intent.sha256,
        "b_dated_at": c.dated_at,
        "b_attempts": c.attempts + 1,
        "b_intent_at": now,
    }


def _intent_act(intent: Intent) -> Act:
    c = intent.claimed
    repeats = {"repeats": c.reason} if c.reason in DOUBTS else {}
    return _act("intent", c, sha256=intent.sha256, attempt=c.attempts + 1, **repeats)


def _outcome_act(result: Result) -> Act:
    said: dict[str, Any] = {
        "reason": result.reason,
        "phase": result.phase,
        "code": result.code,
        "enhanced": result.enhanced,
        "text": result.text,
        "queue_id": result.queue_id,
    }
    return _act(
        "outcome",
        result.claimed,
        state=result.state,
        sha256=result.sha256,
        attempt=result.claimed.attempts + (1 if result.attempted else 0),
        **{name: value for name, value in said.items() if value},
    )


def _act(kind: str, c: Claimed, **body: Any) -> Act:
    return Act(
        kind=kind,
        body={"message_ref": c.ref, "kind": c.kind, "channel": c.channel, **body},
        campaign=c.campaign,
        subject=c.subject,
    )


def left_today(tx: Session, now: datetime) -> int:
    counted = or_(_M.c.state == "claimed", _M.c.intent_at >= midnight(now))
    query = select(func.count()).select_from(_M).where(counted)
    return int(tx.connection().execute(query).scalar_one())


def _release_where(tx: Session, condition: Any, parameters: Mapping[str, Any] | None = None) -> int:
    change = update(_M).where(condition).values(state=_STATE_BEFORE, **_UNCLAIMED)
    return int(tx.connection().execute(change, dict(parameters or {})).rowcount)


def _due_in_order(campaign: str, now: datetime) -> Iterator[Any]:
    """One condition per stretch of the index, so that no claim has to sort a whole audience."""
    may = exists().where(_C.c.id == _M.c.campaign, _C.c.state.in_(MAY_SEND))
    for state in ("unknown", "deferred", "planned"):
        for when in (_M.c.next_at.is_(None), _M.c.next_at <= now):
            yield and_(_M.c.campaign == campaign, _M.c.state == state, when, may)


def _take(tx: Session, which: Any, owner: str, lease_until: datetime, limit: int) -> list[int]:
    due = select(_M.c.id).where(which).order_by(_M.c.next_at, _M.c.id).limit(limit)
    change = (
        update(_M)
        .where(_M.c.id.in_(due.with_for_update(skip_locked=True).scalar_subquery()))
        .values(
            state="claimed",
            owner=owner,
            fence=_M.c.fence + 1,
            lease_until=lease_until,
            intent_at=None,
        )
        .returning(_M.c.id)
    )
    return [row.id for row in tx.connection().execute(change)]


def _taken(tx: Session, ids: Sequence[int], now: datetime) -> list[Claimed]:
    rows: list[Claimed] = []
    for start in range(0, len(ids), _ID_CHUNK):
        rows += _claimed_rows(tx, _M.c.id.in_(ids[start : start + _ID_CHUNK]))
    rows.sort(key=lambda c: (c.reason not in DOUBTS, c.id))
    return [c if c.attempts else replace(c, dated_at=now) for c in rows]


def _claimed_rows(tx: Session, condition: Any) -> list[Claimed]:
    query = (
        select(_M, *(_P.c[name].label(f"p_{name}") for name in _PERSON), _P.c.salt)
        .select_from(_M.outerjoin(_P, _P.c.person_id == _M.c.person_id))
        .where(condition)
        .order_by(_M.c.id)
    )
    return [_claimed(row._mapping) for row in tx.connection().execute(query)]  # noqa: SLF001  SQLAlchemy's public name


_PERSON = tuple(Addressee.__dataclass_fields__)
_COPIED = (
    "id", "campaign", "kind", "channel", "cohort", "locale", "notice_days", "ref", "owner", "fence",
    "recipient", "greeting", "sha256", "attempts", "reason", "first_deferred_at",
)  # fmt: skip
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def _claimed(row: Mapping[Any, Any]) -> Claimed:
    known = row["p_person_id"] is not None
    return Claimed(
        **{name: row[name] for name in _COPIED},
        person=Addressee(**{name: row[f"p_{name}"] for name in _PERSON}) if known else None,
        subject=commit_person(row["salt"], row["person_id"]) if known and row["salt"] else "",
        dated_at=row["dated_at"] or _NEVER,
    )
