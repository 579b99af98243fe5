"""The clock's tick. APScheduler lives only here, and only wakes us: the rows say what is due."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler

if TYPE_CHECKING:
    from apscheduler.job import Job

INTERVAL_SECONDS = 1.0


class Cycle(Enum):
    """What one walk through everything that is due says at its end."""

    MORE = "more"
    """There is more to do at once."""
    WAITING = "waiting"
    """Nothing to do, but another runner's claims are not settled yet."""
    IDLE = "idle"
    """Nothing is due."""


Step = Callable[[asyncio.Event], Awaitable[Cycle]]
"""One cycle. Its argument is set when the process is asked to stop: finish what is in DATA, give
everything else back, and return."""


def run(
    step: Step, *, until_idle: bool = False, interval_seconds: float = INTERVAL_SECONDS
) -> None:
    """Call ``step`` at every tick until stopped; with ``until_idle``, until nothing is due.

    Returns normally after SIGTERM or SIGINT: the step drains first. A second signal does not wait
    for it (what is in DATA is then in doubt, and the next run sends it again). What ``step`` raises
    ends the run and is raised here.
    """
    asyncio.run(Worker(step, until_idle=until_idle, interval_seconds=interval_seconds).run())


class Worker:
    """One tick in memory, at most one step at a time; missed ticks become one."""

    def __init__(self, step: Step, *, until_idle: bool, interval_seconds: float) -> None:
        self._step = step
        self._until_idle = until_idle
        self._interval = timedelta(seconds=interval_seconds)
        self._stop = asyncio.Event()
        self._over = asyncio.Event()
        self._walking: asyncio.Future[None] | None = None
        self._error: BaseException | None = None

    async def run(self) -> None:
        """Tick until over."""
        # It warns of every tick that finds the step still at work, which is how it is meant to be.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        scheduler: Any = AsyncIOScheduler(timezone=UTC)
        self.job: Job = scheduler.add_job(
            self._tick,
            "interval",
            seconds=self._interval.total_seconds(),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
            next_run_time=datetime.now(UTC),
        )
        with self._signals():
            scheduler.start()
            try:
                await self._watch(self.job)
            finally:
                scheduler.shutdown(wait=False)
                if self._walking is not None and not self._walking.done():
                    await asyncio.wait({self._walking})
        if self._error is not None:
            raise self._error

    async def _tick(self) -> None:
        if self._over.is_set():
            return
        self._walking = asyncio.ensure_future(self._walk())
        # Cancelled by a second signal or by the scheduler's end: run() waits for the step itself.
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.shield(self._walking)

    async def _walk(self) -> None:
        try:
            cycle = await self._step(self._stop)
            while cycle is Cycle.MORE and not self._stop.is_set():
                cycle = await self._step(self._stop)
        except asyncio.CancelledError:
            self._over.set()
            raise
        except BaseException as error:  # noqa: BLE001  APScheduler would only log it
            self._error = error
            self._over.set()
        else:
            if self._stop.is_set() or (self._until_idle and cycle is Cycle.IDLE):
                self._over.set()

    async def _watch(self, job: Job) -> None:
        """Wait for the end; pull the tick back when the system's clock was set back under it."""
        while not self._over.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._interval.total_seconds()):
                    await self._over.wait()
            late = datetime.now(UTC) + 2 * self._interval
            if not self._over.is_set() and job.next_run_time > late:
                job.modify(next_run_time=datetime.now(UTC))

    @contextlib.contextmanager
    def _signals(self) -> Any:
        loop = asyncio.get_running_loop()
        handled = (signal.SIGTERM, signal.SIGINT)
        for number in handled:
            loop.add_signal_handler(number, self._signalled)
        try:
            yield
        finally:
            for number in handled:
                loop.remove_signal_handler(number)

    def _signalled(self) -> None:
        walking = self._walking is not None and not self._walking.done()
        if self._stop.is_set() and walking and self._walking is not None:
            self._walking.cancel()
        self._stop.set()
        if not walking:
            self._over.set()
