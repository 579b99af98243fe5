"""What an outcome makes of a message: its state, the reason, and when it is tried again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, assert_never

from notifier.channels.model import (
    Accepted,
    Bounced,
    Deferred,
    InDoubt,
    Letter,
    NotStarted,
    Outcome,
    Phase,
    Rejected,
    Reply,
)
from notifier.store.claims import DOUBTS, REPLY_NEVER_READ, Claimed, Result

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from notifier.settings import Mail

RETRIES_EXHAUSTED = "retries_exhausted"
DRY_RUN = "dry_run"
REHEARSAL = "rehearsal"
BYTES_CHANGED = "bytes_changed"
RECIPIENT_CHANGED = "recipient_changed"
_NOT_ASKED = frozenset(
    {
        "bad_address",
        "bad_sender",
        "bad_message",
        "line_too_long",
        "needs_smtputf8",
        "needs_8bitmime",
        "too_large",
    }
)
"""Found before the relay was asked anything."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Retries:
    """When a deferred message is tried again: ``[mail] retry_minutes`` for the retry reserve."""

    minutes: tuple[float, ...]
    reserve: timedelta

    def next_at(self, attempt: int, first: datetime, now: datetime) -> datetime | None:
        """Return when to try again after the ``attempt``-th try (from 1); None: no more.

        The last wait repeats. A try that would fall behind ``first`` plus the reserve is not made:
        the reserve ends where the notice period begins.
        """
        wait = self.minutes[min(attempt, len(self.minutes)) - 1]
        then = now + timedelta(minutes=wait)
        return then if then <= first + self.reserve else None


def retries(mail: Mail, reserve_days: int) -> Retries:
    """Return the schedule of ``[mail]`` within ``review.retry_reserve_days``."""
    return Retries(minutes=mail.retry_minutes, reserve=timedelta(days=reserve_days))


def judge(
    claimed: Claimed, letter: Letter, outcome: Outcome, *, schedule: Retries, now: datetime
) -> Result:
    """Return what to record for an outcome. A message that was not started is not for here.

    :raises ValueError: ``NotStarted``: its claim is released instead
    """
    match outcome:
        case Accepted(reply=reply):
            return _result(claimed, letter, "sent", reply, queue_id=outcome.queue_id)
        case Deferred(reply=reply, phase=phase):
            return _again(claimed, letter, reply, phase, schedule=schedule, now=now)
        case Bounced(reply=reply, phase=phase):
            return _result(claimed, letter, "bounced", reply, "refused_recipient", phase=phase)
        case Rejected(reply=reply, phase=phase, why=why):
            return _result(claimed, letter, "needs_attention", reply, why, phase=phase)
        case InDoubt(reply=reply):
            return _doubtful(claimed, letter, reply, schedule=schedule, now=now)
        case NotStarted():
            raise ValueError("a message that was not started is released, not judged")
        case _:
            assert_never(outcome)


def parked(claimed: Claimed, reason: str) -> Result:
    """Return the result for a message that never came to be offered; somebody has to look."""
    return Result(claimed=claimed, state="needs_attention", reason=reason, attempted=False)


def held(claimed: Claimed, reason: str) -> Result:
    """Return the result for a message that was rendered and is not to be sent now."""
    return Result(claimed=claimed, state="held", reason=reason, attempted=False)


def unburnt(claimed: Claimed, outcome: NotStarted) -> Result:
    """Return the result for a message of which nothing left although its intent was stored.

    It is as it was before it was claimed, and due at once.
    """
    state = "deferred" if claimed.attempts else "planned"
    return Result(
        claimed=claimed,
        state="unknown" if claimed.reason in DOUBTS else state,
        reason=claimed.reason,
        attempted=False,
        phase=outcome.phase.value,
        text=outcome.why,
    )


def contradiction(claimed: Claimed, letter: Letter) -> str:
    """Return why this letter is not the one that left before, or empty."""
    if claimed.recipient and letter.recipient != claimed.recipient:
        return RECIPIENT_CHANGED
    if claimed.sha256 and letter.sha256 != claimed.sha256:
        return BYTES_CHANGED
    return ""


def rehearsed(recipient: str, only_to: Sequence[str]) -> bool:
    """Whether ``[mail] only_to`` keeps this address from getting mail."""
    return bool(only_to) and recipient.casefold() not in {a.casefold() for a in only_to}


def _again(
    claimed: Claimed,
    letter: Letter,
    reply: Reply,
    phase: Phase,
    *,
    schedule: Retries,
    now: datetime,
) -> Result:
    first = claimed.first_deferred_at or now
    then = schedule.next_at(claimed.attempts + 1, first, now)
    if then is None:
        return _result(claimed, letter, "needs_attention", reply, RETRIES_EXHAUSTED, phase=phase)
    return _result(claimed, letter, "deferred", reply, "deferred", phase=phase, next_at=then)


def _doubtful(
    claimed: Claimed, letter: Letter, reply: Reply, *, schedule: Retries, now: datetime
) -> Result:
    """The same bytes at once; a relay that never answers gets them by the schedule after that."""
    if claimed.reason not in DOUBTS:
        return _result(claimed, letter, "unknown", reply, REPLY_NEVER_READ, phase=Phase.BODY)
    first = claimed.first_deferred_at or now
    then = schedule.next_at(claimed.attempts + 1, first, now)
    if then is None:
        return _result(
            claimed, letter, "needs_attention", reply, RETRIES_EXHAUSTED, phase=Phase.BODY
        )
    return _result(
        claimed, letter, "unknown", reply, REPLY_NEVER_READ, phase=Phase.BODY, next_at=then
    )


def _result(
    claimed: Claimed,
    letter: Letter,
    state: str,
    reply: Reply,
    reason: str = "",
    *,
    phase: Phase | None = None,
    next_at: datetime | None = None,
    queue_id: str = "",
) -> Result:
    return Result(
        claimed=claimed,
        state=state,
        reason=reason,
        attempted=reason not in _NOT_ASKED,
        handed=phase is None or phase is Phase.BODY,
        recipient=letter.recipient,
        sha256=letter.sha256,
        next_at=next_at,
        phase=phase.value if phase else "",
        code=reply.code,
        enhanced=reply.enhanced,
        text=reply.text,
        queue_id=queue_id,
    )
