"""What the senders of one delivery share: the queue, the end, what was learned about the relay."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from notifier.dispatch.pace import TokenBucket, cap_of_the_day
from notifier.dispatch.prepare import ALIKE, Job, Renderer, Streak, Unmade, prepare
from notifier.errors import NotifierError
from notifier.store.backlog import sending_days_before
from notifier.store.messages import Claimed, Result, claim, left_today, release, renew

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from notifier.channels.model import Channel
    from notifier.dispatch.judge import Retries
    from notifier.dispatch.writer import Writer
    from notifier.settings import Mail
    from notifier.store.engine import Session

log = logging.getLogger("notifier.dispatch")

_CLAIM_SECONDS = 5.0
"""Claim about so many seconds of work at a time, at the configured rate."""
_MOST_CLAIMED = 200


@dataclass(kw_only=True, slots=True)
class Run:
    """One delivery. Lives in one event loop; only ``prepare`` leaves it for a thread."""

    campaigns: Sequence[str]
    mail: Mail
    schedule: Retries
    channel: Channel
    render: Renderer
    writer: Writer
    owner: str
    clock: Callable[[], datetime]
    lease_seconds: float
    bucket: TokenBucket
    renders: dict[str, Streak] = field(default_factory=dict)
    """By campaign: one campaign's broken words are not another's."""
    paused: dict[str, NotifierError] = field(default_factory=dict)
    """Campaigns of which nothing can be rendered."""
    offers: Streak = field(default_factory=Streak)
    jobs: deque[Job] = field(default_factory=deque)
    mine: dict[int, Claimed] = field(default_factory=dict)
    """Claims whose outcome is not stored yet."""
    in_hand: int = 0
    fed: bool = False
    ending: asyncio.Event = field(default_factory=asyncio.Event)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    tally: Counter[str] = field(default_factory=Counter)
    doubts_in_a_row: int = 0
    pause: NotifierError | None = None
    trouble: str = ""
    """What the last connection that could not be used was told."""
    down: bool = False
    """No line can be had any more, and there was work left."""
    unreliable: bool = False
    """The relay takes messages and never answers."""
    failure: Exception | None = None

    # ---- the end ------------------------------------------------------------------------------

    def end(self) -> None:
        """Let what is in DATA finish and start nothing more."""
        self.ending.set()
        self.poke()

    def fail(self, error: Exception) -> None:
        """End, and let ``deliver`` raise this; the first failure counts."""
        self.failure = self.failure or error
        self.end()

    def pause_for(self, error: NotifierError) -> None:
        """End, and tell the caller to pause the campaigns."""
        self.pause = self.pause or error
        self.end()

    async def nap(self, seconds: float) -> None:
        """Sleep, but not beyond the end."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.ending.wait()

    # ---- the queue ----------------------------------------------------------------------------

    def poke(self) -> None:
        """Wake everyone who waits for a change."""
        self.changed.set()
        self.changed = asyncio.Event()

    def pop(self) -> Job | None:
        """Return the next letter, if one is ready and sending goes on."""
        if self.ending.is_set() or not self.jobs:
            return None
        self.in_hand += 1
        job = self.jobs.popleft()
        self.poke()
        return job

    async def wait_job(self) -> Job | None:
        """Return the next letter; None when there will be no more."""
        while True:
            job = self.pop()
            if job is not None:
                return job
            nothing_left = self.fed and not self.jobs and not self.in_hand
            if self.ending.is_set() or nothing_left:
                return None
            await self.changed.wait()

    def give_back(self, job: Job) -> None:
        """Put a letter that was not sent in front of the queue."""
        self.jobs.appendleft(job)
        self.put_down()

    def put_down(self) -> None:
        """Say that a letter is out of a sender's hands."""
        self.in_hand -= 1
        self.poke()

    # ---- storing ------------------------------------------------------------------------------

    async def store(self, results: Sequence[Result]) -> None:
        """Record outcomes that no sender holds back."""
        if results:
            await self.writer.record(results)
            self.stored(results)

    def stored(self, results: Sequence[Result]) -> None:
        """Forget claims whose outcome is on disk."""
        for result in results:
            self.mine.pop(result.claimed.id, None)
            self.tally[result.state] += 1

    async def give_up_claims(self) -> int:
        """Release every claim of which nothing left."""
        mine = list(self.mine.values())
        self.mine.clear()
        return await self.writer.run(lambda tx, _: release(tx, mine)) if mine else 0

    # ---- background ---------------------------------------------------------------------------

    async def feed(self) -> None:
        """Claim and render ahead of the senders until nothing is due or the end comes."""
        try:
            while not self.ending.is_set():
                claims = await self.writer.run(self._claim)
                if not claims:
                    break
                self.mine.update((c.id, c) for c in claims)
                await self._prepare_all(claims)
            await self._end_of_rows()
        except Exception as error:  # noqa: BLE001  raised again by deliver, when senders are done
            self.fail(error)
        finally:
            self.fed = True
            self.poke()

    async def keep_leases(self) -> None:
        """Prolong the leases while sending goes on."""
        while True:
            await asyncio.sleep(self.lease_seconds / 3)
            mine = list(self.mine.values())
            try:
                await self.writer.run(lambda tx, now: renew(tx, mine, now, self.lease_seconds))  # noqa: B023  awaited at once
            except NotifierError as error:
                self.fail(error)
                return

    def _claim(self, tx: Session, now: datetime) -> list[Claimed]:
        mail = self.mail
        ahead = min(_MOST_CLAIMED, int(mail.rate_per_second * _CLAIM_SECONDS))
        return claim(
            tx,
            [campaign for campaign in self.campaigns if campaign not in self.paused],
            self.owner,
            now,
            max(mail.connections, ahead),
            self.lease_seconds,
            per_day=self._cap(tx, now),
        )

    def capped(self, tx: Session, now: datetime) -> bool:
        """Whether no more may leave today, by the rows."""
        cap = self._cap(tx, now)
        return cap > 0 and left_today(tx, now) >= cap

    def _cap(self, tx: Session, now: datetime) -> int:
        days = sending_days_before(tx, now) if self.mail.ramp else 0
        return cap_of_the_day(self.mail.per_day, self.mail.ramp, days)

    async def _prepare_all(self, claims: Sequence[Claimed]) -> None:
        size = max(1, self.mail.connections)
        for start in range(0, len(claims), size):
            await self._room()
            if self.ending.is_set():
                return
            chunk = claims[start : start + size]
            made = await asyncio.to_thread(
                lambda some: [prepare(c, self.render, self.mail) for c in some], chunk
            )
            await self._sort(made)

    async def _room(self) -> None:
        """Wait until the senders need more: few letters are held ready, whatever the audience."""
        while len(self.jobs) > self.mail.connections and not self.ending.is_set():
            await self.changed.wait()

    async def _sort(self, made: Sequence[Job | Result | Unmade]) -> None:
        record: list[Result] = []
        for item in made:
            if isinstance(item, Unmade):
                campaign = item.result.claimed.campaign
                record += self._renders(campaign).failed(item.result, item.key)
                self._pause_if_systemic(campaign, ALIKE)
                continue
            record += self._renders(item.claimed.campaign).succeeded()
            if isinstance(item, Job):
                self.jobs.append(item)
            else:
                record.append(item)
        self.poke()
        await self.store(record)

    async def _end_of_rows(self) -> None:
        """Decide about early failures when no row is left that could succeed."""
        if self.ending.is_set():
            return
        for campaign, streak in self.renders.items():
            self._pause_if_systemic(campaign, 2)
            if campaign not in self.paused:
                await self.store(streak.succeeded())

    def _renders(self, campaign: str) -> Streak:
        return self.renders.setdefault(campaign, Streak())

    def _pause_if_systemic(self, campaign: str, at_least: int) -> None:
        streak = self._renders(campaign)
        if campaign not in self.paused and streak.systemic(at_least):
            self.paused[campaign] = _alike(streak.key)


def _alike(key: str) -> NotifierError:
    return NotifierError(
        f"Every message so far failed alike ({key}) and none went out. Nobody was marked for it.",
        code="all_alike",
        next_step="Mend the cause (`notifier preview` shows it), then `notifier campaign resume`.",
    )


def offers_alike(key: str) -> NotifierError:
    """Return the reason to pause when the relay refuses everything in the same way."""
    return NotifierError(
        f"The relay refused every message so far alike ({key}). Nobody was marked for it.",
        code="all_alike",
        next_step="Ask the relay's operator, then `notifier campaign resume`.",
    )
