"""One sender: one line to the relay, one message at a time, at most one of them in doubt."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from notifier.channels.model import (
    Accepted,
    Deferred,
    InDoubt,
    Line,
    NotStarted,
    Outcome,
    Phase,
    Refusal,
    Rejected,
    RelayDownError,
    RelayRefusesError,
    Reply,
)
from notifier.channels.reply import is_about_us
from notifier.dispatch.judge import judge, unburnt
from notifier.dispatch.run import Run, offers_alike
from notifier.errors import NotifierError
from notifier.store.messages import Intent, Result

if TYPE_CHECKING:
    from notifier.dispatch.prepare import Job

log = logging.getLogger("notifier.dispatch")

_PATIENCE_SECONDS = 0.25
"""A relay that takes longer for the next envelope does not keep the last outcome from the disk."""
_FRUITLESS_LINES = 3
_GIVEN_BACK = 2
"""A message that ends so many connections at its own envelope is deferred like a 4xx."""


class Sender:
    """Takes letters from the run's queue until there are no more.

    The outcome of one message and the intent for the next are stored by one transaction, before the
    next body leaves. Whatever happens, the line holds at most one message in doubt.
    """

    def __init__(self, run: Run, line: Line | None = None) -> None:
        self._run = run
        self._line = line
        self._unstored: list[Result] = []
        self._fruitless = 0

    async def work(self) -> None:
        """Send until the queue ends, or this line cannot be used any more."""
        try:
            while (job := await self._next()) is not None:
                if not await self._carry(job):
                    break
            await self._flush()
        except Exception as error:  # noqa: BLE001  raised again by deliver, when all are done
            self._run.fail(error)
            await self._rescue()
        except BaseException:
            # Cancelled: nobody waits for a polite end.
            if self._line is not None:
                self._line.abort()
            raise
        finally:
            if self._line is not None:
                await self._line.close()

    async def _next(self) -> Job | None:
        run = self._run
        job = run.pop()
        if job is None:
            await self._flush()
            job = await run.wait_job()
        if job is None:
            return None
        wait = run.bucket.wait_seconds()
        if wait:
            await self._flush()
            await run.nap(wait)
        if run.ending.is_set():
            run.give_back(job)
            return None
        return job

    async def _carry(self, job: Job) -> bool:
        """Try one letter; False when this sender is of no more use."""
        run = self._run
        line = await self._connected()
        if line is None:
            run.give_back(job)
            return False
        verdict: Outcome | None = await self._offer(line, job)
        if verdict is None:
            if run.ending.is_set() or not await self._intend(line, job):
                line.abort()
                run.put_down()
                return True
            verdict = await line.body(job.letter)
            if isinstance(verdict, NotStarted):
                return self._never_left(job, verdict)
        return await self._conclude(job, verdict)

    async def _connected(self) -> Line | None:
        if self._line is not None and self._line.usable:
            return self._line
        await self._flush()
        if self._line is not None:
            await self._line.close()
            self._line = None
        try:
            self._line = await self._run.channel.connect()
        except RelayDownError as error:
            self._run.trouble = error.message
        except RelayRefusesError as error:
            self._run.pause_for(error)
        return self._line

    async def _offer(self, line: Line, job: Job) -> Refusal | None:
        offer = asyncio.ensure_future(line.offer(job.letter))
        try:
            if self._unstored:
                done, _ = await asyncio.wait({offer}, timeout=_PATIENCE_SECONDS)
                if not done:
                    await self._flush()
            return await offer
        except BaseException:
            offer.cancel()
            line.abort()
            self._run.give_back(job)
            raise

    async def _intend(self, line: Line, job: Job) -> bool:
        letter = job.letter
        intent = Intent(
            claimed=job.claimed,
            recipient=letter.recipient,
            sha256=letter.sha256,
            greeting=letter.name,
        )
        results = self._unstored
        try:
            may = await self._run.writer.record(results, intent)
        except BaseException:
            line.abort()
            self._run.put_down()
            raise
        self._unstored = []
        self._run.stored(results)
        return may

    async def _conclude(self, job: Job, verdict: Outcome) -> bool:
        run = self._run
        if isinstance(verdict, NotStarted):
            job.given_back += 1
            if verdict.phase not in {Phase.RECIPIENT, Phase.DATA} or job.given_back <= _GIVEN_BACK:
                return self._not_started(job, verdict)
            verdict = Deferred(reply=verdict.reply, phase=verdict.phase)
        refused = isinstance(verdict, Rejected) and verdict.phase is not Phase.BODY
        if refused and is_about_us(verdict.reply):
            run.give_back(job)
            run.pause_for(_about_us(verdict.reply))
            return False
        self._fruitless = 0
        now = run.clock()
        result = judge(job.claimed, job.letter, verdict, schedule=run.schedule, now=now)
        self._unstored += self._learn(verdict, result)
        run.put_down()
        if len(self._unstored) > 1:
            await self._flush()
        return not run.ending.is_set()

    def _never_left(self, job: Job, verdict: NotStarted) -> bool:
        """The connection ended while the intent was being stored."""
        self._unstored.append(unburnt(job.claimed, verdict))
        self._run.put_down()
        return self._still_useful(verdict)

    def _not_started(self, job: Job, verdict: NotStarted) -> bool:
        self._run.give_back(job)
        return self._still_useful(verdict)

    def _still_useful(self, verdict: NotStarted) -> bool:
        self._fruitless += 1
        if self._fruitless < _FRUITLESS_LINES:
            return True
        said = f"{verdict.reply.code or ''} {verdict.reply.text}".strip()
        self._run.trouble = f"The relay ends every connection at once ({verdict.why}: {said})."
        return False

    def _learn(self, verdict: Outcome, result: Result) -> list[Result]:
        """Return what may be stored: early refusals wait until it is known whose fault they are."""
        run = self._run
        if isinstance(verdict, InDoubt):
            run.doubts_in_a_row += 1
            if run.doubts_in_a_row >= max(3, 2 * run.mail.connections):
                run.trouble = "The relay takes messages and ends the connection without an answer."
                run.unreliable = run.down = True
                run.end()
            return [result]
        if isinstance(verdict, Accepted):
            run.doubts_in_a_row = 0
            return [*run.offers.succeeded(), result]
        if not isinstance(verdict, Rejected) or verdict.why == "bad_address":
            return [result]
        key = f"{verdict.phase} {verdict.reply.code} {verdict.reply.enhanced} {verdict.why}"
        if verdict.phase is Phase.BODY:
            # It left, so its outcome is stored at once; only the counting waits.
            return [result]
        ready = run.offers.failed(result, key)
        if run.offers.systemic():
            run.pause_for(offers_alike(key))
        return ready

    async def _flush(self) -> None:
        results = self._unstored
        if results:
            await self._run.writer.record(results)
            self._unstored = self._unstored[len(results) :]
            self._run.stored(results)

    async def _rescue(self) -> None:
        """Store what the relay said even if storing just failed; else it stays in doubt."""
        results = self._unstored
        if not results:
            return
        try:
            await self._run.writer.salvage(results)
        except NotifierError:
            # Without its traceback: deliver raises the first failure, which says what to do.
            log.warning("%d outcomes could not be stored; they stay in doubt", len(results))
        else:
            self._run.stored(results)


def _about_us(reply: Reply) -> RelayRefusesError:
    return RelayRefusesError(
        f"The relay wants a login or encryption ({reply.code} {reply.text}). Nothing was sent.",
        code="auth_refused",
        next_step="Mend mail.tls, mail.username and NOTIFIER_MAIL__PASSWORD.",
    )
