"""Deliver what is due: claim, intent, send, outcome; each stored before the next step."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from notifier.channels.model import Channel, Line, RelayDownError, RelayRefusesError
from notifier.dispatch.judge import retries
from notifier.dispatch.owner import this_owner
from notifier.dispatch.pace import TokenBucket
from notifier.dispatch.prepare import Renderer, Streak
from notifier.dispatch.run import Run
from notifier.dispatch.sender import Sender
from notifier.dispatch.writer import Transactions, Writer
from notifier.errors import NotifierError
from notifier.store.backlog import (
    RELAY_DOWN,
    RELAY_UNRELIABLE,
    Waiting,
    any_sent,
    defer_for_relay,
    waiting,
    wake_for_relay,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Sequence

    from notifier.settings import Mail
    from notifier.store.engine import Session

log = logging.getLogger("notifier.dispatch")


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """What one call of ``deliver`` did, and what is left."""

    results: dict[str, int]
    """Outcomes stored by this call, by the state of the message."""
    left: Waiting
    """Counted from the rows at the end, without the campaigns in ``paused``."""
    pause: NotifierError | None = None
    """Why all these campaigns must be paused: trying again would not help; nobody was burnt."""
    paused: dict[str, NotifierError] = field(default_factory=dict)
    """Why single campaigns must be paused: nothing of them can be rendered; nobody was burnt."""
    relay_down: str = ""
    """Why nothing can be handed on just now; what was due is deferred."""
    capped: bool = False
    """The cap of the day is reached."""
    stopped: bool = False
    """The caller asked to stop."""

    @property
    def more(self) -> bool:
        """Whether another call can do more at once."""
        if self.pause or self.relay_down or self.capped or self.stopped:
            return False
        return self.left.due > 0


def utc_now() -> datetime:
    """Return the system's clock as an aware instant."""
    return datetime.now(UTC)


async def deliver(
    store: Transactions,
    campaigns: Sequence[str],
    *,
    mail: Mail,
    retry_reserve_days: int,
    channel: Channel,
    render: Renderer,
    stop: asyncio.Event,
    clock: Callable[[], datetime] = utc_now,
    owner: str = "",
    budget_seconds: float = 30.0,
    lease_seconds: float = 60.0,
) -> Delivery:
    """Send what is due of these campaigns, for about ``budget_seconds``, and say what is left.

    A message whose outcome is not known when the process dies is ``unknown`` afterwards; there is
    at most one on each of ``mail.connections`` lines. When ``stop`` is set, what is in DATA is
    finished, all other claims are given back, and the call returns. Only campaigns that are
    ``sending`` are touched; this is asked again before every message.

    :raises OutsideError: the ledger cannot be written; sending stopped before the next message
    :raises SettingsError: the renderer found the configuration at fault
    """
    writer = Writer(store, clock)
    run = Run(
        campaigns=tuple(campaigns),
        mail=mail,
        schedule=retries(mail, retry_reserve_days),
        channel=channel,
        render=render,
        writer=writer,
        owner=owner or this_owner(),
        clock=clock,
        lease_seconds=lease_seconds,
        bucket=TokenBucket(mail.rate_per_second),
    )
    try:
        return await _deliver(run, stop, budget_seconds)
    finally:
        await writer.close()


async def _deliver(run: Run, stop: asyncio.Event, budget_seconds: float) -> Delivery:
    before = await run.writer.look(lambda tx, now: waiting(tx, run.campaigns, now))
    if stop.is_set() or not (before.due or before.relay_down):
        return Delivery(results={}, left=before, stopped=stop.is_set())
    for campaign in run.campaigns:
        proven = await run.writer.look(partial(_was_sent, campaign))
        run.renders[campaign] = Streak(proven=proven)
        run.offers.proven |= proven
    line = None if run.mail.dry_run else await _first_line(run)
    if run.pause is None and not run.down:
        if before.relay_down:
            await run.writer.run(lambda tx, _: wake_for_relay(tx, run.campaigns))
        await _send(run, line, stop, budget_seconds)
    return await _finish(run, stop)


def _was_sent(campaign: str, tx: Session, _: datetime) -> bool:
    return any_sent(tx, [campaign])


async def _first_line(run: Run) -> Line | None:
    """Find out whether the relay takes us before anything is claimed."""
    try:
        return await run.channel.connect()
    except RelayDownError as error:
        run.trouble, run.down = error.message, True
    except RelayRefusesError as error:
        run.pause_for(error)
    return None


async def _send(run: Run, line: Line | None, stop: asyncio.Event, budget: float) -> None:
    lines = [] if run.mail.dry_run else [line, *[None] * (run.mail.connections - 1)]
    async with _background(_end_at(run, stop, budget), run.keep_leases()):
        feeder = asyncio.ensure_future(run.feed())
        senders = [asyncio.ensure_future(Sender(run, some).work()) for some in lines]
        try:
            await asyncio.gather(*senders)
            if senders and not run.ending.is_set() and (run.jobs or not run.fed):
                run.down = True  # every sender gave up, and there was work left
                run.end()
            await feeder
        except BaseException:
            for task in (feeder, *senders):
                task.cancel()
            await asyncio.gather(feeder, *senders, return_exceptions=True)
            raise


async def _finish(run: Run, stop: asyncio.Event) -> Delivery:
    hindered = run.failure or run.pause or run.down or stop.is_set()
    if not hindered:
        await run.store(run.offers.succeeded())
    await _give_back(run)
    if run.failure is not None:
        raise run.failure
    down = run.down and not run.pause and not stop.is_set()
    if down:
        await run.writer.run(lambda tx, now: _defer(run, tx, now))
    going = [campaign for campaign in run.campaigns if campaign not in run.paused]
    left = await run.writer.look(lambda tx, now: waiting(tx, going, now))
    capped = left.due > 0 and not hindered and await run.writer.look(run.capped)
    return Delivery(
        results=dict(run.tally),
        left=left,
        pause=run.pause,
        paused=run.paused,
        relay_down=run.trouble if down else "",
        capped=capped,
        stopped=stop.is_set(),
    )


async def _give_back(run: Run) -> None:
    try:
        await run.give_up_claims()
    except NotifierError:
        if run.failure is None:
            raise
        log.warning("claims could not be given back; they come back when their lease ends")


def _defer(run: Run, tx: Session, now: datetime) -> int:
    reason = RELAY_UNRELIABLE if run.unreliable else RELAY_DOWN
    then = now + timedelta(minutes=run.schedule.minutes[0])
    return defer_for_relay(tx, run.campaigns, now, then, reason)


async def _end_at(run: Run, stop: asyncio.Event, budget_seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(budget_seconds):
            await stop.wait()
    run.end()


@contextlib.asynccontextmanager
async def _background(*work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    tasks = [asyncio.ensure_future(some) for some in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
